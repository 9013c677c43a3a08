"""Names the reason of a failed delivery from what servers say, and whether the address is dead for good.

Where a report gives no enhanced status code, one of the form 5.0.9nn stands for the reason, a convention that
the bounce parser Sisimai introduced and others read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import re2

from mailbot.ingest.words import pattern


class Reason(StrEnum):
    """Why a delivery failed."""

    USER_UNKNOWN = "user unknown"
    HOST_UNKNOWN = "host unknown"
    MOVED = "has moved"
    NOT_ACCEPTING = "host accepts no mail"
    MAILBOX_FULL = "mailbox full"
    SUSPENDED = "mailbox suspended"
    FILTERED = "filtered"
    REJECTED = "sender rejected"
    BLOCKED = "blocked"
    POLICY = "policy violation"
    SPAM = "looked like spam"
    VIRUS = "virus detected"
    AUTHENTICATION = "authentication failed"
    SECURITY = "security"
    TOO_BIG = "message too big"
    EXPIRED = "expired"
    NETWORK = "network error"
    NO_RELAYING = "no relaying"
    SYSTEM_FULL = "system full"
    SYSTEM = "system error"
    MAILER = "mailer error"
    CONTENT = "content error"
    TOO_MANY = "too many connections"
    SYNTAX = "syntax of the address"


DEAD = frozenset((Reason.USER_UNKNOWN, Reason.HOST_UNKNOWN, Reason.MOVED, Reason.NOT_ACCEPTING))
"""With these the address itself is wrong; all others may pass another time."""

NO_REASON = "0.901"
CODES: Mapping[Reason, str] = {
    Reason.USER_UNKNOWN: "0.911",
    Reason.HOST_UNKNOWN: "0.912",
    Reason.MOVED: "0.916",
    Reason.NOT_ACCEPTING: "0.932",
    Reason.MAILBOX_FULL: "0.922",
    Reason.SUSPENDED: "0.921",
    Reason.FILTERED: "0.910",
    Reason.REJECTED: "0.918",
    Reason.BLOCKED: "0.971",
    Reason.POLICY: "0.972",
    Reason.SPAM: "0.980",
    Reason.VIRUS: "0.971",
    Reason.AUTHENTICATION: "0.973",
    Reason.SECURITY: "0.970",
    Reason.TOO_BIG: "0.934",
    Reason.EXPIRED: "0.947",
    Reason.NETWORK: "0.944",
    Reason.NO_RELAYING: "0.909",
    Reason.SYSTEM_FULL: "0.931",
    Reason.SYSTEM: "0.930",
    Reason.MAILER: "0.939",
    Reason.CONTENT: "0.960",
    Reason.TOO_MANY: "0.945",
    Reason.SYNTAX: "0.902",
}


_REASON_OF: Mapping[str, Reason] = {
    "1.1": Reason.USER_UNKNOWN,
    "1.2": Reason.HOST_UNKNOWN,
    "1.3": Reason.USER_UNKNOWN,
    "1.6": Reason.MOVED,
    "1.7": Reason.REJECTED,
    "1.8": Reason.REJECTED,
    "1.10": Reason.USER_UNKNOWN,
    "2.2": Reason.MAILBOX_FULL,
    "2.3": Reason.TOO_BIG,
    "3.2": Reason.NOT_ACCEPTING,
    "3.4": Reason.TOO_BIG,
    "4.2": Reason.EXPIRED,
    "4.4": Reason.HOST_UNKNOWN,
    "4.6": Reason.NETWORK,
    "4.7": Reason.EXPIRED,
    "7.27": Reason.NOT_ACCEPTING,
    "7.26": Reason.AUTHENTICATION,
}


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a failed delivery comes to."""

    status: str | None
    action: str | None
    permanent: bool | None
    reason: Reason | None


_SECTIONS = {
    "local program": Reason.MAILER,
    "malformed": Reason.SYNTAX,
    "surely user unknown": Reason.USER_UNKNOWN,
    "accepts no mail": Reason.NOT_ACCEPTING,
    "rejected by a group": Reason.REJECTED,
    "mailbox full": Reason.MAILBOX_FULL,
    "too big": Reason.TOO_BIG,
    "no relaying": Reason.NO_RELAYING,
    "virus detected": Reason.VIRUS,
    "host unknown": Reason.HOST_UNKNOWN,
    "too many connections": Reason.TOO_MANY,
    "authentication failed": Reason.AUTHENTICATION,
    "looks like spam": Reason.SPAM,
    "blocked": Reason.BLOCKED,
    "has moved": Reason.MOVED,
    "suspended": Reason.SUSPENDED,
    "user unknown": Reason.USER_UNKNOWN,
    "expired": Reason.EXPIRED,
    "network error": Reason.NETWORK,
    "filtered": Reason.FILTERED,
    "rejected": Reason.REJECTED,
    "policy": Reason.POLICY,
    "system error": Reason.SYSTEM,
}
"""The sections of words/reasons.txt in the order in which they are tried."""

_FINAL_WORDS = re2.compile(
    r"(?i)permanent|fatal|giv(?:en|ing) up|\b5[0-5]\d\b|\b5\.\d\.\d|failed|undeliver|unknown|not exist|rejected|no such"
)
_REFUSAL = re2.compile(r"(?i)\b55\d\b|\b5\.\d\.\d|unknown|permanent")
_PASSING_WORDS = re2.compile(
    r"(?i)(?:will|still)[^.\n]*(?:retr|try)|delay(?:ed)?\b|temporar|transient|warning only|no action is required|"
    r"not yet been delivered|postponed|do not need to resend|will be retried|deferred|queued"
)
# "You'll be notified if the delivery fails permanently" is said of what has not failed yet.
_IF_IT_FAILS = re2.compile(r"(?i)\bif (?:the |your |this )?(?:delivery|message|mail|it) (?:\w+ ){0,3}fails? \w*")
_CODE = re2.compile(r"(?:^|[^\d.])([45])\.(\d{1,3})\.(\d{1,3})(?:[^\d.]|\.?$|\.\s)")
_REPLY = re2.compile(r"(?:^|[\s:;<(>-])([45])[0-5]\d(?:[\s,:-]|$)")
_TO_RECIPIENT = re2.compile(
    r"(?i)\brcpt[ _]?to|\brcpt\b|to the recipient command|"
    r"\b55\d (?:5\.\d\.\d )?<?[^\s<>@]+@[^\s<>]+\.\.\. "
)
# Commands have brackets around the address (RFC 5321 section 4.1.1.3); without them the envelope is only told.
_TOLD_ENVELOPE = re2.compile(r"(?im)^\s*rcpt to: [^<\n]*$")
_TO_CONTENT = re2.compile(r"(?i)end of (?:data|message)|(?:command|>>>|reply to (?:end of )?)\s?data\b")


def judge(*, action: str | None, status: str | None, diagnostic: str, notice: str, subject: str) -> Judgement:
    """Puts together what the report and the words say; the code that a server spoke wins over the reporter's."""
    if action is None:
        action = "delayed" if _is_passing(subject, notice) else "failed"
    spoken = _spoken(diagnostic, last=True)
    if spoken is None and (status is None or status.endswith(".0.0")):
        spoken = _spoken(notice, last=False)
    if spoken and (status is None or not spoken.endswith(".0.0")):
        status = spoken
    reason = _reason(status, diagnostic, f"{subject}\n{notice}")
    gone = reason in DEAD if reason is not None else status is None and not _in_other_letters(notice)
    if status is None:
        status = _derived(reason, action, diagnostic, notice)
    return Judgement(status, action, gone and action != "delayed", reason)


def _reason(status: str | None, diagnostic: str, notice: str) -> Reason | None:
    """What the code stands for, unless the words are plainer; without a code, what the words say."""
    said = reason_of(diagnostic) or reason_of(notice)
    known = _REASON_OF.get((status or "")[2:])
    if known is Reason.USER_UNKNOWN and said is not None and said in DEAD and _is_full(notice):
        return Reason.MAILBOX_FULL
    if known is not None and said not in (Reason.MAILBOX_FULL, Reason.MAILER):
        return known
    plain = (status or "")[1:3] == ".1" or pattern("reasons", "surely user unknown").found_in(diagnostic or notice)
    return _unknown_or_filtered(diagnostic, notice) if said is Reason.USER_UNKNOWN and not plain else said


def reason_of(text: str) -> Reason | None:
    """The first reason whose words are in the text."""
    if not text.strip():
        return None
    searched = text[:8_000]
    return next(
        (reason for section, reason in _SECTIONS.items() if pattern("reasons", section).found_in(searched)), None
    )


def _in_other_letters(notice: str) -> bool:
    """A notice whose reason we do not know and that is not in plain English may name one that passes."""
    return any(letter.isalpha() and not letter.isascii() for letter in notice[:8_000])


def _is_full(notice: str) -> bool:
    """A notice that tells a person of a full mailbox, whatever the code says, is about a mailbox that exists."""
    return pattern("reasons", "mailbox full").found_in(notice[:8_000])


def _unknown_or_filtered(diagnostic: str, notice: str) -> Reason:
    """A server that takes the recipient and calls it unknown only after the content rather filters."""
    said = f"{diagnostic}\n{notice[:8_000]}"
    remote = _REPLY.search(said) is not None
    if _TO_CONTENT.search(said) or (remote and not _TO_RECIPIENT.search(_TOLD_ENVELOPE.sub("", said))):
        return Reason.FILTERED
    return Reason.USER_UNKNOWN


def _spoken(text: str, *, last: bool) -> str | None:
    """The enhanced code in a text that tells most: in a diagnosis the last, as it quotes what was said further on."""
    codes = [f"{m[1]}.{m[2]}.{m[3]}" for m in _CODE.finditer(text[:16_000])]
    if last:
        codes.reverse()
    return next((code for code in codes if not code.endswith(".0.0")), codes[0] if codes else None)


def _derived(reason: Reason | None, action: str, diagnostic: str, notice: str) -> str:
    reply = _REPLY.search(diagnostic) or _REPLY.search(notice[:8_000])
    first = reply[1] if reply else "4" if action == "delayed" else "5"
    return f"{first}.{CODES[reason] if reason else NO_REASON}"


def _is_passing(subject: str, notice: str) -> bool:
    searched = _IF_IT_FAILS.sub("", notice[:8_000])
    if _PASSING_WORDS.search(subject):
        return not _REFUSAL.search(searched)
    return bool(_PASSING_WORDS.search(searched)) and not _FINAL_WORDS.search(searched)
