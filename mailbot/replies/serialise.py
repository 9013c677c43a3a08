"""The bytes of a letter: its fields and texts joined (RFC 2045), and read again before they count."""

from __future__ import annotations

import hashlib
from binascii import b2a_base64, b2a_qp
from collections.abc import Sequence
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message as ParsedMail
from email.utils import getaddresses

from mailbot.replies.headers import ComposeError, Field, plain_field

LONGEST_LINE = 998  # RFC 5322 section 2.1.1, without CRLF
_ADDRESS_FIELDS = ("From", "To", "Reply-To")


def serialise(fields: Sequence[Field], text: str, html: str, message_id: str) -> bytes:
    """The message as multipart/alternative, or text/plain where there is no HTML; all lines end with CRLF.

    The boundary follows from the message id, so that the same plan gives the same bytes.
    """
    head = [f"{field.name}: {field.value}" for field in (*fields, plain_field("MIME-Version", "1.0"))]
    if not html:
        return "\r\n".join(head).encode("ascii") + b"\r\n" + _part("plain", text)
    boundary = "=_" + hashlib.sha256(message_id.encode()).hexdigest()[:32]
    head += [
        "Content-Type: multipart/alternative;",
        f' boundary="{boundary}"',
        "Content-Transfer-Encoding: 7bit",
        "",
        "",
    ]
    mark = f"--{boundary}".encode("ascii")
    parts = (mark, b"\r\n", _part("plain", text), b"\r\n", mark, b"\r\n", _part("html", html), b"\r\n", mark, b"--\r\n")
    return "\r\n".join(head).encode("ascii") + b"".join(parts)


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
    mail = message_from_bytes(content)
    expected = [(field.name, _unfolded(field.value)) for field in fields]
    seen = [(name, _unfolded(value)) for name, value in mail.items()]
    body_fields = ["MIME-Version", "Content-Type", "Content-Transfer-Encoding"]
    if seen[: len(expected)] != expected or [name for name, _ in seen[len(expected) :]] != body_fields:
        raise ComposeError("The headers of the letter read differently than they were meant; the letter was not made.")
    for field in fields:
        _check_meaning(field)
    _check_parts(mail, [part for part in (text, html) if part])


def _check_lines(content: bytes) -> None:
    lines = content.split(b"\r\n")
    if any(b"\r" in line or b"\n" in line or len(line) > LONGEST_LINE for line in lines) or not content.isascii():
        raise ComposeError("A line of the letter is too long or ends wrongly; the letter was not made.")


def _check_meaning(field: Field) -> None:
    """What a reader decodes must be what was meant."""
    try:
        read = _one_mailbox(field) if field.name in _ADDRESS_FIELDS else _words(_unfolded(field.value))
    except (HeaderParseError, UnicodeError, LookupError, ValueError) as error:
        raise ComposeError(f"The header {field.name} cannot be read back; the letter was not made.") from error
    if read != field.meaning:
        raise ComposeError(f"The header {field.name} reads differently than it was meant; the letter was not made.")


def _one_mailbox(field: Field) -> str:
    """The mailbox as a reader shows it; ValueError when there is not exactly one."""
    ((name, address),) = getaddresses([_unfolded(field.value)])
    return f"{_words(name)} <{address}>" if name else address


def _words(value: str) -> str:
    return str(make_header(decode_header(value)))


def _check_parts(mail: ParsedMail, meant: Sequence[str]) -> None:
    parts = mail.get_payload() if mail.is_multipart() else [mail]
    seen = [_decoded(part) for part in parts if isinstance(part, ParsedMail)]
    if mail.defects or seen != [_crlf(part).encode("utf-8") for part in meant]:
        raise ComposeError("The body of the letter reads differently than it was meant; the letter was not made.")


def _decoded(part: ParsedMail) -> bytes | None:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else None


def _unfolded(value: str) -> str:
    return value.replace("\r\n", "").replace("\n", "")
