"""Divides a message into the passages that fields are read from: subject, body, signature, forwarded mail, files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from mailbot.cases.understanding import Where
from mailbot.classify.cues import cue
from mailbot.classify.linear import Linear
from mailbot.mail import Attachment, Kind, Message

BODY_CAP = 40_000
FILE_CAP = 20_000
FILES_CAP = 20

_CASE_TOKEN = Linear(r"(?i)\[?\(?(?:case|caso|案件|ref)[ :#]*\d{6}-\d*[^\]\s]*\]?\)?")
_ANSWER_MARK = Linear(r"(?i)(?:(?:re|fwd?|rv|aw|sv|tr|回复|答复|转发|回覆|轉發)\s*[:：]\s*)+")
_HEADER_LINE = Linear(
    r"(?i)^[>*\s]{0,4}(from|de|von|发件人|寄件者|date|sent|fecha|enviado(?: el)?|发送时间|日期|to|para|收件人|cc|"
    r"subject|asunto|主题)\*?\s*[:：]\*?\s*(.*)$"
)
_FORWARD_MARK = Linear(
    r"(?i)^[>\s]{0,4}(?:-{3,}.*(?:forwarded|reenviado|original|转发|原始).*|begin forwarded message:|"
    r"inicio del mensaje reenviado:|_{10,})\s*$"
)
_FROM_WORDS = ("from", "de", "von", "发件人", "寄件者")
_SIGN_OFF = cue("passages.sign_off", head=r"^")
_FACT = cue("passages.fact")
_PHOTO = Linear(r"(?i)^(?:img|dsc|pxl|scan|photo|foto|screenshot|captura|screen shot|whatsapp|mvimg|cam)[ _-]?")
_SENTENCE_END = (".", "?", "。", "？", ":", "：")
_LONGEST_SIGNATURE = 12
_WRAPPED = 55
_LONGEST_LABEL = 30
_LABEL_BLANKS = 3


def words_of(name: str) -> list[str]:
    """The words of a name, folded, without punctuation."""
    parts = [part.strip(".,()\"'").casefold() for part in name.replace("-", " ").split()]
    return [word for word in parts if word]


@dataclass(frozen=True, slots=True)
class Writer:
    """Who wrote a segment: the display name, and its words for telling the writer from those written about."""

    name: str
    address: str = ""
    words: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "words", frozenset([word for word in words_of(self.name) if len(word) > 1]))


_NOBODY = Writer("")


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of text from one place; `writer` signed it; `document` is the type of the file it stands in, or ""."""

    where: Where
    text: str
    writer: Writer = _NOBODY
    document: str = ""
    name: str = ""


def plain_subject(subject: str) -> str:
    """The subject without "Re:" and the like, and without a case number."""
    short = subject[:500]
    plain: str = (_CASE_TOKEN.sub("", short) if "-" in short else short).strip()
    mark = _ANSWER_MARK.match(plain) if ":" in plain or "：" in plain else None
    return plain[mark.end() :].strip() if mark else plain


def passages(message: Message, kind: Kind, documents: tuple[str, ...], subject: str) -> tuple[Passage, ...]:
    """All passages in the order of reading; `documents` are the types of the attachments that count as paper.

    `subject` is the plain one. Of a reply only the new text and the files are read: what it quotes was said before.
    """
    sender = message.sender
    writer = Writer(sender.name, sender.address) if sender else _NOBODY
    found: list[Passage] = []
    if kind is not Kind.REPLY and subject:
        found.append(Passage(Where.SUBJECT, subject, writer))
    body = message.new_text if kind is Kind.REPLY else message.text
    found.extend(_segments(body[:BODY_CAP], writer, message.signature))
    found.extend(_files(message, documents))
    return tuple(found)


def _files(message: Message, documents: tuple[str, ...]) -> Iterator[Passage]:
    papers = iter(documents)
    for attachment in message.attachments[:FILES_CAP]:
        if is_nested_mail(attachment):
            yield from _segments(attachment.text[:BODY_CAP], _NOBODY, "", nested=True)
        elif is_paper(attachment):
            document = next(papers, "other")
            lines = [f"{label}: {value}" for label, value in attachment.form if value.strip()]
            text = "\n".join([*lines, attachment.text])[:FILE_CAP].strip()
            yield Passage(Where.FORM, text, document=document, name=attachment.filename)


def is_nested_mail(attachment: Attachment) -> bool:
    """A mail inside the mail is read as forwarded text and is no document."""
    return attachment.content_type == "message/rfc822" or attachment.filename.lower().endswith((".eml", ".msg"))


def is_paper(attachment: Attachment) -> bool:
    """Whether an attachment is a document: no logo, no mail inside the mail, no part of a delivery report.

    A picture with the name that a camera or scanner gives is one, also where it stands inside the text.
    """
    machine = attachment.content_type.startswith("message/") or attachment.content_type == "text/rfc822-headers"
    drawn = "logo" in attachment.flags and not _PHOTO.match(attachment.filename)
    return not (machine or drawn or is_nested_mail(attachment))


def _segments(text: str, writer: Writer, signature: str, *, nested: bool = False) -> Iterator[Passage]:
    """The text cut at each forwarded header block, every part with its own writer and signature."""
    where = Where.FORWARDED if nested else Where.BODY
    for part_writer, lines in _cut(text.replace("\r\n", "\n").split("\n"), writer):
        if part_writer is not writer:
            where = Where.FORWARDED
        split = _signature_start(lines, part_writer)
        if signature and where is Where.BODY:
            split = min(split, _start_of(signature, lines))
        yield Passage(where, unwrap(lines[:split]), part_writer)
        if rest := "\n".join(lines[split:]).strip():
            yield Passage(Where.SIGNATURE, rest, part_writer)


def _start_of(signature: str, lines: list[str]) -> int:
    """The line on which a signature that the parser found begins."""
    first = next((line.strip() for line in signature.splitlines() if line.strip()), None)
    for at in range(len(lines) - 1, -1, -1):
        if first and lines[at].strip() == first:
            return at
    return len(lines)


def _cut(lines: list[str], writer: Writer) -> Iterator[tuple[Writer, list[str]]]:
    part: list[str] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        end, sender = _header_block(lines, at) if ":" in line or "：" in line else (at, _NOBODY)
        if end > at:
            yield writer, part
            writer, part, at = sender, [], end
        else:
            if not _is_forward_mark(line):
                part.append(line)
            at += 1
    yield writer, part


def _is_forward_mark(line: str) -> bool:
    """The line that a mail program puts above a forwarded mail."""
    hint = "--" in line or "__" in line or "orward" in line or "reenviado" in line
    return hint and bool(_FORWARD_MARK.match(line))


def _header_block(lines: list[str], at: int) -> tuple[int, Writer]:
    """Where the block of header lines that starts here ends, and whom it names; `at` itself where none starts."""
    colon = ":" in lines[at][:24] or "：" in lines[at][:24]
    first = _HEADER_LINE.match(lines[at]) if colon else None
    if not first or first[1].lower() not in _FROM_WORDS:
        return at, _NOBODY
    seen, end = 1, at + 1
    while end < min(len(lines), at + 12):
        line = lines[end]
        if _HEADER_LINE.match(line):
            seen += 1
        elif line.strip():
            break
        end += 1
    if seen < 2:
        return at, _NOBODY
    name, _, address = first[2].partition("<")
    return end, Writer(name.strip(" \"'*"), address.strip(" <>*"))


def _signature_start(lines: list[str], writer: Writer) -> int:
    """The first line of the signature: a sign-off or the writer's name with only short lines below."""
    start = len(lines)
    seen = 0
    for at in range(len(lines) - 1, -1, -1):
        typed = lines[at].strip()
        line = typed.strip("-_*~ ")
        if not line and not typed.startswith("--"):
            continue
        seen += 1
        if seen > _LONGEST_SIGNATURE or len(line) > 90:
            break
        if _SIGN_OFF.match(typed) or _is_writers_line(line, writer):
            start = at
        elif line.endswith(_SENTENCE_END) and len(line) > 30:
            break
    return len(lines) if any(_FACT.search(line) for line in lines[start + 1 :]) else start


def _is_writers_line(line: str, writer: Writer) -> bool:
    """A short line that begins with the writer's name, as names stand under a letter."""
    if not any(map(line.casefold().__contains__, writer.words)):
        return False
    words = words_of(line.replace("|", " ").replace(",", " "))
    if not words or len(words) > 10 or line.endswith(("?", ":")):
        return False
    known = writer.words
    lead = [word for word in words[:3] if word in known]
    if len(words) <= 3:
        initials = {word[0] for word in known}
        return bool(lead) and (words[0] in known | {"dr", "mr", "ms", "lic"} or words[0][0] in initials)
    return len(lead) >= 2 or (words[0][0] in {w[0] for w in known} and len(words[0]) == 1 and words[1] in known)


def unwrap(lines: list[str]) -> str:
    """The lines with those that a mail program broke put together again; tables and lists stay as they are."""
    out: list[str] = []
    open_line = False
    for line in lines:
        stripped = line.strip(" \u00a0\u3000")
        row = _is_row(stripped)
        joins = open_line and stripped and not row and not stripped.startswith(("-", "*", "•"))
        if joins and not _starts_item(stripped):
            out[-1] = f"{out[-1]} {stripped}"
        else:
            out.append(stripped)
        open_line = len(stripped) >= _WRAPPED and not row and line.rstrip("\r")[-1:] not in (":", "：")
    return "\n".join(out).strip()


def _is_row(line: str) -> bool:
    """A row of a table, whose cells tabs, bars or several blanks part."""
    return "\t" in line or "   " in line or ("|" in line and (line[0] == "|" or line.count(" | ") >= 2))


def _starts_item(line: str) -> bool:
    """A list item or a labelled line begins a line of its own."""
    label = line[:_LONGEST_LABEL].partition(":")[0] if ":" in line[:_LONGEST_LABEL] else " "
    item = line[:1].isdigit() and line[1:3].lstrip("0123456789")[:1] in (")", ".")
    return item or " " not in label or (label[:1].isupper() and label.count(" ") <= _LABEL_BLANKS)
