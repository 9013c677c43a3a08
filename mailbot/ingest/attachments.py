"""The leaves of a mail that are not its text: named, typed by content, flagged; and which of them are refused."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from mailbot.cases.rules import AttachmentRules
from mailbot.ingest import defects, sniffing
from mailbot.ingest.cleaning import clean_line
from mailbot.ingest.defects import Defects
from mailbot.ingest.encoded_words import decode_words
from mailbot.ingest.filenames import extension_of, safe_name
from mailbot.ingest.headers import read_root
from mailbot.ingest.parameters import Valued
from mailbot.ingest.parts import Part
from mailbot.ingest.texts import Encoded
from mailbot.mail import Attachment

LONGEST_ID = 250
LOGO_BYTES = 48 * 1024
_TINY_BYTES = 4 * 1024
# What programs add to a mail without anybody having attached it.
_NO_FILES = frozenset(
    {"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"}
    | {"text/x-amp-html", "text/watch-html"}
)
_HARMFUL = frozenset({"executable", "zip_bomb"})
_NOT_FETCHED = frozenset({"message/partial", "message/external-body"})
# The parts of a delivery report have no names, but say in Content-Description what they are.
_DESCRIBED = {"message/delivery-status": "txt", "message/rfc822": "eml", "text/rfc822-headers": "txt"}
_CID = re.compile(r"cid:([^\"'\s>)]{1,250})", re.IGNORECASE)
_MACHINE_NAME = re.compile(
    r"(?:image|oledata|bild|outlook|logo|att)[-_ ]?\d{0,6}[\w@.-]{0,40}\.(?:png|jpe?g|gif|bmp)", re.IGNORECASE
)


def attachment_of(part: Part, found: Defects) -> Attachment:
    """One leaf as an attachment, its transfer encoding undone."""
    disposition = part.disposition()
    content = part.content(found)
    name = safe_name(disposition.get("filename") or part.type.get("name")) or _name_instead(part, disposition, content)
    extra: tuple[str, ...] = ("ambiguous",) if part.is_ambiguous else ()
    if part.content_type in _NOT_FETCHED:
        found.add(defects.NOT_FETCHED)
        extra = (*extra, "not_fetched")
    inline = disposition.value == "inline" or (not disposition.value and part.block.get("content-id") is not None)
    made = make(part.path, name, content, part.content_type)
    return replace(
        made,
        inline=inline,
        content_id=clean_line(part.block.text("content-id")).strip(" <>")[:LONGEST_ID],
        flags=(*made.flags, *extra),
    )


def _name_instead(part: Part, disposition: Valued, content: bytes) -> str:
    """A name for a part that has none: Outlook's content id, or the subject of an attached mail."""
    if part.content_type == "message/rfc822" and disposition.value == "attachment":
        subject = clean_line(decode_words(read_root(content, Defects()).text("subject")))
        return safe_name(f"{subject}.eml") if subject else ""
    local = part.block.text("content-id").strip("<> ").partition("@")[0]
    if _MACHINE_NAME.fullmatch(local):
        return safe_name(local)
    described = clean_line(decode_words(part.block.text("content-description")))
    extension = _DESCRIBED.get(part.content_type, "")
    return safe_name(f"{described}.{extension}") if described and extension else ""


def make(path: str, name: str, content: bytes, declared: str) -> Attachment:
    """An attachment from a name that is already safe and its content."""
    kind = sniffing.content_type(content, declared, name)
    return Attachment(
        part=path,
        filename=name,
        content_type=kind,
        declared_type=declared,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        inline=False,
        flags=sniffing.flags(content, declared, kind, name),
        content=content,
    )


def encoded_attachments(encoded: Iterable[Encoded]) -> list[Attachment]:
    """The files that stood uuencoded in the text, numbered behind the part that held them."""
    return [
        make(f"{file.part.path}/{number}", safe_name(file.name), file.content, "application/octet-stream")
        for number, file in enumerate(encoded, 1)
    ]


def with_logos(attachments: list[Attachment], markup: str | None) -> tuple[Attachment, ...]:
    """Flag the pictures that only decorate a signature or a letterhead (PAINS 30); none is removed."""
    shown = {match.lower() for match in _CID.findall(markup)} if markup and "cid:" in markup.lower() else set()
    times = Counter(attachment.sha256 for attachment in attachments)
    return tuple(
        replace(attachment, flags=(*attachment.flags, "logo"))
        if _is_logo(attachment, shown, times[attachment.sha256])
        else attachment
        for attachment in attachments
    )


def _is_logo(attachment: Attachment, shown: set[str], times: int) -> bool:
    if not attachment.content_type.startswith("image/") or attachment.size > LOGO_BYTES:
        return False
    if attachment.content_id.lower() in shown or times > 1:
        return True
    return attachment.size <= _TINY_BYTES and (attachment.inline or bool(_MACHINE_NAME.fullmatch(attachment.filename)))


@dataclass(frozen=True, slots=True)
class Refused:
    """An attachment that the rules do not take, and why in words for the letter: "too_many", "too_large", "type"."""

    part: str
    filename: str
    why: str


def refused(attachments: Iterable[Attachment], rules: AttachmentRules) -> tuple[Refused, ...]:
    """Which attachments the desk does not take (SOURCES C2).

    Logos, the inside of containers, signatures and other forms of the text do not count as files.
    """
    found: list[Refused] = []
    taken = 0
    for attachment in attachments:
        if "/" in attachment.part or "logo" in attachment.flags or _is_no_file(attachment):
            continue
        why = _why_refused(attachment, rules)
        if why is None and taken >= rules.files:
            why = "too_many"
        if why is None:
            taken += 1
        else:
            found.append(Refused(attachment.part, attachment.filename, why))
    return tuple(found)


def _is_no_file(attachment: Attachment) -> bool:
    """Only where the content is not something else under that name."""
    return attachment.declared_type in _NO_FILES and not _HARMFUL & set(attachment.flags)


def _why_refused(attachment: Attachment, rules: AttachmentRules) -> str | None:
    if attachment.size > rules.megabytes * 1024 * 1024:
        return "too_large"
    unwanted = {word.lower().lstrip(".") for word in rules.refused_types}
    named = {attachment.content_type, attachment.declared_type, extension_of(attachment.filename)}
    if unwanted & named or _HARMFUL & set(attachment.flags):
        return "type"
    return None
