"""The text of attachments, so that they can be understood: PDF, Word, Excel, text, HTML, Outlook's own files."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace

from mailbot.ingest.attachments import make
from mailbot.ingest.body import views
from mailbot.ingest.charsets import decode_unlabelled
from mailbot.ingest.cleaning import clean_line, clean_text
from mailbot.ingest.contain import Child, ChildFailed
from mailbot.ingest.filenames import safe_name
from mailbot.ingest.filetexts import DOCX, MOST_TEXT, READERS, XLSX, Reading, read_file
from mailbot.ingest.zips import read_directory
from mailbot.mail import Attachment, Message

MOST_FILES = 30
MOST_BYTES = 25 * 1024 * 1024
MOST_FAILURES = 2
MOST_WITHIN = 3

_NEVER = frozenset({"zip_bomb", "encrypted", "executable", "logo", "macro"})
_TEXT_TYPES = frozenset({"text/plain", "text/csv", "text/calendar", "text/vcard", "text/markdown", "text/xml"})

# Reads the content of one file of a type in READERS; never raises.
FileReader = Callable[[bytes, str], Reading]


@dataclass(frozen=True, slots=True)
class ChildReader:
    """Reads files in a killable child; one that cannot be read is flagged "unreadable"."""

    child: Child

    def __call__(self, content: bytes, content_type: str) -> Reading:
        try:
            return self.child.run(read_file, content, content_type)
        except ChildFailed:
            return Reading(flags=("unreadable",))


def read_texts(message: Message, reader: FileReader) -> Message:
    """The message with `text` and `form` of its attachments filled in, and the files inside winmail.dat and .msg added.

    Encrypted files, zip bombs, programs, macros and logos are never opened. After two files that could not be
    read the rest is left unread, so that one mail cannot hold up the others.
    """
    if not message.attachments:
        return message
    waiting = deque(message.attachments)
    done: list[Attachment] = []
    failures = 0
    while waiting:
        file = waiting.popleft()
        if len(done) < MOST_FILES and failures < MOST_FAILURES and _may_read(file):
            file, members = _read(file, reader)
            failures += "unreadable" in file.flags
            waiting.extendleft(reversed(members))
        done.append(file)
    return replace(message, attachments=tuple(done))


def _may_read(file: Attachment) -> bool:
    if file.text or not file.content or file.size > MOST_BYTES or _NEVER & set(file.flags):
        return False
    if file.content_type in (DOCX, XLSX):
        directory = read_directory(file.content)
        return directory is not None and directory.safe_to_read
    return file.content_type in READERS or file.content_type in _TEXT_TYPES or file.content_type == "text/html"


def _read(file: Attachment, reader: FileReader) -> tuple[Attachment, list[Attachment]]:
    """One file with its text, and the files that it holds."""
    if file.content_type not in READERS:
        return replace(file, text=_own_text(file)), []
    reading = reader(file.content, file.content_type)
    read = replace(
        file,
        text=clean_text(reading.text)[:MOST_TEXT],
        form=tuple((clean_line(label), clean_line(value)) for label, value in reading.form),
        flags=tuple(dict.fromkeys((*file.flags, *reading.flags))),
    )
    if file.part.count("/") >= MOST_WITHIN:
        return read, []
    return read, [
        make(f"{file.part}/{number}", safe_name(name), content, "application/octet-stream")
        for number, (name, content) in enumerate(reading.members, 1)
    ]


def _own_text(file: Attachment) -> str:
    """Plain text and HTML are read as the text of a mail is, by our own code."""
    text = clean_text(decode_unlabelled(file.content[: 4 * MOST_TEXT]))
    return (views(None, text).text if file.content_type == "text/html" else text)[:MOST_TEXT]
