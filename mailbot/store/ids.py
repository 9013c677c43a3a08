"""Row ids made by us, so that a value can be sealed for its row before the row exists."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from itertools import count

_EPOCH = datetime(2024, 1, 1, tzinfo=UTC)
_COUNTER_BITS = 21
_COUNTER = (1 << _COUNTER_BITS) - 1
_DAY = 86_400_000 << _COUNTER_BITS
_WEEK = 7 * _DAY


def begin_of(now: datetime) -> int:
    """The smallest id of a moment."""
    return max(0, int((now - _EPOCH).total_seconds() * 1000)) << _COUNTER_BITS


def day_of(row_id: int) -> int:
    """The number of the day on which an id was made: in an index that begins with it a day stands side by side."""
    return row_id // _DAY


def week_of(row_id: int) -> int:
    """The number of the week in which an id was made."""
    return row_id // _WEEK


def since_yesterday(now: datetime) -> dict[str, int]:
    """The days that a span of a day may touch, by the names that statements have for them.

    Just before midnight another node may have it behind itself: what it makes is of tomorrow.
    """
    today = day_of(begin_of(now))
    return {"today": today, "yesterday": today - 1, "tomorrow": today + 1}


def days_of(now: datetime, span: timedelta) -> range:
    """The days that a span touches which ends now, and the next, where another node may be already."""
    return range(day_of(begin_of(now - span)), day_of(begin_of(now)) + 2)


def weeks_of(now: datetime, span: timedelta) -> range:
    """The weeks that a span touches which ends now, and the next, where another node may be already."""
    return range(week_of(begin_of(now - span)), week_of(begin_of(now)) + 2)


class IdSource:
    """Ids that grow with time: 42 bits of milliseconds since 2024, 21 bits that differ within one.

    The counter starts at random, so that two nodes rarely meet; when they do, the primary key refuses the
    second and its unit of work is done again.
    """

    def __init__(self) -> None:
        self._counter = count(secrets.randbits(_COUNTER_BITS))

    def next(self, now: datetime) -> int:
        """An id of this moment."""
        return self.after(begin_of(now))

    def after(self, begin: int) -> int:
        """An id of the moment that begins with this one; `count` gives no number to two threads."""
        return begin | next(self._counter) & _COUNTER
