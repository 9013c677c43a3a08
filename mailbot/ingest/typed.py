"""What was typed at the top of a mail, above any quote and without the signature, as its plain text part shows it."""

from __future__ import annotations

from dataclasses import dataclass

from mailbot.ingest.body import TEXT_CAP, agrees, hides_text
from mailbot.ingest.defects import Defects
from mailbot.ingest.lines import joined, plain_lines
from mailbot.ingest.parts import read_tree
from mailbot.ingest.quotes import divide
from mailbot.ingest.signature import Author, signature_start
from mailbot.ingest.texts import TextReader
from mailbot.mail import Message


@dataclass(frozen=True, slots=True)
class Typed:
    """`text` is "" where nothing was typed, or where `why_not` says why what was typed does not count."""

    text: str
    why_not: str = ""


def typed_above(raw: bytes, message: Message) -> Typed:
    """Read the top of a mail that was parsed as `message`.

    Only a plain text counts that says what the HTML beside it shows: text that some programs show and others do not
    is nobody's word (ATTACKS A082).
    """
    unix = raw if b"\n" in raw else raw.replace(b"\r", b"\n")
    found = Defects()
    reader = TextReader(found)
    texts = reader.read(read_tree(unix, found))
    if texts.plain is None or not texts.plain.strip():
        return Typed("", "it has no plain text" if texts.html and message.new_text.strip() else "")
    if not reader.used:
        return Typed("", "its text is an attached file")
    if texts.html is not None and (not agrees(texts.plain, texts.html) or hides_text(texts.html)):
        return Typed("", "its plain text and its HTML differ")
    lines = plain_lines(texts.plain[:TEXT_CAP].replace("\r\n", "\n").replace("\r", "\n"))
    quoted = divide(lines).quoted
    above = lines[: quoted.index(True) if True in quoted else len(lines)]
    sender = message.sender
    author = Author.of(sender.name, sender.address) if sender else Author()
    last = max((at for at, line in enumerate(above) if line.bare), default=-1)
    above = above[: last + 1]
    return Typed(joined(above[: signature_start(above, author)]))
