"""The digest that says whether two mails are the same mail, by whatever way they came.

It covers the body and the headers that their author set, not the trace headers that each server adds on the way
(RFC 5321 section 4.4), and not how lines end. Message-ID alone would not do: people resend, and attackers copy.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

#: What the author's program wrote; Received, Return-Path, Delivered-To, X-… differ from way to way.
SELECTED = frozenset(
    [
        b"from",
        b"sender",
        b"reply-to",
        b"to",
        b"cc",
        b"subject",
        b"date",
        b"message-id",
        b"in-reply-to",
        b"references",
        b"mime-version",
        b"content-type",
        b"content-transfer-encoding",
    ]
)
_HEADER_CAP = 256 * 1024
_PIECE = 256 * 1024
_CR, _LF = b"\r\n"
_SPACE = re.compile(rb"[ \t\n]+")
_BLANK_LINE = re.compile(rb"\n\r?\n")


def content_digest(raw: bytes) -> bytes:
    """SHA-256 over the selected headers and the body; both without regard to CRLF or LF, or blank lines at the end.

    Read in pieces: a mail may be as large as the memory that is left.
    """
    blank = _BLANK_LINE.search(raw)
    head_end, body = (blank.start(), blank.end()) if blank else (len(raw), len(raw))
    if blank and raw[head_end - 1 : head_end] == b"\r":
        head_end -= 1
    head = _unix(raw, 0, head_end)
    top = b"".join(next(head, b"") for _ in range(2 + 2 * _HEADER_CAP // _PIECE))
    digest = hashlib.sha256()
    for name, value in _selected(top[:_HEADER_CAP]):
        digest.update(name + b":" + value + b"\n")
    digest.update(b"\n")
    digest.update(top[_HEADER_CAP:])
    for pieces in (head, _unix(raw, body, _trimmed(raw, body))):
        for piece in pieces:
            digest.update(piece)
    return digest.digest()


def _unix(raw: bytes, begin: int, end: int) -> Iterator[bytes]:
    """The bytes of this range in pieces, with LF for CRLF; no CRLF is cut in two."""
    while begin < end:
        stop = min(end, begin + _PIECE)
        while stop < end and raw[stop - 1] == _CR:
            stop += 1
        piece = raw[begin:stop]
        # Looking for one byte is many times as fast as for two, and split() looks once where replace() looks twice.
        yield b"\n".join(piece.split(b"\r\n")) if b"\r" in piece else piece
        begin = stop


def _trimmed(raw: bytes, begin: int) -> int:
    """Where the text ends that begins there, without the blank lines behind it."""
    end = len(raw)
    while end > begin and raw[end - 1] == _LF:
        end -= 1
        if end > begin and raw[end - 1] == _CR:
            end -= 1
    return end


def _selected(head: bytes) -> list[tuple[bytes, bytes]]:
    """(lower-case name, value with white space folded) of each selected header, sorted: servers may reorder them."""
    found = []
    for line in head.replace(b"\n ", b" ").replace(b"\n\t", b"\t").split(b"\n"):
        name, _, value = line.partition(b":")
        name = name.strip().lower()
        if name in SELECTED:
            found.append((name, _SPACE.sub(b" ", value).strip()))
    return sorted(found)
