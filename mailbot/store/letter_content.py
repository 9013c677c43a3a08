"""A letter as bytes to seal and back: JSON of what surrounds it, then its content."""

from __future__ import annotations

import json
import zlib

from mailbot.mail import Address, Letter

#: What was kept before letters were kept as they are begins like this (RFC 1950); JSON never does.
_COMPRESSED = b"\x78"


def to_bytes(letter: Letter) -> bytes:
    """Lossless. Compressing it would take ten times as long as writing what it saves."""
    frame = {
        "kind": letter.kind,
        "to": [letter.to.address, letter.to.name],
        "subject": letter.subject,
        "message_id": letter.message_id,
        "language": letter.language,
        "envelope_sender": letter.envelope_sender,
    }
    return json.dumps(frame).encode() + b"\n" + letter.content


def from_bytes(stored: bytes) -> Letter:
    """The letter that `to_bytes` was given, by this version or an older one."""
    whole = zlib.decompress(stored) if stored.startswith(_COMPRESSED) else stored
    frame, _, content = whole.partition(b"\n")
    values = json.loads(frame)
    address, name = values.pop("to")
    return Letter(to=Address(address, name), content=content, **values)
