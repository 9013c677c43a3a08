"""Knows what machines send about mail and is no bounce: read receipts, complaints, calendars, DMARC and TLS reports."""

from __future__ import annotations

import re

from mailbot.ingest.notices import is_notice_subject
from mailbot.ingest.senders import from_a_mail_system, is_robot
from mailbot.ingest.words import pattern
from mailbot.mail import Kind, Message, Screening

_RECEIPT_SUBJECT = pattern("machines", "receipt subject")
_RECEIPT_TEXT = pattern("machines", "receipt")
_DMARC = pattern("machines", "dmarc")
_SIGN_UP = pattern("machines", "sign-up")
_CALENDAR_SUBJECT = pattern("machines", "calendar")
_TLS = re.compile(r"^(?:re: )?(?:tls|smtp tls)[ -]?report", re.IGNORECASE)
_CALENDAR_METHOD = re.compile(r"method=\"?(reply|counter|refresh|cancel)", re.IGNORECASE)
_CALENDAR_ANSWER = re.compile(rb"^METHOD:(?:REPLY|COUNTER|REFRESH)", re.MULTILINE | re.IGNORECASE)


def machine_report(message: Message) -> Screening | None:
    """The screening of such a report; None for everything else."""
    declared = (message.header("content-type") or "")[:500].casefold()
    types = {part.content_type for part in message.attachments} | {part.declared_type for part in message.attachments}
    if "feedback-report" in declared or "message/feedback-report" in types:
        return Screening(Kind.AUTO_REPLY, ("a feedback report about a complaint (RFC 5965)",))
    if ("disposition-notification" in declared or "message/disposition-notification" in types) and not _refuses(
        message
    ):
        return Screening(Kind.AUTO_REPLY, ("a read receipt (RFC 8098)",))
    if _is_receipt(message):
        return Screening(Kind.AUTO_REPLY, ("a read receipt by its words",))
    if (
        "report-type=tlsrpt" in declared.replace('"', "")
        or "application/tlsrpt+gzip" in types
        or _TLS.search(message.subject)
    ):
        return Screening(Kind.BULK, ("a TLS report (RFC 8460)",))
    if _DMARC.found_in(message.subject):
        return Screening(Kind.BULK, ("a DMARC report (RFC 7489)",))
    if _lets_somebody_in(message):
        return Screening(Kind.AUTO_REPLY, ("a code or a link to sign up or in somewhere, not to be passed on",))
    return _calendar(message, declared)


def _refuses(message: Message) -> bool:
    """Some mail systems put a refusal into the form of a receipt."""
    return from_a_mail_system(message) and is_notice_subject(message.subject, from_a_system=True)


def _lets_somebody_in(message: Message) -> bool:
    """Somebody has named our address to a service, perhaps to be taken for one of us there (ATTACKS A077).

    Only where nobody reads an answer: people write about codes that they did not get.
    """
    return any(is_robot(person) for person in message.from_) and _SIGN_UP.found_in(message.text[:4000])


def _is_receipt(message: Message) -> bool:
    return _RECEIPT_SUBJECT.starts(message.subject) and _RECEIPT_TEXT.found_in(message.text[:600])


def _calendar(message: Message, declared: str) -> Screening | None:
    """An answer to an invitation; an invitation itself was sent by a person."""
    signs = ("an answer from a calendar (RFC 5546)",)
    if "text/calendar" in declared and _CALENDAR_METHOD.search(declared):
        return Screening(Kind.AUTO_REPLY, signs)
    for part in message.attachments:
        if "calendar" in part.content_type or "calendar" in part.declared_type:
            if _CALENDAR_ANSWER.search(part.content[:2000]):
                return Screening(Kind.AUTO_REPLY, signs)
            if _CALENDAR_SUBJECT.starts(message.subject):
                return Screening(Kind.AUTO_REPLY, signs)
    return None
