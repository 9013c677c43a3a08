"""The words of mail: what an address, an envelope, a message and a letter are, as frozen values.

Nothing here reads or writes anything. Strings that come from mail are already decoded and free of
NUL and lone surrogates when they stand in one of these values.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Address:
    """One mailbox: `address` as written, without angle brackets; `name` is the display name or ""."""

    address: str
    name: str = ""

    @property
    def key(self) -> str:
        """The form to compare by: ASCII letters lower-cased, the domain as A-labels (RFC 5890).

        No Unicode folding: a look-alike letter stays a different letter (ATTACKS A047).
        """
        text = self.address.strip()
        if text.isascii():  # as nearly all are, and they are compared all the time
            return text.lower().rstrip(".") if "@" in text else text.lower()
        local, at, domain = text.rpartition("@")
        return f"{ascii_lower(local)}@{a_label(domain)}" if at else ascii_lower(domain)

    @property
    def domain(self) -> str:
        return a_label(self.address.strip().rpartition("@")[2])


def ascii_lower(text: str) -> str:
    """Lower-case A to Z only, so that no other letter can become an ASCII one."""
    return text.lower() if text.isascii() else text.translate(_ASCII_LOWER)


_ASCII_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}


def a_label(domain: str) -> str:
    """The domain in ASCII (RFC 5890), lower case; one that cannot be encoded stays as it is."""
    if domain.isascii():
        return ascii_lower(domain).rstrip(".")
    try:
        label = domain.encode("idna").decode("ascii").lower().rstrip(".")
    except UnicodeError:
        return domain.rstrip(".")
    # The encoding maps look-alikes of "@" and the like to ASCII: such a domain is none (ATTACKS A047).
    return domain.rstrip(".") if any(sign in label for sign in "@/:<> ") else label


@dataclass(frozen=True, slots=True)
class OwnAddresses:
    """Which addresses are the desk's own, as keys: they never are correspondents, and mail from them is a loop.

    `host` stands after the @ of the message ids that we mint.
    """

    keys: frozenset[str]
    host: str

    def owns(self, address: str) -> bool:
        """True for the desk's address, its aliases, and each of them with a "+detail" (RFC 5233)."""
        key = Address(address).key
        if "+" not in key:
            return key in self.keys
        local, _, domain = key.rpartition("@")
        return f"{local.partition('+')[0]}@{domain}" in self.keys


@dataclass(frozen=True, slots=True)
class Envelope:
    """MAIL FROM and RCPT TO as spoken (RFC 5321).

    `sender` is "" for the null reverse-path and None where the way in does not tell (a file, IMAP).
    """

    sender: str | None
    recipients: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Attachment:
    """One leaf of a message that is not its text.

    `part` is the index into the raw bytes: child numbers from the root, counted from 1 ("2.1"); a file
    that was inside a container (winmail.dat, an attached mail) has a "/" and its number in it ("3/1").
    `content_type` is what the content is; `declared_type` what its header says. `filename` is safe to show
    and to store, or "" where the part has no name. `flags` are words such as "type_mismatch", "encrypted",
    "macro", "zip_bomb", "executable", "logo". `text` and `form` hold what ingest/extract.py read from the content:
    its text, and the filled-in form fields as (label, value); both are empty until then.
    """

    part: str
    filename: str
    content_type: str
    declared_type: str
    size: int
    sha256: str
    inline: bool
    content_id: str = ""
    flags: tuple[str, ...] = ()
    content: bytes = field(default=b"", repr=False, compare=False)
    text: str = field(default="", repr=False)
    form: tuple[tuple[str, str], ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class ForwardedHeader:
    """The header block that a mail program puts above a forwarded message, as far as it could be read."""

    sender: Address | None
    to: tuple[Address, ...] = ()
    subject: str = ""
    date: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """The parsed view of an arrival, or of a letter of ours.

    `message_id`, `in_reply_to` and `references` hold ids without brackets (RFC 5322 section 3.6.4); `message_id`
    is "" when there is none. `text` is all that a person would see; `new_text`, `quoted` and `signature` are
    views of it. `headers` holds (lower-case name, unfolded value, not RFC 2047-decoded) in their order.
    `defects` names what was odd, in a few words each, never with content.
    """

    message_id: str
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    from_: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    reply_to: tuple[Address, ...]
    subject: str
    date: datetime | None
    text: str
    new_text: str
    signature: str = ""
    quoted: str = ""
    forwarded: ForwardedHeader | None = None
    attachments: tuple[Attachment, ...] = ()
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    content_type: str = "text/plain"
    defects: tuple[str, ...] = ()

    @property
    def sender(self) -> Address | None:
        """The one From mailbox; None when there is none or more than one (ATTACKS A034)."""
        return self.from_[0] if len(self.from_) == 1 else None

    def header(self, name: str) -> str | None:
        """The first value of a header, unfolded, or None."""
        name = name.lower()
        for key, value in self.headers:
            if key == name:
                return value
        return None

    def headers_named(self, name: str) -> tuple[str, ...]:
        """All values of a header, topmost first."""
        name = name.lower()
        return tuple([value for key, value in self.headers if key == name])


class Kind(StrEnum):
    """What a message is, before any category (TAXONOMY, message kinds)."""

    INQUIRY = "inquiry"
    REPLY = "reply"
    AUTO_REPLY = "auto_reply"
    BOUNCE = "bounce"
    BULK = "bulk"

    @property
    def from_a_person(self) -> bool:
        return self in (Kind.INQUIRY, Kind.REPLY)


@dataclass(frozen=True, slots=True)
class BounceReport:
    """What a delivery report says (RFC 3464), or what its free text shows.

    `status` is the enhanced code ("5.1.1") or None; `action` one of failed, delayed, delivered, relayed,
    expanded or None; `permanent` None when it cannot be told; `message_id` the id of the mail it is about.
    """

    recipients: tuple[str, ...] = ()
    status: str | None = None
    action: str | None = None
    permanent: bool | None = None
    message_id: str | None = None


@dataclass(frozen=True, slots=True)
class Screening:
    """Step 4: the kind of a message, with the signs that decided, and the report when it is a bounce."""

    kind: Kind
    because: tuple[str, ...] = ()
    bounce: BounceReport | None = None


class Verdict(StrEnum):
    """Whether the From domain vouches for the message."""

    PASS = "pass"  # noqa: S105 a verdict, no secret
    FAIL = "fail"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Authenticity:
    """Step 4: what a trusted Authentication-Results (RFC 8601) or our own DKIM check says of the From address."""

    verdict: Verdict
    because: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Letter:
    """An automatic message as it will be sent: `content` is the whole RFC 5322 message with CRLF line ends.

    `envelope_sender` is "" where nobody may answer a machine (RFC 3834); `message_id` has no brackets and
    is minted once: every try sends these same bytes.
    """

    kind: str
    to: Address
    subject: str
    message_id: str
    language: str
    envelope_sender: str
    content: bytes = field(repr=False)
