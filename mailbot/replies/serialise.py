"""The bytes of a letter: its fields and texts joined (RFC 2045), and read again before they count."""

from __future__ import annotations

import hashlib
import re
from binascii import a2b_base64, a2b_qp, b2a_base64, b2a_qp
from collections.abc import Sequence
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.utils import getaddresses
from functools import lru_cache

from mailbot.mail import Letter
from mailbot.replies.headers import ComposeError, Field, plain_field

LONGEST_LINE = 998  # RFC 5322 section 2.1.1, without CRLF
QUOTED_PRINTABLE = b"quoted-printable"
_BODY_FIELDS = ("MIME-Version", "Content-Type", "Content-Transfer-Encoding")
_ADDRESS_FIELDS = ("From", "To", "Reply-To")
#: What every reader takes as it stands: atoms with single dots between them (RFC 5322 section 3.4.1).
_BARE_ADDRESS = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*@[\w-]+(?:\.[\w-]+)+", re.ASCII)


def serialise(fields: Sequence[Field], parts: Sequence[bytes], message_id: str) -> bytes:
    """The message as multipart/alternative; all lines end with CRLF. The parts are those that `part` made.

    The boundary follows from the message id, so that the same plan gives the same bytes.
    """
    boundary = "=_" + hashlib.sha256(message_id.encode()).hexdigest()[:32]
    head = [f"{field.name}: {field.value}" for field in (*fields, plain_field("MIME-Version", "1.0"))]
    head += ["Content-Type: multipart/alternative;", f' boundary="{boundary}"', "Content-Transfer-Encoding: 7bit", ""]
    mark = b"\r\n--" + boundary.encode("ascii")
    pieces = ["\r\n".join(head).encode("ascii")]
    for each in parts:
        pieces += (mark, b"\r\n", each)
    return b"".join([*pieces, mark, b"--\r\n"])


def part(subtype: str, text: str) -> bytes:
    """One text part with its headers: quoted-printable for Latin scripts, base64 where most letters need it.

    ComposeError unless a stranger's program reads from it just what was meant (ATTACKS A040).
    """
    content = _crlf(text).encode("utf-8")
    if len(content) * 4 < len(text) * 5:
        encoding, body = QUOTED_PRINTABLE, b2a_qp(content, istext=True)
    else:
        lines = (b2a_base64(content[i : i + 57], newline=False) for i in range(0, len(content), 57))
        encoding, body = b"base64", b"\r\n".join(lines) + b"\r\n"
    head = f'Content-Type: text/{subtype}; charset="utf-8"\r\n'.encode("ascii")
    made = head + b"Content-Transfer-Encoding: " + encoding + b"\r\n\r\n" + body
    _check_lines(made)
    if _text_of(made) != _crlf(text):
        raise ComposeError("The body of the letter reads differently than it was meant; the letter was not made.")
    return made


def is_quoted_printable(encoded: bytes) -> bool:
    """Whether letters and digits stand in this part as they are."""
    return encoded.partition(b"\r\n\r\n")[0].endswith(QUOTED_PRINTABLE)


def _crlf(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n")


def check(content: bytes, fields: Sequence[Field], parts: Sequence[bytes]) -> None:
    """Read the bytes as a stranger's program would; ComposeError unless it sees just what was meant (ATTACKS A040).

    That each part reads as its text `part` has seen to.
    """
    head, _, body = content.partition(b"\r\n\r\n")
    _check_lines(head)
    expected = [(field.name, _unfolded(field.value)) for field in fields]
    seen = _read(head.decode("ascii"))
    if seen[: len(expected)] != expected or [name for name, _ in seen[len(expected) :]] != list(_BODY_FIELDS):
        raise ComposeError("The headers of the letter read differently than they were meant; the letter was not made.")
    for field in fields:
        _check_meaning(field)
    if _parts_of(body, seen[len(expected) + 1][1]) != list(parts):
        raise ComposeError("The body of the letter reads differently than it was meant; the letter was not made.")


def _check_lines(content: bytes) -> None:
    ends = content.count(b"\r\n")
    whole = content.count(b"\r") == ends == content.count(b"\n")
    if not whole or not content.isascii() or max(map(len, content.split(b"\r\n"))) > LONGEST_LINE:
        raise ComposeError("A line of the letter is too long or ends wrongly; the letter was not made.")


def _check_meaning(field: Field) -> None:
    """What a reader decodes must be what was meant."""
    try:
        read = (_one_mailbox if field.name in _ADDRESS_FIELDS else _words)(_unfolded(field.value))
    except (HeaderParseError, UnicodeError, LookupError, ValueError) as error:
        raise ComposeError(f"The header {field.name} cannot be read back; the letter was not made.") from error
    if read != field.meaning:
        raise ComposeError(f"The header {field.name} reads differently than it was meant; the letter was not made.")


def _one_mailbox(value: str) -> str:
    """The mailbox as a reader shows it; ValueError when there is not exactly one."""
    return value if _BARE_ADDRESS.fullmatch(value) else _named_mailbox(value)


@lru_cache(maxsize=100)  # it is the desk's own name, in every letter
def _named_mailbox(value: str) -> str:
    ((name, address),) = getaddresses([value])
    return f"{_words(name)} <{address}>" if name else address


def _words(value: str) -> str:
    return str(make_header(decode_header(value))) if "=?" in value else value


def _parts_of(body: bytes, content_type: str) -> list[bytes]:
    """The parts between the boundaries (RFC 2046 section 5.1.1); [] when something is outside of them."""
    kind, _, boundary = content_type.partition("; boundary=")
    if kind != "multipart/alternative":
        return []
    mark = b"\r\n--" + boundary.strip('"').encode("ascii")
    before, *parts, after = (b"\r\n" + body).split(mark)
    inside = not before and after == b"--\r\n" and all(each.startswith(b"\r\n") for each in parts)
    return [each[2:] for each in parts] if inside else []


def _text_of(encoded: bytes) -> str:
    head, _, body = encoded.partition(b"\r\n\r\n")
    decode = a2b_qp if head.endswith(QUOTED_PRINTABLE) else a2b_base64
    return decode(body).decode("utf-8")


def _read(head: str) -> list[tuple[str, str]]:
    """The fields of a header as a reader sees them, unfolded; a line without a colon has no name."""
    fields: list[tuple[str, str]] = []
    for line in head.replace("\r\n ", " ").replace("\r\n\t", "\t").split("\r\n"):
        name, colon, value = line.partition(":")
        fields.append((name, value.removeprefix(" ")) if colon else ("", line))
    return fields


def _unfolded(value: str) -> str:
    return value.replace("\r\n", "").replace("\n", "")


def texts_of(letter: Letter) -> tuple[str, str]:
    """The text and the HTML of a letter, with plain line ends, read back from its bytes."""
    head, _, body = letter.content.partition(b"\r\n\r\n")
    text, html = map(_text_of, _parts_of(body, dict(_read(head.decode("ascii")))["Content-Type"]))
    return text.replace("\r\n", "\n"), html.replace("\r\n", "\n")
