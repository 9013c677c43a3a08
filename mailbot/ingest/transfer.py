"""Content transfer encodings undone (RFC 2045 section 6) without ever raising: base64, quoted-printable, uuencode."""

from __future__ import annotations

import binascii
import re

import pybase64

from mailbot.ingest.damaged_base64 import is_prose, mended

_IDENTITY = frozenset({"", "7bit", "8bit", "binary", "7-bit", "8-bit", "none", "plain"})
_UUENCODE = frozenset({"x-uuencode", "uuencode", "x-uue", "uue"})
_BLANKS = b" \t\r\n"
_BASE64_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/" + _BLANKS
_PIECE = 1024 * 1024
_UU_BEGIN = re.compile(rb"^begin(?:-base64)? +[0-7]{3,4} +(\S[^\r\n]*)\r?\n", re.MULTILINE)


def encoding_name(value: str) -> str:
    """The bare encoding word of a Content-Transfer-Encoding value, lower case."""
    words = value.replace(";", " ").replace('"', " ").split(None, 1)
    return words[0].lower() if words else ""


def decode(body: bytes, encoding: str, *, text: bool = False) -> tuple[bytes, bool]:
    """The decoded bytes; the flag is False where something was damaged or the encoding is unknown.

    In a text, plain words behind the last base64 piece (a mailing list's footer) are kept.
    """
    if encoding in _IDENTITY:
        return body, True
    if encoding == "base64":
        return base64_bytes(body, text=text)
    if encoding == "quoted-printable":
        return binascii.a2b_qp(body), True
    if encoding in _UUENCODE:
        decoded = first_uuencoded(body)
        return (body, False) if decoded is None else (decoded, True)
    return body, False


def whole_base64(body: memoryview) -> bytes | None:
    """Base64 without any fault, decoded with no copy made on the way; None when it has one."""
    try:
        return pybase64.b64decode(body, validate=True, ignorechars=_BLANKS)
    except binascii.Error:
        return _padded_oddly(body)


def _padded_oddly(body: memoryview) -> bytes | None:
    """Base64 that only has more "=" at its end than it needs; None for any other fault."""
    padded = False
    for begin in range(0, len(body), _PIECE):
        piece = bytes(body[begin : begin + _PIECE])
        letters, equals, behind = (b"", b"=", piece) if padded else piece.partition(b"=")
        padded = padded or bool(equals)
        if letters.translate(None, _BASE64_LETTERS) or behind.strip(b"= \r\n\t"):
            return None  # padding anywhere but at the very end is a fault: the decoder would stop there
    try:
        return binascii.a2b_base64(body)
    except binascii.Error:
        return None


def base64_bytes(body: bytes, *, text: bool = False) -> tuple[bytes, bool]:
    """Base64, whole or damaged; what is no base64 at all comes back as it is."""
    if text and is_prose(body):
        return body, False
    whole = whole_base64(memoryview(body))
    if whole is not None:
        return whole, True
    decoded, rest = mended(body)
    if not decoded and rest:
        return body, False
    return (decoded + b"\n" + rest if text and rest else decoded), False


def first_uuencoded(body: bytes) -> bytes | None:
    """The first uuencoded file in these bytes, or None; one without its "begin" line is read too."""
    begin = _UU_BEGIN.search(body)
    start = begin.end() if begin else 0
    decoded, _ = uuencoded_lines(body, start)
    return decoded if begin or decoded else None


def uuencoded_lines(body: bytes, start: int) -> tuple[bytes, int]:
    """Decode lines from `start` up to "end" or the first line that is no code; also where the next line begins."""
    decoded: list[bytes] = []
    position = start
    while position < len(body):
        line_end = body.find(b"\n", position)
        next_line = len(body) if line_end < 0 else line_end + 1
        line = body[position:next_line].rstrip(b"\r\n")
        if line.strip() == b"end":
            return b"".join(decoded), next_line
        code = _uu_line(line)
        if code is None:
            break
        decoded.append(code)
        position = next_line
    return b"".join(decoded), position


def _uu_line(line: bytes) -> bytes | None:
    """One line of code; None when it is not one. Trailing blanks that were lost on the way are put back."""
    if not line or line in (b"`", b" "):
        return b""
    length = (line[0] - 32) & 63
    needed = (length + 2) // 3 * 4
    if not 32 <= line[0] <= 96 or len(line) > needed + 3 or len(line) - 1 < needed - 2:
        return None
    whole = bytes((32 + needed // 4 * 3,))
    try:
        # Asking for the bytes of whole groups keeps the reader from minding bits that stand behind the last byte.
        return binascii.a2b_uu(whole + line[1 : needed + 1])[:length]
    except (binascii.Error, ValueError):
        return None
