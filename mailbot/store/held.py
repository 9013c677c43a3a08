"""Which cases a held arrival may belong to; while it is held, none of them is closed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import and_, delete, insert, or_, select, text

from mailbot.mail import Address
from mailbot.store.schema import arrivals, cases, correspondents, held_links
from mailbot.store.work import Work

_HELD = text("arrivals.state = 'held'")
_ENDED = ("resolved", "closed_no_reply", "withdrawn", "redirected")
#: As many are named as staff can look at.
_NAMED = 20


class HeldMail:
    """What held mail may belong to, in one unit of work."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def link(self, arrival_id: int, case_ids: Iterable[int] | None) -> None:
        """Name the cases that it may belong to, in place of what was named before; None means any case."""
        connection = self._work.connection
        connection.execute(delete(held_links).where(held_links.c.arrival_id == arrival_id))
        meant: list[int | None] = [None] if case_ids is None else [*dict.fromkeys(case_ids)]
        rows = [{"id": self._work.new_id(), "arrival_id": arrival_id, "case_id": case_id} for case_id in meant]
        if rows:
            connection.execute(insert(held_links), rows)

    def for_case(self, case_id: int, opened_at: datetime) -> tuple[int, ...]:
        """The held arrivals that may belong to this case; what came before it was opened cannot answer it."""
        query = (
            select(arrivals.c.id)
            .distinct()
            .join(held_links, held_links.c.arrival_id == arrivals.c.id)
            .where(
                _HELD,
                or_(
                    held_links.c.case_id == case_id,
                    and_(held_links.c.case_id.is_(None), arrivals.c.received_at >= opened_at),
                ),
            )
            .order_by(arrivals.c.id)
            .limit(_NAMED)
        )
        return tuple(self._work.connection.execute(query).scalars())

    def open_cases_of(self, address: Address) -> list[int]:
        """The cases that have not ended and have this person on them."""
        key = self._work.blind("address", address.key)
        query = (
            select(cases.c.id)
            .join(correspondents, correspondents.c.case_id == cases.c.id)
            .where(correspondents.c.address_key == key, cases.c.state.not_in(_ENDED))
        )
        return list(self._work.connection.execute(query).scalars())
