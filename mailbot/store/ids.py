"""Row ids made by us, so that a value can be sealed for its row before the row exists."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from itertools import count

_EPOCH = datetime(2024, 1, 1, tzinfo=UTC)
_COUNTER_BITS = 21
_COUNTER = (1 << _COUNTER_BITS) - 1


def begin_of(now: datetime) -> int:
    """The smallest id of a moment."""
    return max(0, int((now - _EPOCH).total_seconds() * 1000)) << _COUNTER_BITS


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
