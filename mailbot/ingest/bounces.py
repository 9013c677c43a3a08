"""Finds bounces and reads them: from the report (RFC 3464), by flufl.bounce, and from the words of free notices."""

from __future__ import annotations

import email.message
import logging
import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

from flufl.bounce import all_failures

from mailbot.ingest.notices import is_notice_subject, notice_of, notice_sentences
from mailbot.ingest.reasons import judge
from mailbot.ingest.reports import (
    REPORT_CAP,
    Outcome,
    delivery_parts,
    notified_outcomes,
    outcomes,
    outcomes_in_text,
    returned_id,
)
from mailbot.ingest.senders import auto_submitted, is_daemon, is_robot, null_sender, reports_about_mail
from mailbot.mail import Address, BounceReport, Envelope, Kind, Message, Screening

logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL + 1)  # it would log mail text when a detector raises

_RECIPIENTS_CAP = 100
_ADDRESS = re.compile(r"(?<![\w.+/=-])[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[#\w.-]{1,253}\.?\w", re.ASCII)
_ADDRESS_LINE = re.compile(
    r"^[ \t>*]{0,12}(?:<([\w.!#$%&'*+/=?^`{|}~-]{1,64}@[#\w.-]{1,253})>[ \t]{0,3}(?:[:.]|$))", re.ASCII | re.MULTILINE
)
_ALONE = re.compile(r"^[ \t>*<]{0,12}[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w.-]{1,253}>?[ \t]{0,3}(?:[:.,(]|$)", re.MULTILINE)
_SERVER_CODE = re.compile(r"(?<![\d.])(?:[45]\.\d{1,3}\.\d{1,3}|[45][0-5]\d[ -])(?!\d)")
_OK_ACTIONS = ("delivered", "relayed", "expanded")


def read_bounce(message: Message, envelope: Envelope) -> Screening | None:
    """The screening of a bounce with its report; None for all other mail."""
    reporter = _Reporter.of(message, envelope)
    # A report within an attached mail is passed on by somebody, unless a mail system wrapped it.
    found = outcomes(part for part in delivery_parts(message) if reporter.is_machine or "/" not in part.part)
    if not found and message.text.lstrip()[:1] == "{":
        found = notified_outcomes(message.text)
    signs = ("it holds a delivery report (RFC 3464)",) if found else _signs(message, reporter)
    if not signs:
        return None
    notice = notice_of(message.text)
    if not found:
        found = outcomes_in_text(message.text)
    report = _report(message, notice, found)
    if report.action in _OK_ACTIONS:
        return Screening(Kind.AUTO_REPLY, (f"a delivery report that says {report.action}",), report)
    if report.action == "delayed":
        signs = (*signs, "only a delay: it is still being tried")
    return Screening(Kind.BOUNCE, signs, report)


@dataclass(frozen=True, slots=True)
class _Reporter:
    """What is known of who sent it. Words alone make no bounce of a mail that a person may have written."""

    system: bool
    null: bool
    subject: bool
    declared: bool

    @property
    def is_machine(self) -> bool:
        return self.system or self.null

    @classmethod
    def of(cls, message: Message, envelope: Envelope) -> _Reporter:
        system, null = reports_about_mail(message, envelope), null_sender(message, envelope)
        declared = (message.header("content-type") or "")[:500].casefold()
        subject = is_notice_subject(message.subject, from_a_system=system or null)
        return cls(system, null, subject, "delivery-status" in declared)


def _signs(message: Message, reporter: _Reporter) -> tuple[str, ...]:
    """Why this is a bounce that holds no report; empty when it is none."""
    if reporter.declared and (reporter.is_machine or reporter.subject):
        return ("its type is that of a delivery report",)
    if not reporter.is_machine:
        return _signs_of_a_server(message) if reporter.subject else ()
    if message.header("x-failed-recipients"):
        return ("X-Failed-Recipients names an address",)
    sentences = notice_sentences(message.text)
    if sentences >= (1 if reporter.subject or (reporter.system and reporter.null) else 2):
        return tuple(
            sign
            for sign, holds in (
                ("the sender is a mail system", reporter.system),
                ("the envelope sender is empty", reporter.null),
                ("the subject is that of a delivery notice", reporter.subject),
                ("the text says that mail did not arrive", bool(sentences)),
            )
            if holds
        )
    if reporter.subject and reporter.system:
        return ("the sender is a mail system", "the subject is that of a delivery notice")
    return ()


def _signs_of_a_server(message: Message) -> tuple[str, ...]:
    """A notice from an address that tells nothing: it names an address on a line of its own and a server's code.

    A person who asks about such a notice greets, signs or answers, and their mail does not say that a machine sent it.
    """
    automatic = any(auto_submitted(value) not in ("", "no") for value in message.headers_named("auto-submitted"))
    robot = any(is_robot(person) for person in message.from_)
    if not (automatic or robot) or message.in_reply_to or message.references:
        return ()
    notice = notice_of(message.text)
    if notice_sentences(notice) < 2 or not _ALONE.search(notice) or not _SERVER_CODE.search(notice):
        return ()
    return ("the subject is that of a delivery notice", "a robot names an address and a server's code")


def _report(message: Message, notice: str, found: list[Outcome]) -> BounceReport:
    recipients = _recipients(message, notice, found)
    told = next((outcome for outcome in found if outcome.action == "failed"), found[0] if found else None)
    verdict = judge(
        action=told.action if told else None,
        status=told.status if told else None,
        diagnostic=told.diagnostic if told else "",
        notice=notice,
        subject=message.subject,
    )
    return BounceReport(recipients, verdict.status, verdict.action, verdict.permanent, returned_id(message))


def _recipients(message: Message, notice: str, found: list[Outcome]) -> tuple[str, ...]:
    """The addresses that failed: as reported, as the header says, as flufl.bounce finds, or the first in the notice."""
    failed = [o.recipient for o in found if o.recipient and (o.action is None or o.action not in _OK_ACTIONS)]
    if failed:
        return _unique(failed)
    if listed := message.header("x-failed-recipients"):
        return _unique(_ADDRESS.findall(listed[:4000]))
    if known := _by_flufl(message):
        return _unique(known)
    own = {person.address.casefold() for person in (*message.to, *message.from_)}
    alone = [match[1] for match in _ADDRESS_LINE.finditer(notice) if match[1].casefold() not in own]
    named = [
        match for match in _ADDRESS.findall(notice) if match.casefold() not in own and not is_daemon(Address(match))
    ]
    return _unique(alone or named[:1])


def _by_flufl(message: Message) -> list[str]:
    """What flufl.bounce's detectors find in the mail as far as they need it; they raise on mail they do not expect."""
    mail = email.message.Message()
    for name in ("from", "to", "subject", "x-mailer", "content-type", "mailing-list", "x-failed-recipients"):
        value = message.header(name)
        if value and name != "content-type":
            mail[name] = value.encode("ascii", "replace").decode("ascii")
    if "from" not in mail:
        mail["from"] = "unknown@invalid"  # one detector takes the sender for granted
    mail["content-type"] = "text/plain; charset=utf-8"
    mail.set_payload(message.text[:REPORT_CAP].encode("ascii", "replace").decode("ascii"))
    with suppress(Exception):  # its detectors take apart what they do not know by trial
        temporary, permanent = all_failures(mail)
        return sorted(address.decode("ascii", "replace") for address in temporary | permanent if b"@" in address)
    return []


def _unique(addresses: Iterable[str]) -> tuple[str, ...]:
    seen: dict[str, str] = {}
    for address in addresses:
        seen.setdefault(address.casefold(), address.strip(".<>'\""))
    return tuple(list(seen.values())[:_RECIPIENTS_CAP])
