"""Whether letters are stopped now, read off what was written and tried: there is no switch that could be forgotten."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, text

from mailbot.cases.answering import STAFF_NOTICE
from mailbot.cases.breaker import REFUSALS, Stopped, is_about_us, refused, used_up
from mailbot.store.prepared import Prepared
from mailbot.store.schema import OPEN_LETTERS, attempts, letters
from mailbot.store.work import Work

_HOUR = timedelta(hours=1)
#: What the server said of a letter itself; other endings tell nothing about whether it takes letters from us.
_ANSWERED = text("attempts.outcome IN ('sent', 'refused')")
_LAST_TRIES = Prepared(
    select(attempts.c.outcome, attempts.c.answer, attempts.c.ended_at)
    .where(_ANSWERED)
    .order_by(attempts.c.id.desc())
    .limit(REFUSALS)
)


class Breaker:
    """The breaker of one unit of work."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def hour_used_up(self, in_all_an_hour: int) -> Stopped | None:
        """Whether this hour has had its letters; `until` is when the oldest of them is an hour old."""
        within = letters.c.composed_at > self._work.now - _HOUR
        query = (
            select(letters.c.composed_at)
            .where(within, letters.c.kind != STAFF_NOTICE)
            .order_by(letters.c.composed_at.desc())
            .limit(in_all_an_hour)
        )
        written = list(self._work.connection.execute(query).scalars())
        if len(written) < in_all_an_hour:
            return None
        return used_up(written[0], written[-1] + _HOUR, in_all_an_hour)

    def refusing(self) -> Stopped | None:
        """Whether the outgoing server refuses everything. From `until` on one letter may be tried."""
        tries = self._work.rows(_LAST_TRIES)
        if len(tries) < REFUSALS or any(each.outcome == "sent" or not is_about_us(each.answer) for each in tries):
            return None
        return refused(tries[-1].ended_at, max(each.ended_at for each in tries))

    def holds_closings(self) -> bool:
        """Whether a closing has to wait, because the letter that tells of it would not go out.

        After the pause, where no other letter waits to be tried, one closing may go on: its letter is the one to try.
        """
        stopped = self.refusing()
        if stopped is None:
            return False
        waiting = select(letters.c.id).where(OPEN_LETTERS).limit(1)
        return self._work.now < stopped.until or self._work.connection.execute(waiting).first() is not None
