"""A letter as bytes to seal and back: JSON of what surrounds it, compressed together with its content."""

from __future__ import annotations

import json
import zlib

from mailbot.mail import Address, Letter

_LEVEL = 1


def to_bytes(letter: Letter) -> bytes:
    """Lossless; letters are text, so that compressing them pays at once."""
    frame = {
        "kind": letter.kind,
        "to": [letter.to.address, letter.to.name],
        "subject": letter.subject,
        "message_id": letter.message_id,
        "language": letter.language,
        "envelope_sender": letter.envelope_sender,
    }
    return zlib.compress(json.dumps(frame).encode() + b"\n" + letter.content, _LEVEL)


def from_bytes(stored: bytes) -> Letter:
    """The letter that `to_bytes` was given."""
    frame, _, content = zlib.decompress(stored).partition(b"\n")
    values = json.loads(frame)
    address, name = values.pop("to")
    return Letter(to=Address(address, name), content=content, **values)
