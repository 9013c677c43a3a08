"""From what happened on a case to the letter about it: mints its id and its tokens, then has it composed."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import date, datetime

from mailbot.cases import tokens
from mailbot.cases.deadlines import Calendar, last_day
from mailbot.cases.news import CaseNews
from mailbot.cases.rules import CategoryRules
from mailbot.cases.standing import CaseStanding
from mailbot.cases.tokens import Purpose, TokenKey
from mailbot.mail import Address, Letter
from mailbot.replies.compose import compose
from mailbot.replies.plan import (
    MOST_LISTED,
    DeskVoice,
    LetterKind,
    LetterPlan,
    ListedCase,
    Marks,
    RefusedFile,
    Resolution,
    Transcript,
)
from mailbot.replies.templates import LetterTemplates

#: The letters that promise an answer.
PROMISING = frozenset({LetterKind.ACKNOWLEDGMENT, LetterKind.INFORMATION_RECEIVED})
#: The letters that tell when a reply is, or was, due.
AWAITING = frozenset({LetterKind.INFO_REQUEST, LetterKind.REMINDER, LetterKind.CLOSED_NO_REPLY, LetterKind.STATUS})


@dataclass(frozen=True, slots=True)
class Occasion:
    """Why a letter is written: to whom, about which case, and what it has to say.

    `rules` are the category's; `sure` is False where it is only a guess, and then no letter names it.
    `reply_due` is the last moment for a reply where a clock runs already; a request that starts one is given the
    day that its clock would end if it were accepted now. `in_reply_to` and `references` are the ids of the message
    that it answers. `answer_due` is a promise that was made before, which a letter that makes none may repeat. `cases`
    are those that it tells of where it is about no single one.
    """

    kind: LetterKind
    to: Address
    case_number: str
    at: datetime
    language: str
    rules: CategoryRules
    sure: bool
    missing: tuple[str, ...] = ()
    reply_due: datetime | None = None
    first: bool = False
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    refused: tuple[RefusedFile, ...] = field(default=(), repr=False)
    contains_ssn: bool = False
    linked_case: str = ""
    state: str = ""
    answer_due: datetime | None = None
    resolution: Resolution | None = field(default=None, repr=False)
    transcript: Transcript = Transcript()
    cases: tuple[CaseStanding, ...] = ()
    news: tuple[CaseNews, ...] = ()


class Writer:
    """Writes the desk's letters. `plus_addressing`: answers go to an address that carries the case's token."""

    def __init__(
        self,
        voice: DeskVoice,
        templates: LetterTemplates,
        calendar: Calendar,
        token_key: TokenKey,
        *,
        plus_addressing: bool,
    ) -> None:
        self._voice, self._templates, self._calendar = voice, templates, calendar
        self._key, self._plus_addressing = token_key, plus_addressing

    def write(self, occasion: Occasion) -> Letter:
        """The letter. ComposeError when it would not say exactly what was meant."""
        return compose(self._plan(occasion), self._voice, self._templates)

    def _plan(self, occasion: Occasion) -> LetterPlan:
        rules, promising = occasion.rules, occasion.kind in PROMISING
        return LetterPlan(
            kind=occasion.kind,
            to=occasion.to,
            language=occasion.language,
            case_number=occasion.case_number,
            at=occasion.at,
            marks=self._marks(occasion.case_number, occasion.at),
            category=rules.named(occasion.language) if occasion.sure else "",
            answer_within=rules.answer_within if promising else None,
            answer_by=self._answer_by(occasion),
            reply_by=self._reply_by(occasion),
            missing=occasion.missing,
            refused=occasion.refused,
            contains_ssn=occasion.contains_ssn,
            guide=rules.guide if occasion.sure else "",
            in_reply_to=occasion.in_reply_to,
            references=occasion.references,
            first=occasion.first,
            linked_case=occasion.linked_case,
            redirect_to=rules.redirect.get(occasion.language) or rules.redirect.get("en", ""),
            state=occasion.state,
            resolution=occasion.resolution,
            transcript=occasion.transcript,
            cases=tuple(self._listed(case) for case in occasion.cases[:MOST_LISTED]),
            more=len(occasion.cases) > MOST_LISTED,
            news=occasion.news,
        )

    def _answer_by(self, occasion: Occasion) -> date | None:
        """The day of the promise that this letter makes or repeats."""
        if occasion.kind in PROMISING:
            return last_day(occasion.at, occasion.rules.answer_within, self._calendar)
        return self._calendar.day_of(occasion.answer_due) if occasion.answer_due else None

    def _listed(self, case: CaseStanding) -> ListedCase:
        day = self._calendar.day_of
        return ListedCase(
            number=case.number,
            state=case.state,
            opened=day(case.opened_at),
            answer_by=day(case.answer_due) if case.answer_due else None,
            reply_by=day(case.reply_due) if case.reply_due else None,
            ended=day(case.ended_at) if case.ended_at else None,
        )

    def _reply_by(self, occasion: Occasion) -> date | None:
        """The last day for a reply, in the letters that are about one."""
        due = occasion.reply_due if occasion.kind in AWAITING else None
        return self._calendar.day_of(due) if due else None

    def _marks(self, number: str, at: datetime) -> Marks:
        """The signed marks of one letter; its id is random besides, so that it can be minted only once.

        A letter about no case has no marks but its id, by which a bounce finds it. An id begins with its moment, which
        the letter tells anyway: ids of one day stand side by side in the index of all.
        """
        moment = f"{int(at.timestamp() * 1000):011x}"
        if not number:
            own_id = f"o.{moment}{secrets.token_hex(16)}@{self._voice.host}"
            return Marks(message_id=own_id, return_path=self._voice.address)
        token = tokens.mint(self._key, Purpose.MESSAGE_ID, number)
        return Marks(
            message_id=f"o.{moment}{secrets.token_hex(8)}.{token}@{self._voice.host}",
            reply_to=self._plus(tokens.mint(self._key, Purpose.REPLY, number)),
            ref=tokens.mint(self._key, Purpose.REF, number),
            loop=tokens.mint(self._key, Purpose.LOOP, number),
            # Without plus addresses a bounce comes back all the same: its report names the letter by its id.
            return_path=self._plus(tokens.mint(self._key, Purpose.BOUNCE, number)) or self._voice.address,
        )

    def _plus(self, token: str) -> str:
        if not self._plus_addressing:
            return ""
        local, _, domain = self._voice.address.rpartition("@")
        return f"{local}+{token}@{domain}"
