"""Cases: opening them, what they learn, how they change; history.py has what hangs on them."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from mailbot.cases.facts import Facts, contradict, members
from mailbot.cases.lifecycle import Relation
from mailbot.cases.news import What
from mailbot.cases.number import SERIALS, mint
from mailbot.cases.states import State
from mailbot.store.case_file import CaseContent, CaseFile, columns_of, content_of, file_of
from mailbot.store.ids import week_of, weeks_of
from mailbot.store.news import News
from mailbot.store.prepared import Prepared, any_of, spread
from mailbot.store.schema import case_members, cases
from mailbot.store.work import Work

_NUMBER_TRIES = 60
_MAX_SAME_MEMBER = 10

_THE_CASE = cases.c.id == bindparam("case")
_READ = Prepared(select(cases).where(_THE_CASE))
_LOCK = Prepared(select(cases).where(_THE_CASE).with_for_update())
_NUMBER = Prepared(select(cases.c.number).where(_THE_CASE))
_REVIEW = Prepared(select(cases.c.review).where(_THE_CASE))
_SAME_MEMBER = Prepared(
    select(*(cases.c[name] for name in ("id", "number", "state", "category", "content", "documents", "flags")))
    .where(
        cases.c.id.in_(
            select(case_members.c.case_id).where(
                any_of(case_members.c.week, "week"),
                any_of(case_members.c.member_key, "key"),
                case_members.c.opened_at > bindparam("since"),
            )
        ),
        cases.c.merged_into.is_(None),
    )
    .order_by(cases.c.id.desc())
    .limit(_MAX_SAME_MEMBER),
    by=(case_members.c.member_key, "key"),
)
_ADD_MEMBER = Prepared(insert(case_members))
_INSERT_NUMBERED = Prepared(
    {
        name: dialect.insert(cases).on_conflict_do_nothing(index_elements=["number"]).returning(cases.c.id)
        for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))
    }
)
_ONE_MORE = update(cases).where(_THE_CASE).values(version=cases.c.version + 1)
#: Sets the columns that are given besides.
_CHANGE = Prepared(_ONE_MORE)
_ASKED = Prepared(
    _ONE_MORE.values(
        request_id=bindparam("request"),
        rounds=cases.c.rounds + 1,
        reminders=0,
        reply_due=None,
        remind_at=None,
        clock_stopped=None,
    )
)


@dataclass(frozen=True, slots=True)
class NewCase:
    """A case to open; `day` is the date at the desk."""

    day: date
    category: str
    confidence: float
    team: str
    language: str
    state: State
    answer_due: datetime | None
    missing: tuple[str, ...]
    review: tuple[str, ...]
    content: CaseContent = field(repr=False)


@dataclass(frozen=True, slots=True)
class OpenedCase:
    """The case that a message opened or belongs to."""

    case_id: int
    number: str


@dataclass(frozen=True, slots=True)
class SameMember:
    """Another recent case about the same member, and what a new one about them is to it."""

    case_id: int
    number: str
    state: State
    relation: Relation


class Cases:
    """The cases of one unit of work."""

    def __init__(self, work: Work, news: News) -> None:
        self._work, self._news = work, news

    def open(self, new: NewCase) -> OpenedCase:
        """Insert a case under a number that was not given before."""
        work, case_id = self._work, self._work.new_id()
        row = {
            "id": case_id,
            "state": new.state,
            "category": new.category,
            "confidence": new.confidence,
            "team": new.team,
            "language": new.language,
            "opened_at": work.now,
            "changed_at": work.now,
            "answer_due": new.answer_due,
            "missing": list(new.missing),
            "review": list(new.review),
            "version": 1,
            "ended_at": work.now if new.state.is_final else None,
            **columns_of(work, case_id, new.content),
        }
        number = self._insert_numbered(row, new.day)
        self._remember_members(case_id, new.content.facts)
        return OpenedCase(case_id, number)

    def read(self, case_id: int) -> CaseFile:
        """What is known of the case, which may change the next moment."""
        return file_of(self._work, self._work.rows(_READ, case=case_id)[0])

    def lock(self, case_id: int) -> CaseFile:
        """Hold the case against other units of work until this one ends, and tell what is known of it."""
        return file_of(self._work, self._work.rows(_LOCK, case=case_id)[0])

    def number_of(self, case_id: int) -> str:
        number: str = self._work.rows(_NUMBER, case=case_id)[0].number
        return number

    def find(self, number: str) -> int | None:
        """The id of the case with this number, as it was given (merges not followed)."""
        return self._work.connection.execute(select(cases.c.id).where(cases.c.number == number)).scalar_one_or_none()

    def same_member(self, facts: Facts, category: str, since: timedelta) -> list[SameMember]:
        """Cases about one of these members that were opened within this span, three months at most, newest first.

        A case of the same category that does not contradict these facts is a duplicate.
        """
        keys = self._member_keys(facts)
        if not keys:
            return []
        found = []
        (weeks,) = spread("week", weeks_of(self._work.now, since))
        rows = self._work.rows_for(_SAME_MEMBER, "key", keys, since=self._work.now - since, **weeks)
        newest = sorted({row.id: row for row in rows}.values(), key=lambda row: row.id, reverse=True)
        for row in newest[:_MAX_SAME_MEMBER]:
            same = row.category == category and not contradict(content_of(self._work, row).facts, facts)
            relation = Relation.DUPLICATE_OF if same else Relation.SAME_MEMBER
            found.append(SameMember(row.id, row.number, State(row.state), relation))
        return found

    # What a case learns and how it goes on.

    def learn(self, file: CaseFile, facts: Facts, missing: tuple[str, ...]) -> None:
        """Keep what the case has learned and what it lacks now."""
        content = columns_of(self._work, file.case_id, replace(file.content, facts=facts))
        self._change(file.case_id, missing=list(missing), **content)
        self._remember_members(file.case_id, facts, known=file.facts)

    def enter(self, case_id: int, state: State) -> None:
        """Change the state. The clock ends unless the new state waits for the sender.

        A case that is closed for want of a reply keeps its deadline: a reply may turn out to have come before it.
        """
        clock: dict[str, object] = {}
        if state is not State.AWAITING_SENDER:
            clock = {"remind_at": None, "clock_stopped": None}
        if state not in (State.AWAITING_SENDER, State.CLOSED_NO_REPLY):
            clock["reply_due"] = None
        self._change(case_id, state=state, ended_at=self._work.now if state.is_final else None, **clock)

    def promise(self, case_id: int, answer_due: datetime) -> None:
        """Note by when the sender was told to hear from staff."""
        self._change(case_id, answer_due=answer_due)

    def asked(self, case_id: int, request_id: int) -> None:
        """Note an information request: the clock starts anew when the outgoing server has accepted it."""
        self._work.change(_ASKED, {"case": case_id, "request": request_id, "changed_at": self._work.now})

    def start_clock(self, case_id: int, reply_due: datetime, remind_at: datetime | None) -> None:
        self._change(case_id, reply_due=reply_due, remind_at=remind_at, clock_stopped=None)

    def stop_clock(self, case_id: int, why: str) -> None:
        """The case still waits, but nothing is reminded or closed until staff have looked."""
        self._change(case_id, remind_at=None, clock_stopped=why)

    def reminded(self, case_id: int, reminders: int, remind_at: datetime | None) -> None:
        """Note how many reminders are done with, and when the next one is due."""
        self._change(case_id, reminders=reminders, remind_at=remind_at)

    def prolong(self, case_id: int, reply_due: datetime) -> None:
        self._change(case_id, reply_due=reply_due)

    def remind_later(self, case_id: int, remind_at: datetime) -> None:
        self._change(case_id, remind_at=remind_at)

    def recategorize(
        self, case_id: int, category: str, team: str, missing: tuple[str, ...], confidence: float = 1.0
    ) -> None:
        """Say what it is; when staff do, that is certain."""
        self._change(case_id, category=category, team=team, confidence=confidence, missing=list(missing))

    def assign(self, case_id: int, who: str | None) -> None:
        self._change(case_id, assignee=who)

    def comment(self, file: CaseFile, comments: str) -> None:
        """Keep what staff say in the resolution."""
        self._change(file.case_id, **columns_of(self._work, file.case_id, replace(file.content, comments=comments)))

    def merge(self, case_id: int, into: int) -> None:
        """Let every look-up of the one case find the other; nothing is waited for in the first any more."""
        ended = {"request_id": None, "reply_due": None, "remind_at": None, "clock_stopped": None}
        self._change(case_id, merged_into=into, **ended)

    def current(self, case_id: int) -> int:
        """The case that this one is today: merges are followed."""
        while (into := self._merged_into(case_id)) is not None:
            case_id = into
        return case_id

    def merged_parts(self, case_id: int) -> list[int]:
        """The cases that were merged into this one, and into those, oldest first."""
        parts: list[int] = []
        level = [case_id]
        while level:
            query = select(cases.c.id).where(cases.c.merged_into.in_(level))
            level = list(self._work.connection.execute(query).scalars())
            parts += level
        return sorted(parts)

    def _merged_into(self, case_id: int) -> int | None:
        query = select(cases.c.merged_into).where(cases.c.id == case_id)
        into: int | None = self._work.connection.execute(query).scalar_one()
        return into

    def ask_review(self, case_id: int, reasons: Iterable[str]) -> None:
        """Add what staff should look at; a reason that stands there already is not added again."""
        reasons = list(reasons)
        if not reasons:
            return
        known = self._work.rows(_REVIEW, case=case_id)[0].review
        merged = list(dict.fromkeys([*known, *reasons]))
        if merged != known:
            self._change(case_id, review=merged)
            self._news.tell(case_id, What.REVIEW)

    def reviewed(self, case_id: int, reasons: Iterable[str] | None = None) -> None:
        """Staff have looked, at everything or at these reasons."""
        known = self._work.rows(_REVIEW, case=case_id)[0].review
        left = [reason for reason in known if reasons is not None and reason not in reasons]
        if left != known:
            self._change(case_id, review=left)

    def touch(self, case_id: int) -> None:
        """Note that something about the case changed now."""
        self._change(case_id)

    def _change(self, case_id: int, **values: object) -> None:
        self._work.change(_CHANGE, {"case": case_id, "changed_at": self._work.now, **values})

    def _insert_numbered(self, row: dict[str, object], day: date) -> str:
        """Insert a case under the first number drawn that is free, and tell it.

        Serials are drawn at random, so that a number tells nobody how many inquiries there were (ATTACKS A103).
        """
        for _ in range(_NUMBER_TRIES):
            number = mint(day, secrets.randbelow(SERIALS))
            if self._work.rows(_INSERT_NUMBERED, **row, number=number):
                return number
        raise OverflowError(f"no free case number was found for {day} in {_NUMBER_TRIES} draws")

    def _remember_members(self, case_id: int, facts: Facts, known: Facts | None = None) -> None:
        """Let the case be found by its members; by those that it is `known` to have it is found already."""
        kept = set(self._member_keys(known)) if known else set()
        new = [(self._work.new_id(), key) for key in self._member_keys(facts) if key not in kept]
        now = self._work.now
        rows = [
            {"id": row_id, "case_id": case_id, "member_key": key, "opened_at": now, "week": week_of(row_id)}
            for row_id, key in new
        ]
        self._work.add(_ADD_MEMBER, rows)

    def _member_keys(self, facts: Facts) -> list[bytes]:
        return [self._work.blind("member", text) for text in members(facts)]
