"""Bytes to a frozen Message: headers, addresses, text and its views, attachments, defects. Never raises."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from mailparser.dates import parse_mail_date

from mailbot.ingest import defects
from mailbot.ingest.addresses import parse_addresses, parse_ids, parse_message_id
from mailbot.ingest.attachments import attachment_of, encoded_attachments, with_logos
from mailbot.ingest.body import Setting, views
from mailbot.ingest.charsets import decode, decode_unlabelled
from mailbot.ingest.cleaning import clean_line, clean_text, clean_value
from mailbot.ingest.containers import MAIL_TYPES, MOST_WITHIN, with_attached_mails
from mailbot.ingest.defects import Defects
from mailbot.ingest.encoded_words import decode_words
from mailbot.ingest.headers import HeaderBlock, value_text
from mailbot.ingest.parts import Part, read_tree
from mailbot.ingest.texts import MOST_TEXT, TextReader, Texts
from mailbot.mail import Address, Attachment, Message

_SINGLE = ("from", "subject", "date", "message-id", "to", "cc", "reply-to", "sender")


def parse(raw: bytes) -> Message:
    """The message in these bytes; whatever was odd is in `defects`, and nothing is ever raised."""
    try:
        return parse_strictly(raw)
    except Exception:  # noqa: BLE001 whatever the bytes are, the mail must reach a person
        text = clean_text(decode_unlabelled(raw[:MOST_TEXT]))
        return _bare(text, (defects.NOT_READ,))


def parse_strictly(raw: bytes) -> Message:
    """As parse(), without its last net: a mistake of ours is raised, so that the fuzzer can see it."""
    return _parse(raw, within=0)


def parse_body(raw: bytes, content_type: str) -> Message:
    """The message that a bare body would be: text/plain or text/html in UTF-8 or what it declares."""
    found = Defects()
    text, fits = decode(raw[:MOST_TEXT], "utf-8")
    if not fits:
        found.add(defects.BAD_CHARSET)
    text = clean_text(text)
    texts = Texts(html=text) if content_type == "text/html" else Texts(plain=text)
    return _message(HeaderBlock(), "", texts, (), content_type, found)


def _bare(text: str, found: tuple[str, ...]) -> Message:
    return Message("", (), (), (), (), (), (), "", None, text, text, defects=found)


def _parse(raw: bytes, *, within: int) -> Message:
    """Read a mail that lies within so many other mails."""
    found = Defects()
    if not raw or raw.isspace():
        found.add(defects.EMPTY)
    raw = _with_line_feeds(raw)
    root = read_tree(raw, found)
    reader = TextReader(found)
    texts = reader.read(root)
    if texts == Texts() and not any(_holds(leaf) for leaf in root.leaves() if leaf.path not in reader.used):
        texts = _all_there_is(root)
    files = [attachment_of(leaf, found) for leaf in root.leaves() if leaf.path not in reader.used and _holds(leaf)]
    files += encoded_attachments(reader.encoded)
    if within < MOST_WITHIN:
        files = with_attached_mails(files, lambda inner: _inner(inner, within + 1, found))
    elif any(file.content_type in MAIL_TYPES for file in files):
        found.add(defects.TOO_DEEP)
    return _message(root.block, _hint(root), texts, with_logos(files, texts.html), root.content_type, found)


def _with_line_feeds(raw: bytes) -> bytes:
    """The lines of a mail that knows only the bare CR of old systems, ended as all readers of lines below expect."""
    return raw if b"\n" in raw else raw.replace(b"\r", b"\n")


def _inner(raw: bytes, within: int, found: Defects) -> Message:
    """An attached mail; what could not be shown of it is missing from the outer one too."""
    message = _parse(raw, within=within)
    for defect in defects.INCOMPLETE.intersection(message.defects):
        found.add(defect)
    return message


def _all_there_is(root: Part) -> Texts:
    """The undivided body of a mail whose parts hold nothing: a preamble, or text behind an early last boundary."""
    text = clean_text(decode_unlabelled(root.body[:MOST_TEXT]))
    return Texts(plain=text) if text.strip() else Texts()


def _holds(leaf: Part) -> bool:
    """An empty leaf without a name is no file; neither is a multipart that has no parts."""
    return leaf.end > leaf.block.body or bool(leaf.block.fields)


def _hint(root: Part) -> str:
    """The charset that the mail itself uses, for headers that carry raw 8-bit letters."""
    return next((leaf.type.get("charset") for leaf in root.leaves() if leaf.type.get("charset")), "")


def _message(
    block: HeaderBlock, hint: str, texts: Texts, files: tuple[Attachment, ...], content_type: str, found: Defects
) -> Message:
    raw_headers = tuple((name, value_text(value, hint)) for name, value in block.fields)
    headers = tuple((name, clean_value(value)) for name, value in raw_headers)
    first = {name: value for name, value in reversed(headers)}
    identifier = parse_message_id(first.get("message-id", ""))
    if first.get("message-id") and not identifier:
        found.add(defects.BAD_MESSAGE_ID)
    sender, date = _sender(raw_headers, found), _date(first.get("date"), found)
    subject = clean_line(decode_words(first.get("subject", "")))
    in_reply_to, references = parse_ids(first.get("in-reply-to", "")), parse_ids(first.get("references", ""))
    shown = views(texts.plain, texts.html, Setting.of(sender, subject, answers=bool(in_reply_to or references)))
    names = [name for name, _ in headers]
    if any(names.count(name) > 1 for name in _SINGLE):
        found.add(defects.DUPLICATE_HEADER)
    for defect in shown.defects:
        found.add(defect)
    return Message(
        message_id=identifier,
        in_reply_to=in_reply_to,
        references=references,
        from_=sender,
        to=_people(headers, "to"),
        cc=_people(headers, "cc"),
        reply_to=_people(headers, "reply-to"),
        subject=subject,
        date=date,
        text=shown.text,
        new_text=shown.new_text,
        signature=shown.signature,
        quoted=shown.quoted,
        forwarded=shown.forwarded,
        attachments=files,
        headers=headers,
        content_type=content_type,
        defects=found.found(),
    )


def _sender(headers: tuple[tuple[str, str], ...], found: Defects) -> tuple[Address, ...]:
    """All mailboxes of all From headers: more than one in any way is not a sender (ATTACKS A034)."""
    values = [value for name, value in headers if name == "from"]
    people: list[Address] = []
    for value in values:
        read, well_formed = parse_addresses(value)
        people += read
        if not well_formed:
            found.add(defects.FROM_ODD)
    if not people:
        found.add(defects.FROM_UNREADABLE)
    elif len(people) > 1 or len(values) > 1:
        found.add(defects.FROM_NOT_SINGLE)
    return tuple(people)


def _people(headers: tuple[tuple[str, str], ...], name: str) -> tuple[Address, ...]:
    return tuple(person for key, value in headers if key == name for person in parse_addresses(value)[0])


def _date(value: str | None, found: Defects) -> datetime | None:
    """The Date header in UTC; a claim of the sender, never a deadline's clock (ATTACKS A038)."""
    if not value:
        return None
    read: datetime | None = parse_mail_date(value[:200]).value
    if read is not None:
        return read
    found.add(defects.BAD_DATE)
    try:
        lenient = parsedate_to_datetime(value[:200])
        return lenient.replace(tzinfo=UTC) if lenient.tzinfo is None else lenient.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
