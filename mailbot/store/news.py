"""News for staff: written down with what happened, in its unit of work, and taken out with the notice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, func, insert, select

from mailbot.cases.events import Event
from mailbot.cases.news import What, news_of
from mailbot.cases.people import Notices, Role
from mailbot.mail import Address
from mailbot.store.ids import days_of
from mailbot.store.news_tables import news, news_due
from mailbot.store.prepared import Prepared
from mailbot.store.schema import letters, people
from mailbot.store.work import Work

PAGE = 200
_HOUR = timedelta(hours=1)
_SOMEBODY = Prepared(
    select(people.c.id).where(people.c.role == Role.STAFF, people.c.active, people.c.notices != Notices.NONE).limit(1)
)


@dataclass(frozen=True, slots=True)
class Fresh:
    """Something that happened to a case."""

    case_id: int
    what: What
    why: str = ""


@dataclass(frozen=True, slots=True)
class For:
    """Who hears of something: at `due_at`, alone or together with the rest that is due then."""

    person_id: int
    due_at: datetime
    together: bool
    fresh: Fresh = field(repr=False)


class News:
    """The news of one unit of work."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._silent = False
        self._somebody: bool | None = None

    @contextmanager
    def silence(self, *, over_old_mail: bool) -> Iterator[None]:
        """Within this, nothing is news where the mail that is taken in is history."""
        before, self._silent = self._silent, self._silent or over_old_mail
        try:
            yield
        finally:
            self._silent = before

    def happened(self, events: Iterable[Event], case_id: int) -> None:
        """Write down what of these events is news, while anybody wants to hear of it."""
        for event in events:
            what = news_of(event)
            if what is not None:
                self.tell(case_id, what, event.why if what is What.NOT_CLOSED else "")

    def tell(self, case_id: int, what: What, why: str = "") -> None:
        """Write down one piece of news, while anybody wants to hear any."""
        if not self._silent and self._is_wanted():
            row = {"id": self._work.new_id(), "case_id": case_id, "what": what, "why": why}
            self._work.connection.execute(insert(news).values(row))

    def anything(self) -> bool:
        """Whether something happened that nobody has looked at yet."""
        return self._work.connection.execute(select(news.c.id).limit(1)).first() is not None

    def take(self, limit: int = PAGE) -> list[Fresh]:
        """Take out what nobody has looked at yet, oldest first; another unit of work takes other rows."""
        query = select(news).order_by(news.c.id).limit(limit).with_for_update(skip_locked=True)
        rows = self._work.connection.execute(query).all()
        self._work.connection.execute(delete(news).where(news.c.id.in_([row.id for row in rows])))
        return [Fresh(row.case_id, What(row.what), row.why) for row in rows]

    def put(self, due: Iterable[For]) -> None:
        """Note who is to hear of what, and when."""
        rows = [
            {
                "id": self._work.new_id(),
                "person_id": each.person_id,
                "case_id": each.fresh.case_id,
                "what": each.fresh.what,
                "why": each.fresh.why,
                "due_at": each.due_at,
                "together": each.together,
            }
            for each in due
        ]
        if rows:
            self._work.connection.execute(insert(news_due), rows)

    def readers(self) -> list[int]:
        """The ids of the people for whom something is due now."""
        query = select(news_due.c.person_id).where(news_due.c.due_at <= self._work.now).distinct()
        return sorted(self._work.connection.execute(query).scalars())

    def take_for(self, person_id: int) -> list[For]:
        """Take out what is due for this person, oldest first; nothing where somebody else does that now."""
        query = (
            select(news_due)
            .where(news_due.c.person_id == person_id, news_due.c.due_at <= self._work.now)
            .order_by(news_due.c.id)
            .with_for_update(skip_locked=True)
        )
        rows = self._work.connection.execute(query).all()
        self._work.connection.execute(delete(news_due).where(news_due.c.id.in_([row.id for row in rows])))
        return [
            For(row.person_id, row.due_at, row.together, Fresh(row.case_id, What(row.what), row.why)) for row in rows
        ]

    def sent_this_hour(self, to: Address, kind: str) -> int:
        """How many letters of this kind this address got within an hour."""
        key = self._work.blind("address", to.key)
        query = select(func.count()).select_from(letters)
        query = query.where(letters.c.address_key == key, self._composed_within(_HOUR), letters.c.kind == kind)
        return self._work.connection.execute(query).scalar_one()

    def came_back(self, to: Address, kind: str, within: timedelta) -> bool:
        """Whether a letter of this kind to this address was refused or bounced in this time."""
        key = self._work.blind("address", to.key)
        query = select(letters.c.id).where(
            letters.c.address_key == key,
            self._composed_within(within),
            letters.c.kind == kind,
            (letters.c.state == "refused") | letters.c.bounced_at.is_not(None),
        )
        return self._work.connection.execute(query.limit(1)).first() is not None

    def _composed_within(self, span: timedelta) -> ColumnElement[bool]:
        now = self._work.now
        return and_(letters.c.day.in_(days_of(now, span)), letters.c.composed_at > now - span)

    def _is_wanted(self) -> bool:
        if self._somebody is None:
            self._somebody = bool(self._work.rows(_SOMEBODY))
        return self._somebody
