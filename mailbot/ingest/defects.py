"""What was odd about a mail, in fixed words that never carry content."""

from __future__ import annotations

from typing import Final

BLOCK_CUT: Final = "header block too large"
HEADER_CUT: Final = "header too long"
NO_HEADERS: Final = "no headers"
JUNK_BEFORE_HEADERS: Final = "junk before the headers"
BAD_HEADER_LINE: Final = "bad line among the headers"
NO_BLANK_LINE: Final = "no blank line after the headers"
DUPLICATE_HEADER: Final = "a header that must be single came twice"
AMBIGUOUS_PART: Final = "a part with two types or two encodings"
TOO_DEEP: Final = "nested too deep"
TOO_MANY_PARTS: Final = "too many parts"
NO_BOUNDARY: Final = "multipart without a usable boundary"
NOT_CLOSED: Final = "multipart without its end"
EMPTY_MULTIPART: Final = "multipart without parts"
BAD_TRANSFER: Final = "transfer encoding damaged or unknown"
BAD_CHARSET: Final = "characters not in the declared charset"
REFUSED_CHARSET: Final = "charset refused"
FROM_UNREADABLE: Final = "From has no readable address"
FROM_NOT_SINGLE: Final = "From is not exactly one mailbox"
FROM_ODD: Final = "From is not well formed"
BAD_DATE: Final = "date not readable"
BAD_MESSAGE_ID: Final = "message id not usable"
NOT_FETCHED: Final = "partial or external part, not fetched"
TEXT_CUT: Final = "text too long"
VIEW_CUT: Final = "text cut off"
HTML_CUT: Final = "HTML cut off"
HTML_TOO_DEEP: Final = "HTML nested too deep"
UUENCODED: Final = "file encoded in the text"
NOT_READ: Final = "could not be read; the raw mail is kept"
EMPTY: Final = "empty mail"

# With one of these the view does not show all that the raw mail holds: a person has to look at it.
INCOMPLETE: Final = frozenset(
    {BLOCK_CUT, TOO_DEEP, TOO_MANY_PARTS, TEXT_CUT, NOT_READ, VIEW_CUT, HTML_CUT, HTML_TOO_DEEP}
)


class Defects:
    """Collects defects in their order, each once."""

    __slots__ = ("_seen",)

    def __init__(self) -> None:
        self._seen: dict[str, None] = {}

    def add(self, defect: str) -> None:
        self._seen[defect] = None

    def found(self) -> tuple[str, ...]:
        return tuple(self._seen)
