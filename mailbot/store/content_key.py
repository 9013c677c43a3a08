"""The digest that says whether two mails are the same mail, by whatever way they came.

It covers the body and the headers that their author set, not the trace headers that each server adds on the way
(RFC 5321 section 4.4), and not how lines end. Message-ID alone would not do: people resend, and attackers copy.
"""

from __future__ import annotations

import hashlib
import re

#: What the author's program wrote; Received, Return-Path, Delivered-To, X-… differ from way to way.
SELECTED = (
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
)
_HEADER_CAP = 256 * 1024
_SPACE = re.compile(rb"[ \t\n]+")


def content_digest(raw: bytes) -> bytes:
    """SHA-256 over the selected headers and the body; both without regard to CRLF or LF, or blank lines at the end."""
    unix = raw.replace(b"\r\n", b"\n") if b"\r" in raw else raw
    head, _, body = unix.partition(b"\n\n")
    digest = hashlib.sha256()
    for name, value in _fields(head[:_HEADER_CAP]):
        if name in SELECTED:
            digest.update(name + b":" + value + b"\n")
    digest.update(b"\n")
    digest.update(head[_HEADER_CAP:])
    digest.update(body.rstrip(b"\n"))
    return digest.digest()


def _fields(head: bytes) -> list[tuple[bytes, bytes]]:
    """(lower-case name, value with white space folded) of each header, sorted: servers may reorder them."""
    unfolded: list[list[bytes]] = []
    for line in head.split(b"\n"):
        if line[:1] in (b" ", b"\t") and unfolded:
            unfolded[-1].append(line)
        else:
            unfolded.append([line])
    fields = (b"".join(lines).partition(b":") for lines in unfolded)
    return sorted((name.strip().lower(), _SPACE.sub(b" ", value).strip()) for name, _, value in fields)
