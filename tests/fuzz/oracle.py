"""What must hold for every mail, however broken."""

from __future__ import annotations

from collections.abc import Iterator

from mailbot.ingest.authenticity import assess
from mailbot.ingest.extract import read_texts
from mailbot.ingest.filenames import LONGEST
from mailbot.ingest.filetexts import Reading
from mailbot.ingest.parse import parse_strictly
from mailbot.ingest.screen import screen
from mailbot.mail import Envelope, Message, OwnAddresses

_OWN = OwnAddresses(frozenset({"desk@desk.example"}), "desk.example")


def unread(content: bytes, content_type: str) -> Reading:
    """Stands for the child, whose readers are not what is tried here."""
    del content, content_type
    return Reading(flags=("unreadable",))


def check(raw: bytes) -> Message:
    """Read the mail by every pure step; an AssertionError or any other exception is a find."""
    message = read_texts(parse_strictly(raw), unread)
    screen(message, Envelope(sender=None), _OWN)
    assess(message, ("mx.desk.example",), None)
    for string in _strings(message):
        string.encode("utf-8")
        assert "\x00" not in string, "NUL came out"
    for line in (message.subject, message.message_id, *(f.filename for f in message.attachments)):
        assert not set(line) & set("\r\n\x1b"), "a control came out"
    for file in message.attachments:
        assert "/" not in file.filename and "\\" not in file.filename, "a path came out"
        assert len(file.filename) <= LONGEST, "a name too long came out"
    return message


def _strings(message: Message) -> Iterator[str]:
    yield from (message.subject, message.text, message.new_text, message.quoted, message.signature, message.message_id)
    yield from (*message.references, *message.in_reply_to, *message.defects)
    for name, value in message.headers:
        yield from (name, value)
    for person in (*message.from_, *message.to, *message.cc, *message.reply_to):
        yield from (person.name, person.address)
    for file in message.attachments:
        yield from (file.filename, file.content_type, file.declared_type, file.content_id, file.text)
