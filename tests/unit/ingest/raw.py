"""Raw mails put together on the spot."""

from __future__ import annotations

from mailbot.ingest.parse import parse
from mailbot.mail import Attachment

HEAD = b"From: dana@broker.example\nTo: desk@desk.example\nSubject: x\nMIME-Version: 1.0\n"


def mixed(*parts: bytes) -> bytes:
    joined = b"".join(b"--b\n" + part + b"\n" for part in parts)
    return HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n" + joined + b"--b--\n"


def attached(name: str, content: bytes, declared: str = "application/octet-stream") -> bytes:
    return f'Content-Type: {declared}; name="{name}"\nContent-Disposition: attachment\n\n'.encode() + content


def only_file(name: str, content: bytes, declared: str = "application/octet-stream") -> Attachment:
    (file,) = parse(mixed(attached(name, content, declared))).attachments
    return file
