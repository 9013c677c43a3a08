"""Sample letters: invented values with which templates are previewed and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from mailbot.cases.news import CaseNews, What
from mailbot.cases.rules import Duration, Unit
from mailbot.mail import Address
from mailbot.replies.plan import (
    Became,
    DeskVoice,
    Entry,
    LetterKind,
    LetterPlan,
    ListedCase,
    Marks,
    Outcome,
    RefusedFile,
    Resolution,
    Transcript,
)

_CATEGORY: Mapping[str, str] = {"es": "Agregar un dependiente", "zh": "新增家属"}
_TOKEN = "k7m2p9t4x3v8w5z6q1r0s9d8f7g6h5j4k3"  # noqa: S105 an example, signs nothing


def sample_desk() -> DeskVoice:
    return DeskVoice(
        name="Enrollment Desk",
        address="enrollment@desk.example",
        host="desk.example",
        time_zone=ZoneInfo("America/New_York"),
        help_lines={"en": "your account consultant", "es": "su asesor de cuentas", "zh": "您的客户顾问"},
    )


def sample_plan(kind: LetterKind, language: str) -> LetterPlan:
    """A letter of this kind with everything that the kind may have."""
    asks = kind in (LetterKind.INFO_REQUEST, LetterKind.REMINDER, LetterKind.CLOSED_NO_REPLY, LetterKind.STATUS)
    answers = kind in (LetterKind.ACKNOWLEDGMENT, LetterKind.INFORMATION_RECEIVED)
    opens = kind in (LetterKind.ACKNOWLEDGMENT, LetterKind.INFO_REQUEST)
    return LetterPlan(
        kind=kind,
        to=Address("pat.sample@broker.example"),
        language=language,
        case_number="261121-0000428",
        at=datetime(2026, 11, 21, 14, 30, tzinfo=UTC),
        marks=Marks(
            message_id="o.sample@desk.example",
            reply_to=f"enrollment+{_TOKEN}@desk.example",
            ref=_TOKEN,
            loop="sample",
            return_path=f"bounce+{_TOKEN}@desk.example",
        ),
        category=_CATEGORY.get(language, "Add a dependent"),
        answer_within=Duration(2, Unit.BUSINESS_DAYS) if answers else None,
        answer_by=date(2026, 11, 24) if answers else None,
        reply_by=date(2026, 12, 2) if asks else None,
        missing=("group_number|subscriber_id", "date_of_birth", "enrollment_form") if asks else (),
        refused=(RefusedFile("setup.exe", "executable"), RefusedFile("scan 2026.pdf", "too_large")) if opens else (),
        contains_ssn=opens,
        guide="https://desk.example/guide",
        in_reply_to="inquiry@broker.example",
        references=("inquiry@broker.example",),
        first=kind is LetterKind.INFO_REQUEST,
        redirect_to="enrollment-files@desk.example" if kind is LetterKind.REDIRECT else "",
        state="awaiting_sender" if kind is LetterKind.STATUS else "",
        resolution=_resolution() if kind in (LetterKind.RESOLUTION, LetterKind.ANSWER) else None,
        transcript=_transcript() if kind is LetterKind.COMMAND_RESULT else Transcript(),
        news=_news() if kind is LetterKind.STAFF_NOTICE else (),
    )


def bare_plan(kind: LetterKind, language: str) -> LetterPlan:
    """A letter of this kind with as little as it can have: what is optional is absent."""
    return LetterPlan(
        kind=kind,
        to=Address("pat.sample@broker.example"),
        language=language,
        case_number="261121-0000428",
        at=datetime(2026, 11, 21, 14, 30, tzinfo=UTC),
        marks=Marks(message_id="o.sample@desk.example"),
    )


def sample_plans(kind: LetterKind, language: str) -> tuple[LetterPlan, ...]:
    """All that a letter of this kind may look like: with everything, with as little as it can have, and about several
    cases.
    """
    plans = (sample_plan(kind, language), bare_plan(kind, language))
    several = replace(plans[1], case_number="", cases=_cases(), more=True)
    return (*plans, several) if kind is LetterKind.STATUS else plans


def _cases() -> tuple[ListedCase, ...]:
    """One that waits for each side, and one that has ended."""
    opened, ended = date(2026, 11, 20), date(2026, 11, 30)
    return (
        ListedCase("261120-0000314", "awaiting_staff", opened, answer_by=date(2026, 11, 24)),
        ListedCase("261120-0000272", "awaiting_sender", opened, reply_by=date(2026, 12, 2)),
        ListedCase("261120-0000230", "resolved", opened, ended=ended),
    )


def _news() -> tuple[CaseNews, ...]:
    """A case on which everything happened, and one that is not understood yet."""
    closing = "mail that has come in is not taken in yet: `mailbot tick` or the running service does it"
    everything = CaseNews("261121-0000428", "Add a dependent", "awaiting_sender", tuple(What), closing)
    return everything, CaseNews("261121-0000436", "", "awaiting_staff", (What.NEW_CASE,))


def _transcript() -> Transcript:
    """Everything that a transcript can say."""
    outcomes = tuple(Entry("#close", outcome, "a few words on why") for outcome in Outcome)
    return Transcript(tuple(Became), ("A sentence on what to do.",), outcomes)


def _resolution() -> Resolution:
    return Resolution(
        comments="The dependent was added as of December 1, 2026.\nA new ID card follows by post within ten days.",
        company="Sample Company",
        group_numbers=("0140026",),
        members=("P. S. (…4417)",),
    )
