"""Recording mail for many clients at once: those that wait at the same time share a commit, and each waits for it."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future

from mailbot.errors import MailbotError, StoreUnavailable
from mailbot.store.arrivals import NewArrival, Recorded
from mailbot.store.unit_of_work import Store

log = logging.getLogger(__name__)

#: At most this many mails share a commit.
BATCH = 50
#: Behind a mail of this size a commit is not held open for others.
LARGE = 1024 * 1024

_Waiting = tuple[NewArrival, "Future[Recorded]"]


class Recorder:
    """One thread that records what is handed in; a result is set only after its commit.

    `after` is called, in that thread, when new arrivals have been committed.
    """

    def __init__(self, store: Store, after: Callable[[], None] = lambda: None) -> None:
        self._store = store
        self._after = after
        self._waiting: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Record what was handed in so far, then end."""
        self._waiting.put(None)
        self._thread.join()

    def record(self, arrival: NewArrival) -> Future[Recorded]:
        """Hand in a mail; the future fails with StoreUnavailable when it could not be committed."""
        future: Future[Recorded] = Future()
        self._waiting.put((arrival, future))
        return future

    def _run(self) -> None:
        while (first := self._waiting.get()) is not None:
            batch, last = [first], False
            while len(batch) < BATCH and len(batch[-1][0].raw) < LARGE and not self._waiting.empty():
                another = self._waiting.get()
                if another is None:
                    last = True
                    break
                batch.append(another)
            self._record(batch)
            del first, batch  # while nothing comes in, no mail is kept here
            if last:
                return

    def _record(self, batch: list[_Waiting]) -> None:
        try:
            with self._store.writing() as transaction:
                recorded = [transaction.arrivals.record(arrival) for arrival, _ in batch]
        except Exception as error:  # noqa: BLE001 whatever it was, every client must hear that its mail is not safe
            log.warning("recording failed: %s", type(error).__name__)
            reason = error if isinstance(error, MailbotError) else StoreUnavailable("the mail could not be recorded")
            for _, future in batch:
                future.set_exception(reason)
            return
        for (_, future), result in zip(batch, recorded, strict=True):
            future.set_result(result)
        if any(result.new for result in recorded):
            self._after()
