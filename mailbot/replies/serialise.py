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
_BODY_FIELDS = ("MIME-Version", "Content-Type", "Content-Transfer-Encoding")
_ADDRESS_FIELDS = ("From", "To", "Reply-To")
#: What every reader takes as it stands: atoms with single dots between them (RFC 5322 section 3.4.1).
_BARE_ADDRESS = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*@[\w-]+(?:\.[\w-]+)+", re.ASCII)


def serialise(fields: Sequence[Field], text: str, html: str, message_id: str) -> bytes:
    """The message as multipart/alternative; all lines end with CRLF.

    The boundary follows from the message id, so that the same plan gives the same bytes.
    """
    boundary = "=_" + hashlib.sha256(message_id.encode()).hexdigest()[:32]
    head = [f"{field.name}: {field.value}" for field in (*fields, plain_field("MIME-Version", "1.0"))]
    head += ["Content-Type: multipart/alternative;", f' boundary="{boundary}"', "Content-Transfer-Encoding: 7bit", ""]
    parts = [_part("plain", text), _part("html", html)]
    return _between(boundary, "\r\n".join(head).encode("ascii"), parts)


def _between(boundary: str, head: bytes, parts: Sequence[bytes]) -> bytes:
    mark = b"\r\n--" + boundary.encode("ascii")
    return head + b"".join(mark + b"\r\n" + part for part in parts) + mark + b"--\r\n"


def _part(subtype: str, text: str) -> bytes:
    """One text part with its headers: quoted-printable for Latin scripts, base64 where most letters need it."""
    content = _crlf(text).encode("utf-8")
    mostly_ascii = len(content) * 4 < len(text) * 5
    if mostly_ascii:
        encoding, body = b"quoted-printable", b2a_qp(content, istext=True)
    else:
        lines = (b2a_base64(content[i : i + 57], newline=False) for i in range(0, len(content), 57))
        encoding, body = b"base64", b"\r\n".join(lines) + b"\r\n"
    head = f'Content-Type: text/{subtype}; charset="utf-8"\r\n'.encode("ascii")
    return head + b"Content-Transfer-Encoding: " + encoding + b"\r\n\r\n" + body


def _crlf(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n")


def check(content: bytes, fields: Sequence[Field], text: str, html: str) -> None:
    """Read the bytes as a stranger's program would; ComposeError unless it sees just what was meant (ATTACKS A040)."""
    _check_lines(content)
    head, _, body = content.partition(b"\r\n\r\n")
    expected = [(field.name, _unfolded(field.value)) for field in fields]
    seen = _read(head.decode("ascii"))
    if seen[: len(expected)] != expected or [name for name, _ in seen[len(expected) :]] != list(_BODY_FIELDS):
        raise ComposeError("The headers of the letter read differently than they were meant; the letter was not made.")
    for field in fields:
        _check_meaning(field)
    if _parts_of(body, seen[len(expected) + 1][1]) != [_crlf(text), _crlf(html)]:
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


def _parts_of(body: bytes, content_type: str) -> list[str]:
    """The texts between the boundaries (RFC 2046 section 5.1.1), decoded; [] when something is outside of them."""
    kind, _, boundary = content_type.partition("; boundary=")
    if kind != "multipart/alternative":
        return []
    mark = b"\r\n--" + boundary.strip('"').encode("ascii")
    before, *parts, after = (b"\r\n" + body).split(mark)
    return [] if before or after != b"--\r\n" else [_decoded(part) for part in parts]


def _decoded(part: bytes) -> str:
    head, _, body = part.partition(b"\r\n\r\n")
    decode = a2b_qp if head.endswith(b"quoted-printable") else a2b_base64
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
    text, html = _parts_of(body, dict(_read(head.decode("ascii")))["Content-Type"])
    return text.replace("\r\n", "\n"), html.replace("\r\n", "\n")
