"""Base64 that other things got into: a list's footer, junk letters, spilled headers, or no code at all."""

from __future__ import annotations

import binascii
import re

_LINE = re.compile(rb"[^\n]*\n|[^\n]+\Z")
_CODE = re.compile(rb"[A-Za-z0-9+/=]+")
_FOREIGN = re.compile(rb"[^A-Za-z0-9+/=]+")
_PADDING = re.compile(rb"=+")
_LONG_LINE = 40
_SURE_LINE = 20


def is_prose(body: bytes) -> bool:
    """True for a text that was never encoded, whatever its header says.

    Told by its first line, or by what most of it is: base64 has no blanks and few signs.
    """
    lines = [line.strip() for line in body.split(b"\n") if line.strip()]
    if not lines or (_is_code(lines[0], 1) and (len(lines[0]) >= _SURE_LINE or lines[0].endswith(b"="))):
        return False
    code = sum(len(line) for line in lines if _is_code(line, 1) or _is_damaged_code(line))
    return 2 * code < sum(map(len, lines))


def mended(body: bytes) -> tuple[bytes, bytes]:
    """What the code in these bytes says, and the words that stand behind it.

    Words before the code or between two full lines of it are passed over. Linear; nothing is raised.
    """
    lines = [match.group() for match in _LINE.finditer(body)]
    last_full = max((number for number, line in enumerate(lines) if _is_code(line.strip(), _LONG_LINE)), default=-1)
    code: list[bytes] = []
    for number, line in enumerate(lines):
        bare = line.strip()
        if _is_code(bare, 1) or _is_damaged_code(bare):
            code.append(_FOREIGN.sub(b"", bare))
        elif bare and code and number > last_full:
            return _decoded(b"".join(code)), b"".join(lines[number:])
    return _decoded(b"".join(code)), b"" if code else body


def _is_code(bare: bytes, length: int) -> bool:
    return len(bare) >= length and _CODE.fullmatch(bare) is not None


def _is_damaged_code(bare: bytes) -> bool:
    """One line of code with a strange letter or two; words have blanks, colons or more signs."""
    if not bare or b" " in bare or b":" in bare:
        return False
    strange = len(bare) - len(_FOREIGN.sub(b"", bare))
    return strange <= max(1, len(bare) // 10)


def _decoded(code: bytes) -> bytes:
    """One or several padded pieces, one after the other."""
    return b"".join(_piece(piece) for piece in _PADDING.split(code) if piece)


def _piece(piece: bytes) -> bytes:
    """A piece with its padding put right; a last letter that is too many is dropped."""
    if len(piece) % 4 == 1:
        piece = piece[:-1]
    return binascii.a2b_base64(piece + b"=" * (-len(piece) % 4))
