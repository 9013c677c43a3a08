"""The timetable: what the running service does when, and how it starts and stops. The only door to APScheduler."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler

from mailbot.errors import MailbotError
from mailbot.ingest.imap_watch import SilenceAlarm, Watches
from mailbot.ingest.recorder import Recorder
from mailbot.ingest.smtp import Listener
from mailbot.ingest.watchman import Watchman
from mailbot.intake import Intake
from mailbot.noticing import Noticeboard
from mailbot.reminders import Timekeeper
from mailbot.replies.outbox import Dispatch

log = logging.getLogger(__name__)

TAKE_IN_EVERY = timedelta(seconds=1)
DELIVER_EVERY = timedelta(seconds=5)
LOOK_AFTER_MAILBOXES_EVERY = timedelta(minutes=1)
SWEEP_EVERY = timedelta(minutes=1)
NOTICE_EVERY = timedelta(seconds=20)
BEAT_EVERY = timedelta(minutes=1)
LOOK_FOR_NIGHT_EVERY = timedelta(minutes=1)
#: A service that is told to stop has this long to finish what it works on; leases cover the rest.
STOP_WITHIN = timedelta(seconds=25)
#: What becomes of a job that did not end when the service did.
UNFINISHED = {
    "deliver": "A letter was still being sent; its try is noted as unknown and repeated once.",
    "take_in": "Mail was still being taken in; it is taken up again at the next start, or by another node.",
    "sweep": "Reminders and closings were still being looked at; each that was not done is done at the next look.",
    "export": "An export was still being written; its files are finished at the next look.",
}


class Timetable:
    """Runs each job at its interval, never two of a kind at once, and sooner when there is work.

    Who asks for a job while it is at work has it done again as soon as it ends: it may have looked already.
    A job that fails is logged and runs again at its next time; rows in the store decide who does what.
    """

    def __init__(
        self, intake: Intake, dispatch: Dispatch, timekeeper: Timekeeper, noticeboard: Noticeboard, alarm: SilenceAlarm
    ) -> None:
        self._intake, self._dispatch, self._timekeeper, self._alarm = intake, dispatch, timekeeper, alarm
        self._noticeboard = noticeboard
        self._stopping = threading.Event()
        self._idle = threading.Condition()
        self._running: list[str] = []
        self._again: set[str] = set()
        self._first: list[threading.Thread] = []
        self._scheduler = BackgroundScheduler(
            executors={"default": ThreadPoolExecutor(4)},
            # Two, because a run counts for a moment longer than it works; the second of a kind ends at once.
            job_defaults={"coalesce": True, "max_instances": 2, "misfire_grace_time": None},
            timezone=UTC,
        )
        # It warns each time a job is still at work when its next time comes; that is how we mean it.
        logging.getLogger("apscheduler").setLevel(logging.ERROR)

    def start(self) -> None:
        self._add("take_in", self._take_in, TAKE_IN_EVERY)
        self._add("deliver", self._deliver, DELIVER_EVERY)
        self._add("look_after_mailboxes", self._alarm.look, LOOK_AFTER_MAILBOXES_EVERY)
        self._add("sweep", self._sweep, SWEEP_EVERY)
        self._add("notice", self._notice, NOTICE_EVERY)
        self._scheduler.start()
        for thread in self._first:
            thread.start()

    def watch(self, beat: Callable[[], None]) -> None:
        """The listener is open: from now on that is written down again and again, until the timetable stops."""
        self._add("beat", beat, BEAT_EVERY)

    def export(self, export_if_due: Callable[[], object]) -> None:
        """Look again and again whether the nightly export is due; the store knows when the last one was."""
        self._add("export", export_if_due, LOOK_FOR_NIGHT_EVERY)

    def begin_with(self, name: str, job: Callable[[], object]) -> None:
        """Do this once, beside the other jobs, as soon as the timetable starts; who stops it does not wait for this."""
        # A thread, for APScheduler fails in its own where a job that runs once begins just as it is shut down.
        self._first.append(threading.Thread(target=_told, args=(name, job), name=name))

    def stop(self, within: timedelta = STOP_WITHIN) -> tuple[str, ...]:
        """Begin nothing new and wait for what runs; the names of the jobs that still run after that time."""
        self._stopping.set()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        deadline = time.monotonic() + within.total_seconds()
        with self._idle:
            self._idle.wait_for(lambda: not self._running, max(0.0, deadline - time.monotonic()))
            return tuple(self._running)

    def mail_came(self) -> None:
        """Arrivals were recorded: take them in now."""
        self._soon("take_in")

    def _take_in(self) -> None:
        while not self._stopping.is_set() and (batch := self._intake.take_in_batch()):
            if any(result.letters for result in batch):
                self._soon("deliver")

    def _deliver(self) -> None:
        self._dispatch.deliver_due(self._stopping.is_set)

    def _sweep(self) -> None:
        swept = self._timekeeper.sweep(self._stopping.is_set)
        if swept.reminded or swept.closed:
            log.info("%d reminded, %d closed", swept.reminded, swept.closed)
            self._soon("deliver")

    def _notice(self) -> None:
        if self._noticeboard.post(self._stopping.is_set):
            self._soon("deliver")

    def _add(self, name: str, job: Callable[[], object], every: timedelta) -> None:
        self._scheduler.add_job(
            self._guarded, "interval", [name, job], seconds=every.total_seconds(), id=name, next_run_time=_now()
        )

    def _guarded(self, name: str, job: Callable[[], object]) -> None:
        with self._idle:
            if self._stopping.is_set() or name in self._running:
                return
            self._running.append(name)
        _told(name, job)
        while self._was_asked_for(name):
            _told(name, job)

    def _was_asked_for(self, name: str) -> bool:
        """Whether it is to be done again; else it is at work no more."""
        with self._idle:
            again = name in self._again and not self._stopping.is_set()
            self._again.discard(name)
            if not again:
                self._running.remove(name)
                self._idle.notify_all()
            return again

    def _soon(self, name: str) -> None:
        with self._idle:
            if name in self._running:
                self._again.add(name)
                return
        if not self._stopping.is_set():
            try:
                self._scheduler.modify_job(name, next_run_time=_now())
            except JobLookupError:
                log.debug("%s is not on the timetable yet", name)


def _told(name: str, job: Callable[[], object]) -> None:
    """Do it; what it raises is logged, for the service lives on, and the text of an error may hold mail."""
    try:
        job()
    except MailbotError as error:
        log.warning("%s: %s", name, error)
    except Exception as error:  # noqa: BLE001 whatever it was
        log.error("%s failed: %s", name, type(error).__name__)


class Service:
    """The ways in, the recorder behind the listener and the timetable, started and stopped together."""

    def __init__(
        self, timetable: Timetable, recorder: Recorder, listener: Listener | None, watchman: Watchman, watches: Watches
    ) -> None:
        self._timetable, self._recorder, self._watchman, self._watches = timetable, recorder, watchman, watches
        self.listener = listener

    def start(self) -> None:
        """Everything runs and the listener's sockets are open when this returns; mailboxes are connected to later."""
        self._recorder.start()
        if self.listener:
            self.listener.start()
            self._timetable.watch(self._watchman.beat)
        self._timetable.start()
        self._watches.start()

    def beat(self) -> None:
        """Write down now that the listener is open; the demo moves its clock faster than the timetable ticks."""
        self._watchman.beat()

    def stop(self) -> tuple[str, ...]:
        """No new mail, then the mail that is here is recorded, then the jobs end.

        A sentence for everything that did not end in time, and what becomes of it.
        """
        if self.listener:
            self.listener.stop()
        waiting = self._watches.stop(STOP_WITHIN.total_seconds() / 2)
        self._recorder.stop()
        at_work = self._timetable.stop(STOP_WITHIN / 2)
        return (
            *(f"{name} still waited for its server; what was not recorded is fetched again." for name in waiting),
            *(UNFINISHED.get(name, f"{name} was still at work; it is done again.") for name in at_work),
        )


def _now() -> datetime:
    """The machine's time: the timetable must go on while a rehearsal's clock stands still."""
    return datetime.fromtimestamp(time.time(), UTC)
