"""Names the reason of a failed delivery from what servers say, and whether the address is dead for good.

Where a report gives no enhanced status code, one of the form 5.0.9nn stands for the reason, a convention that
the bounce parser Sisimai introduced and others read.
"""

# ruff: noqa: E501 the tables of phrases move to files of their own

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import re2


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
    ON_HOLD = "on hold"


DEAD = frozenset((Reason.USER_UNKNOWN, Reason.HOST_UNKNOWN, Reason.MOVED, Reason.NOT_ACCEPTING))
"""With these the address itself is wrong; all others may pass another time."""

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
    Reason.ON_HOLD: "0.901",
}


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a failed delivery comes to."""

    status: str | None
    action: str | None
    permanent: bool | None
    reason: Reason | None


def _rule(reason: Reason, alternatives: str) -> tuple[Reason, re2._Regexp]:
    return reason, re2.compile("(?i)(?:" + alternatives + ")")


_RULES = (
    _rule(
        Reason.MAILBOX_FULL,
        r"mailbox (?:is )?full|mailbox.{0,30}(?:full|exceed|over)|over ?quota|quota (?:limit )?exceed|exceed.{0,40}(?:quota|storage|limit of (?:the )?mailbox)|quota.{0,30}(?:exceeded|full|over)|(?:user|account|recipient|inbox|box).{0,30}(?:is full|over quota|storage)|insufficient (?:disk|storage|system storage)|not enough (?:storage|space|disk)|disk (?:quota|space|full)|out of (?:disk )?space|no space|boîte.{0,30}pleine|postfach.{0,20}voll|buzón.{0,20}lleno|casella.{0,20}piena|已满|已滿|容量",
    ),
    _rule(
        Reason.TOO_BIG,
        r"(?:message|mail|e-?mail|attachment)s? .{0,30}(?:too (?:big|large|long)|size.{0,20}exceed)|exceed.{0,40}(?:maximum|max|fixed|permitted|allowed).{0,20}(?:message |mail )?size|size limit|message length exceeds|maximum message size",
    ),
    _rule(
        Reason.NO_RELAYING,
        r"relay(?:ing)? (?:access )?(?:denied|prohibited|not (?:permitted|allowed))|not (?:permitted|allowed) to relay|unable to relay|(?:no|not a) relay|we do not relay|rcpthosts|relay not|insecure mail relay|cannot relay|local user.{0,10}only|send to a non-local",
    ),
    _rule(
        Reason.HOST_UNKNOWN,
        r"host (?:or domain name )?(?:is )?(?:unknown|not found)|unknown (?:host|domain)|domain.{0,40}(?:not exist|not found|does not exist|unknown|invalid|no mail)|no such (?:domain|host)|name (?:or service not known|service error)|unrouteable (?:mail )?domain|(?:couldn't|could not|cannot|unable to) (?:find|resolve).{0,20}(?:host|domain|mx|name)|nxdomain|illegal host|badly? domain|no mx|dns (?:error|lookup|operation)|recipient address rejected: unknown domain",
    ),
    _rule(
        Reason.EXPIRED,
        r"(?:retry|delivery) time(?:out)? exceeded|retry timeout|has (?:expired|been (?:in|on) the queue)|(?:message|delivery|mail|time).{0,30}expired|too long|connection (?:timed? ?out|refused|reset|closed|dropped)|timed? out|could not (?:be delivered|deliver).{0,30}(?:for|after|within)|not (?:been )?delivered (?:after|for|within)|(?:was|been) (?:un)?delivered.{0,20}(?:hours|days)|delayed|no route|network (?:is )?unreachable|host (?:is )?(?:unreachable|down)|unable to connect|could not (?:connect|contact)|giving up|exceeded.{0,20}(?:retries|attempts)|too many hops|hop count|mail loop",
    ),
    _rule(
        Reason.SPAM,
        r"\bspam\b|spamassassin|unsolicited|junk|bulk mail|blackli?st|block ?list|dnsbl|\brbl\b|spamhaus|spamcop|barracuda",
    ),
    _rule(Reason.VIRUS, r"\bvirus\b|infected|malware|trojan|worm"),
    _rule(
        Reason.SUSPENDED,
        r"(?:mailbox|account|user|address|recipient).{0,40}(?:disabled|suspended|inactive|deactivated|locked|frozen|discontinued|blocked|closed|not active|terminated)|(?:disabled|suspended|inactive|deactivated|expired|closed|locked) (?:mailbox|account|user|address|recipient)|account.{0,20}(?:expired|temporarily)",
    ),
    _rule(
        Reason.MOVED,
        r"has (?:moved|been replaced)|no longer (?:with|valid|in use|at)|address.{0,20}changed|user not local|moved to|new address",
    ),
    _rule(
        Reason.USER_UNKNOWN,
        r"user.{0,80}(?:unknown|not (?:found|known|exist|listed|local|valid)|(?:doesn't|does not|doesn.t|didn't|did not) exist|invalid)|(?:unknown|invalid|no such|bad|illegal|nonexistent|non-existent|undeliverable) (?:user|recipient|address|mailbox|account|local|alias|person|e-?mail|name|destination|rcpt)|(?:mailbox|account|address|recipient|alias|destination)\w*.{0,60}(?:unknown|not (?:found|known|exist|valid|available|recogni[sz]ed|listed)|(?:doesn't|does not|doesn.t|do not|don't) (?:exist|have)|unavailable|invalid|rejected)|no (?:such|mailbox|account|user|recipient|valid)|unknown|unrouteable|not (?:a )?(?:valid|known|our) (?:mailbox|user|recipient|customer)|recipnotfound|not listed in|not our customer|can't (?:find|create)|couldn't find|没有|不存在|不明|見つか|存在し|nicht (?:bekannt|gefunden)|unbekannt|inconnu|introuvable|desconocid|no (?:existe|se encontr)|inesistente|sconosciut|nie istnieje|не (?:найден|существ)",
    ),
    _rule(Reason.AUTHENTICATION, r"dmarc|\bspf\b|dkim|unauthenticated|authentication"),
    _rule(
        Reason.BLOCKED,
        r"(?:host|ip|server|connection|sender|client|you|address).{0,40}(?:block|banned|denied|reject|refus|listed|poor reputation)|access denied|reverse dns|\bptr\b|reputation|blocked",
    ),
    _rule(Reason.REJECTED, r"sender.{0,40}(?:reject|denied|refus|not (?:allowed|accept|verif))|(?:reject|refus)ed"),
    _rule(Reason.POLICY, r"policy|not (?:allowed|permitted|accepted|authorized)|prohibited|content"),
)
_FINAL_WORDS = re2.compile(
    r"(?i)permanent|fatal|giv(?:en|ing) up|\b5[0-5]\d\b|\b5\.\d\.\d|failed|undeliver|unknown|not exist|rejected|no such"
)
_PASSING_WORDS = re2.compile(
    r"(?i)(?:will|still).{0,30}(?:retr|try)|delayed|temporar|transient|warning only|no action is required|not yet been delivered|postponed|do not need to resend|will be retried|deferred|queued"
)
_CODE = re2.compile(r"(?:^|[^\d.])([45])\.(\d{1,3})\.(\d{1,3})(?:[^\d.]|\.?$|\.\s)")
_REPLY = re2.compile(r"(?:^|[\s:;<(>-])([45])[0-5]\d(?:[\s-]|$)")


def judge(*, action: str | None, status: str | None, diagnostic: str, notice: str, subject: str) -> Judgement:
    """Puts together what the report and the words say; the status that a server spoke wins over the reporter's."""
    reason = reason_of(diagnostic) or reason_of(f"{subject}\n{notice}")
    if action is None:
        action = "delayed" if _is_passing(subject, notice) else "failed"
    spoken = _spoken(diagnostic) or _spoken(notice)
    if status is None or status.endswith(".0.0"):
        status = spoken if spoken and (status is None or not spoken.endswith(".0.0")) else status
    if status is None or status.endswith(".0.0"):
        status = _derived(reason, action, diagnostic, notice) or status
    permanent = None if reason is None and status is None else _is_permanent(reason, action, status)
    return Judgement(status, action, permanent, reason)


def reason_of(text: str) -> Reason | None:
    """The first reason whose words are in the text."""
    if not text.strip():
        return None
    return next((reason for reason, pattern in _RULES if pattern.search(text[:8_000])), None)


def _spoken(text: str) -> str | None:
    match = _CODE.search(text[:16_000])
    return f"{match[1]}.{match[2]}.{match[3]}" if match else None


def _derived(reason: Reason | None, action: str, diagnostic: str, notice: str) -> str | None:
    if reason is None:
        return None
    reply = _REPLY.search(diagnostic) or _REPLY.search(notice[:8_000])
    first = reply[1] if reply else "4" if action == "delayed" else "5"
    return f"{first}.{CODES[reason]}"


def _is_passing(subject: str, notice: str) -> bool:
    return bool(_PASSING_WORDS.search(subject)) or (
        bool(_PASSING_WORDS.search(notice[:8_000])) and not _FINAL_WORDS.search(notice[:8_000])
    )


def _is_permanent(reason: Reason | None, action: str, status: str | None) -> bool:
    if action == "delayed":
        return False
    if reason in DEAD:
        return True
    return reason is None and bool(status) and str(status).startswith("5.1.")
