"""The header fields of a letter: each checked, encoded and folded from what it is meant to say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from email.header import Header

from mailbot.errors import MailbotError
from mailbot.mail import Message, a_label

MOST_REFERENCES = 20
LONGEST_ID = 250
_NOT_IN_ADDRESSES = frozenset('<>()[]\\,;:" \t')


class ComposeError(MailbotError):
    """A letter was not made, because what would be sent is not exactly what was meant."""

    exit_status = 1


@dataclass(frozen=True, slots=True)
class Field:
    """One header field: `meaning` is what a reader must see, `value` its encoded and folded form."""

    name: str
    meaning: str
    value: str


def plain_field(name: str, value: str) -> Field:
    """A field of printable ASCII that needs no encoding; ComposeError for anything else."""
    if not value or not value.isascii() or not value.isprintable():
        raise ComposeError(
            f"The header {name} would be empty or hold more than printable ASCII; the letter was not made."
        )
    return Field(name, value, value)


def subject_field(words: str, tag: str) -> Field:
    """The subject: words in any script (RFC 2047), then the tag if there is one, always readable as plain ASCII."""
    if not tag.isascii():
        raise ComposeError("The case number of the letter is none; the letter was not made.")
    meaning = f"{one_line(words)} {one_line(tag)}".rstrip()
    if meaning.isascii():
        return Field("Subject", meaning, _folded("Subject", meaning))
    encoded = Header(one_line(words), "utf-8", header_name="Subject", maxlinelen=75).encode(linesep="\r\n")
    return Field("Subject", meaning, f"{encoded}\r\n {tag}" if tag else encoded)


def address_field(name: str, address: str, display: str = "") -> Field:
    """A field with one mailbox; the address goes out in ASCII (RFC 5321), its domain as A-labels."""
    bare = ascii_address(address)
    if not display:
        return Field(name, bare, bare)
    shown = one_line(display)
    meaning = f"{shown} <{bare}>"
    if not shown.isascii():
        encoded = Header(shown, "utf-8", header_name=name, maxlinelen=75).encode(linesep="\r\n")
        return Field(name, meaning, f"{encoded}\r\n <{bare}>")
    quoted = shown.replace("\\", "\\\\").replace('"', '\\"')
    return Field(name, meaning, f'"{quoted}" <{bare}>')


def id_field(name: str, ids: Sequence[str]) -> Field:
    """A field of message ids, one a line; the caller has left out what `usable_ids` refuses."""
    bracketed = [f"<{message_id}>" for message_id in ids]
    return Field(name, " ".join(bracketed), "\r\n ".join(bracketed))


def own_message_id(message_id: str) -> str:
    """The id as it is; ComposeError unless it is one that we may put our name to (RFC 5322 section 3.6.4)."""
    if usable_ids([message_id]) != (message_id,) or message_id.count("@") != 1:
        raise ComposeError("The message id of a letter is not usable; the letter was not made.")
    return message_id


def usable_ids(ids: Sequence[str]) -> tuple[str, ...]:
    """Those ids that can stand in a header of ours, each once, at most twenty: the first and the latest.

    Ids come from strangers' mail (ATTACKS A040): only printable ASCII without blanks and brackets passes.
    """
    good = tuple(dict.fromkeys(i for i in ids if 0 < len(i) <= LONGEST_ID and _is_plain_id(i)))
    return good if len(good) <= MOST_REFERENCES else (good[0], *good[1 - MOST_REFERENCES :])


def _is_plain_id(message_id: str) -> bool:
    return message_id.isascii() and message_id.isprintable() and not _NOT_IN_IDS & set(message_id)


_NOT_IN_IDS = frozenset('<> \t"\\(),')


def references_for(message: Message) -> tuple[str, ...]:
    """The References of an answer to this message (RFC 5322 section 3.6.4): the parent's, then the parent."""
    above = message.references or (message.in_reply_to if len(message.in_reply_to) == 1 else ())
    return (*above, message.message_id) if message.message_id else above


def ascii_address(address: str) -> str:
    """The address with its domain as A-labels; ComposeError where it cannot be spoken in plain SMTP."""
    local, at, domain = address.rpartition("@")
    plain = f"{local}@{a_label(domain)}"
    bad = not (local and at and domain) or _NOT_IN_ADDRESSES & set(plain)
    if bad or not plain.isascii() or not plain.isprintable() or "@" in local or len(plain) > 254:
        raise ComposeError("An address of the letter cannot be used in mail as it is; staff must answer by hand.")
    return plain


def one_line(text: str) -> str:
    """The text on one line; ComposeError when a control or line-breaking character stands in it."""
    if not text.isprintable():
        raise ComposeError("A header of the letter would hold a control character; the letter was not made.")
    return " ".join(text.split())


def _folded(name: str, value: str) -> str:
    """Fold at blanks so that lines stay below 78 characters where the words allow it."""
    lines, line = [], f"{name}:"
    for word in value.split(" "):
        if len(line) + 1 + len(word) > 77 and line != f"{name}:":
            lines.append(line)
            line = ""
        line = f"{line} {word}"
    return "\r\n".join([*lines, line])[len(name) + 2 :]
