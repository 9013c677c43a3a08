"""Reading a mailbox for as long as the service runs: a pass, then news by IDLE or after a while, and again."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from mailbot.config import Mailbox
from mailbot.errors import MailbotError, StoreUnavailable
from mailbot.ingest.imap import MailboxReader
from mailbot.ingest.imap_health import silent
from mailbot.ingest.imap_plan import Backoff
from mailbot.ingest.imap_session import ImapSession
from mailbot.ingest.imap_take import Tally
from mailbot.ingest.imap_trouble import CommandRefused, LoginRefused, MailboxTrouble
from mailbot.store.mailbox_words import MailboxLease
from mailbot.store.mailboxes import LEASE, MailboxLeaseLost
from mailbot.store.unit_of_work import Store

log = logging.getLogger(__name__)

#: How soon a wait ends after the service was told to stop.
STOP_WITHIN = 1.0
#: A waiting reader proves so often that it still is there.
RENEW_EVERY = LEASE.total_seconds() / 3
#: After trouble with the connection; a login that was refused is tried rarely, for accounts get locked.
AFTER_TROUBLE = (1.0, 300.0)
AFTER_REFUSED_LOGIN = (60.0, 1800.0)


class Watches:
    """The threads of all mailboxes, started and stopped together."""

    def __init__(self, watches: Sequence[MailboxWatch]) -> None:
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=watch.run, args=(self._stop,), name=f"mailbox {watch.name}", daemon=True)
            for watch in watches
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self, within: float) -> tuple[str, ...]:
        """Begin nothing new; which still wait for their servers after `within` seconds, as "mailbox NAME".

        Nothing is lost by that: what is not committed is fetched again.
        """
        self._stop.set()
        end = time.monotonic() + within
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))
        return tuple(thread.name for thread in self._threads if thread.is_alive())


@dataclass
class SilenceAlarm:
    """Says in the log when a mailbox falls silent, and when it is read again."""

    store: Store
    mailboxes: tuple[Mailbox, ...]
    _silent: dict[str, str] = field(default_factory=dict, init=False)

    def look(self) -> None:
        with self.store.reading() as transaction:
            found = silent(self.mailboxes, transaction.mailboxes.health(), transaction.now)
        for name in found.keys() - self._silent.keys():
            log.error("mailbox %s: %s", name, found[name])
        for name in self._silent.keys() - found.keys():
            log.warning("mailbox %s is read again", name)
        self._silent = found


@dataclass
class MailboxWatch:
    """One mailbox, watched in one thread.

    `hear` is called after each commit that made new arrivals; `chance` gives numbers from 0 up to 1.
    """

    reader: MailboxReader
    hear: Callable[[], None]
    chance: Callable[[], float] = random.random
    monotonic: Callable[[], float] = time.monotonic
    _failures: int = field(default=0, init=False)
    _store_trouble: str = field(default="", init=False)

    @property
    def name(self) -> str:
        return self.reader.mailbox.name

    def run(self, stop: threading.Event) -> None:
        """Until `stop` is set; never raises. A wait ends within a second of it."""
        while not stop.is_set():
            stop.wait(self._turn(stop))

    def _turn(self, stop: threading.Event) -> float:
        """Read until something is the matter; returns how many seconds to wait before the next turn."""
        try:
            with self.reader.lease() as lease:
                if lease is None:
                    return self.reader.mailbox.poll_seconds
                try:
                    self._tell_store_trouble(lease)
                    self._read_on(lease, stop)
                except MailboxTrouble as trouble:
                    self.reader.note_failure(lease, str(trouble))
                    return self._pause(trouble)
        except MailboxLeaseLost:
            log.warning("mailbox %s is read by another process now", self.name)
        except MailbotError as error:
            self._store_trouble = str(error) if isinstance(error, StoreUnavailable) else ""
            return self._pause(error)
        except Exception as error:  # noqa: BLE001 the thread lives on; the text of an error may hold mail
            log.error("mailbox %s: %s", self.name, type(error).__name__)
            return self._pause(error)
        return 0.0

    def _tell_store_trouble(self, lease: MailboxLease) -> None:
        """What kept us from reading could not be written down while it did; it stands until a pass ends well."""
        if self._store_trouble:
            self.reader.note_failure(lease, self._store_trouble)
            self._store_trouble = ""

    def _read_on(self, lease: MailboxLease, stop: threading.Event) -> None:
        session = self.reader.open_session()
        try:
            while not stop.is_set():
                tally = Tally(hear=self.hear)
                self.reader.pass_over(session, lease, tally, stop.is_set)
                self._failures = 0
                for sentence in (*tally.errors, *tally.alarms):
                    log.warning("mailbox %s: %s", self.name, sentence)
                self._wait(session, lease, stop)
        finally:
            session.close()

    def _wait(self, session: ImapSession, lease: MailboxLease, stop: threading.Event) -> None:
        """Until there is news, or it is time to look in any case. Raises MailboxTrouble when the link is dead."""
        listens = session.can_idle and session.folder == self.reader.mailbox.folders[0]
        waited = self._idled if listens else self._slept
        end = self.monotonic() + self.reader.mailbox.poll_seconds
        while not stop.is_set() and (left := end - self.monotonic()) > 0:
            if waited(session, min(left, RENEW_EVERY), stop):
                return
            with self.reader.store.writing() as transaction:
                transaction.mailboxes.renew(lease)

    def _idled(self, session: ImapSession, seconds: float, stop: threading.Event) -> bool:
        """True when there is news. The end of IDLE must be answered within seconds: a dead link shows here."""
        try:
            news = session.begin_idle()
        except CommandRefused:
            session.can_idle = False
            return self._slept(session, seconds, stop)
        end = self.monotonic() + seconds
        while not news and not stop.is_set() and (left := end - self.monotonic()) > 0:
            news = session.news_within(min(left, STOP_WITHIN))
        session.end_idle()
        return news

    def _slept(self, _: ImapSession, seconds: float, stop: threading.Event) -> bool:
        stop.wait(seconds)
        return False

    def _pause(self, error: Exception) -> float:
        self._failures += 1
        first, longest = AFTER_REFUSED_LOGIN if isinstance(error, LoginRefused) else AFTER_TROUBLE
        if isinstance(error, MailbotError):
            log.warning("mailbox %s: %s", self.name, error)
        return Backoff(first, longest, self.chance).seconds(self._failures)
