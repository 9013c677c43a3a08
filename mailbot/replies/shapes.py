"""Letters that say the same but for their case are worded and encoded once: what differs is put in afterwards."""

from __future__ import annotations

import re
import secrets
import string
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from functools import cache

from mailbot.replies.serialise import is_quoted_printable, part

#: Shapes that are remembered at once; each is as long as its letter, some twelve thousand octets.
MOST = 300
#: The end of a line in quoted-printable that is none in the text (RFC 2045 section 6.7).
_SOFT_BREAK = b"=\r\n"
_MAYBE_BROKEN = "(?:=\r\n)?"


@dataclass(frozen=True, slots=True)
class Own:
    """What each letter has of its own in its words: the case number and the token of its `ref:`; either may be ""."""

    case_number: str
    ref: str

    @property
    def words(self) -> tuple[str, str]:
        return self.case_number, self.ref

    @property
    def is_plain(self) -> bool:
        """Whether it stands in HTML and in quoted-printable as it is."""
        both = self.case_number + self.ref
        return both.isascii() and (not both or both.replace("-", "").isalnum())


@dataclass(frozen=True, slots=True)
class Rendered:
    """A letter in words; `html` is a whole document."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Body:
    """What of a letter is the same as in others: its subject without the case number, its parts with their headers."""

    subject: str
    parts: tuple[bytes, ...]


#: Words a letter that has this of its own. TemplateUnusable.
Word = Callable[[Own], Rendered]


#: A stretch of an encoded part, or of what a letter has of its own: the number of its word, and which letters of it.
_Piece = bytes | tuple[int, slice]


@dataclass(frozen=True, slots=True)
class _Shape:
    """A letter with stand-ins for what is its own: in words, and each part in pieces, () where it must be encoded anew.

    `fits`: with what is a letter's own in their place it is what was meant.
    """

    stand_in: Own
    words: Rendered
    parts: tuple[tuple[_Piece, ...], ...]
    fits: bool = True


class Shapes:
    """Remembers shapes; safe to share among threads."""

    def __init__(self) -> None:
        self._known: dict[Hashable, _Shape] = {}

    def body(self, says: Hashable, own: Own, word: Word) -> Body:
        """What `word` says in a letter that has this of its own, encoded; `says` is all the rest that it depends on.

        Raises what `word` raises, and ComposeError.
        """
        if not own.is_plain:
            return _encoded(word(own))
        # Stand-ins are as long as what they stand for, so that lines are broken where they would be.
        key = (says, len(own.case_number), len(own.ref))
        shape = self._known.get(key)
        if shape is None:
            body = _encoded(word(own))
            self._keep(key, _shape(word, own, body))
            return body
        return _filled(shape, own) if shape.fits else _encoded(word(own))

    def _keep(self, key: Hashable, shape: _Shape) -> None:
        if len(self._known) >= MOST:
            self._known.clear()  # what is still written comes back with the next letter
        self._known[key] = shape


def _shape(word: Word, own: Own, meant: Body) -> _Shape:
    """A shape is used only if it gives, filled in, what was made of the letter itself."""
    stand_in = _stand_in(len(own.case_number), len(own.ref))
    words = word(stand_in)
    shape = _Shape(stand_in, words, tuple(_pieces(each, stand_in) for each in _encoded(words).parts))
    return shape if _filled(shape, own) == meant else replace(shape, fits=False)


@cache  # the expression that finds them takes as long to make as the letter
def _stand_in(number_letters: int, ref_letters: int) -> Own:
    return Own(_drawn(number_letters), _drawn(ref_letters))


def _drawn(length: int) -> str:
    """Letters that stand in no text by chance."""
    return "".join(secrets.choice(string.ascii_letters) for _ in range(length))


def _encoded(words: Rendered) -> Body:
    return Body(words.subject, (part("plain", words.text), part("html", words.html)))


def _pieces(encoded: bytes, stand_in: Own) -> tuple[_Piece, ...]:
    """In quoted-printable a stand-in is found as it is, or broken in two where a line ends; in base64 it is not."""
    if not is_quoted_printable(encoded):
        return ()
    pieces: list[_Piece] = []
    end = 0
    anywhere = "|".join(_MAYBE_BROKEN.join(word) for word in stand_in.words if word)
    for found in re.finditer(anywhere.encode(), encoded) if anywhere else ():
        pieces.append(encoded[end : found.start()])
        end, begin = found.end(), 0
        which = stand_in.words.index(found[0].replace(_SOFT_BREAK, b"").decode())
        for run in found[0].split(_SOFT_BREAK):
            pieces += ((which, slice(begin, begin + len(run))), _SOFT_BREAK)
            begin += len(run)
        pieces.pop()
    return (*pieces, encoded[end:])


def _filled(shape: _Shape, own: Own) -> Body:
    words, as_bytes = shape.words, [word.encode() for word in own.words]
    parts = tuple(
        b"".join([each if isinstance(each, bytes) else as_bytes[each[0]][each[1]] for each in pieces])
        if pieces
        else part(subtype, _put_in(text, shape.stand_in, own))
        for pieces, subtype, text in zip(shape.parts, ("plain", "html"), (words.text, words.html), strict=True)
    )
    return Body(_put_in(words.subject, shape.stand_in, own), parts)


def _put_in(text: str, stand_in: Own, own: Own) -> str:
    for old, new in zip(stand_in.words, own.words, strict=True):
        text = text.replace(old, new) if old else text
    return text
