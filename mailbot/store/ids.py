"""Row ids made by us, so that a value can be sealed for its row before the row exists."""

from __future__ import annotations

import secrets
import threading
from datetime import UTC, datetime

_EPOCH = datetime(2024, 1, 1, tzinfo=UTC)
_COUNTER_BITS = 21


class IdSource:
    """Ids that grow with time: 42 bits of milliseconds since 2024, 21 bits that differ within one.

    The counter starts at random, so that two nodes rarely meet; when they do, the primary key refuses the
    second and its unit of work is done again.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counter = secrets.randbits(_COUNTER_BITS)

    def next(self, now: datetime) -> int:
        with self._lock:
            self._counter = (self._counter + 1) & ((1 << _COUNTER_BITS) - 1)
            counter = self._counter
        milliseconds = max(0, int((now - _EPOCH).total_seconds() * 1000))
        return milliseconds << _COUNTER_BITS | counter
