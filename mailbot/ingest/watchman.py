"""Writes down, again and again, that the listener is open: a later reader can prove that no mail was turned away."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from mailbot.cases.proof import GAP
from mailbot.store.evidence import LISTENER
from mailbot.store.unit_of_work import Store


class Watchman:
    """The watch of this process over its listener; other processes may watch over theirs under the same name."""

    def __init__(self, store: Store, elapsed: Callable[[], float] = time.monotonic) -> None:
        self._store, self._elapsed = store, elapsed
        self._last: float | None = None
        self._beating = threading.Lock()

    def beat(self) -> None:
        """The listener is open now. A clock that was set is no outage: what counts is the time that went by."""
        with self._beating:
            now, last = self._elapsed(), self._last
            with self._store.writing() as transaction:
                unbroken = last is not None and now - last <= GAP.total_seconds()
                transaction.watches.beat(LISTENER, unbroken=unbroken)
            self._last = now
