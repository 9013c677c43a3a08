"""Units of work: everything in one commit, or nothing.

`Store.writing()` begins a transaction that commits when its block ends and rolls back when the block raises;
`Store.reading()` sees one consistent state. Nothing else in mailbot commits.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property

from sqlalchemy import Engine, insert, select
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError

from mailbot.clock import Clock
from mailbot.errors import ConfigurationError, KeyUnusable, Tampered
from mailbot.memory import LargeTurn
from mailbot.store.arrivals import Arrivals
from mailbot.store.breaker import Breaker
from mailbot.store.cases import Cases
from mailbot.store.clocks import Clocks
from mailbot.store.command_runs import CommandRuns
from mailbot.store.corrections import Corrections
from mailbot.store.directory import Directory
from mailbot.store.due import Due
from mailbot.store.engine import open_engine, schema_is_current, unavailable
from mailbot.store.evidence import Evidence
from mailbot.store.exports import Exports
from mailbot.store.held import HeldMail
from mailbot.store.history import History
from mailbot.store.ids import IdSource
from mailbot.store.mailbox_tokens import MailboxTokens
from mailbot.store.mailboxes import Mailboxes
from mailbot.store.messages import Messages
from mailbot.store.news import News
from mailbot.store.outbox import Outbox
from mailbot.store.reports import Reports
from mailbot.store.schema import settings
from mailbot.store.sealing import MasterKey, Sealer
from mailbot.store.threads import Threads
from mailbot.store.watches import Watches
from mailbot.store.work import Work

_SENTINEL = "sentinel"


class Transaction:
    """One unit of work; its parts share the connection, the seals and the moment it began."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.now = work.now

    @cached_property
    def arrivals(self) -> Arrivals:
        return Arrivals(self.work)

    @cached_property
    def cases(self) -> Cases:
        return Cases(self.work, self.news)

    @cached_property
    def clocks(self) -> Clocks:
        return Clocks(self.work)

    @cached_property
    def command_runs(self) -> CommandRuns:
        return CommandRuns(self.work)

    @cached_property
    def corrections(self) -> Corrections:
        return Corrections(self.work)

    @cached_property
    def directory(self) -> Directory:
        return Directory(self.work)

    @cached_property
    def exports(self) -> Exports:
        return Exports(self.work)

    @cached_property
    def messages(self) -> Messages:
        return Messages(self.work)

    @cached_property
    def history(self) -> History:
        return History(self.work, self.news)

    @cached_property
    def news(self) -> News:
        return News(self.work)

    @cached_property
    def threads(self) -> Threads:
        return Threads(self.work)

    @cached_property
    def outbox(self) -> Outbox:
        return Outbox(self.work)

    @cached_property
    def breaker(self) -> Breaker:
        return Breaker(self.work)

    @cached_property
    def due(self) -> Due:
        return Due(self.work)

    @cached_property
    def evidence(self) -> Evidence:
        return Evidence(self.work)

    @cached_property
    def held(self) -> HeldMail:
        return HeldMail(self.work)

    @cached_property
    def watches(self) -> Watches:
        return Watches(self.work)

    @cached_property
    def reports(self) -> Reports:
        return Reports(self.work)

    @cached_property
    def mailboxes(self) -> Mailboxes:
        return Mailboxes(self.work)

    @cached_property
    def mailbox_tokens(self) -> MailboxTokens:
        return MailboxTokens(self.work)

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """A part that can fail alone: what it did is undone when it raises, the rest of the unit stays."""
        with self.work.connection.begin_nested():
            try:
                yield
            except BaseException:
                self.work.forget()
                self.outbox.count_anew()
                raise
            self.work.write()


class Store:
    """The database, opened with its keys. Safe to share between threads; each unit of work has a connection."""

    def __init__(self, engine: Engine, sealer: Sealer, clock: Clock) -> None:
        self._readers = engine
        self._writers = engine.execution_options(write=True)
        self.sealer = sealer
        self._clock = clock
        self._ids = IdSource()
        #: For whoever reads or records a large mail; never waited for inside a unit of work.
        self.large_turn = LargeTurn()

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """A transaction that will be committed. StoreUnavailable when the database does not answer."""
        with self._transaction(self._writers) as transaction:
            yield transaction

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """A transaction that only looks. StoreUnavailable when the database does not answer."""
        with self._transaction(self._readers) as transaction:
            yield transaction

    def now(self) -> datetime:
        return self._clock.now()

    def close(self) -> None:
        self._readers.dispose()

    @contextmanager
    def _transaction(self, engine: Engine) -> Iterator[Transaction]:
        try:
            with engine.begin() as connection:
                work = Work(connection, self.sealer, self._clock.now(), self._ids)
                yield Transaction(work)
                work.write()
        except (IntegrityError, DataError):
            raise  # the database answered: it is what was to be written that is wrong
        except DBAPIError as error:
            raise unavailable(error) from error


def open_store(url: str, keys: tuple[MasterKey, ...], clock: Clock) -> Store:
    """The store, after proof that its schema is ours and that the key file opens it.

    ConfigurationError names `mailbot init` when the database is empty or older; KeyUnusable when another key
    sealed it; StoreUnavailable when it does not answer.
    """
    store = Store(open_engine(url), Sealer(keys), clock)
    try:
        with store.reading() as transaction:
            if not schema_is_current(transaction.work.connection):
                raise ConfigurationError(
                    "the database is empty or of another version of mailbot: `mailbot init` brings it up to date"
                )
        with store.writing() as transaction:
            _check_key(transaction.work)
    except BaseException:
        store.close()
        raise
    return store


def _check_key(work: Work) -> None:
    """Seal a known word on first use; afterwards it must open."""
    row = work.connection.execute(
        select(settings.c.id, settings.c.value).where(settings.c.name == _SENTINEL)
    ).one_or_none()
    if row is None:
        row_id = work.new_id()
        sealed = work.sealer.seal("settings", row_id, "value", _SENTINEL.encode())
        work.connection.execute(insert(settings).values(id=row_id, name=_SENTINEL, value=sealed))
        return
    try:
        work.sealer.open("settings", row.id, "value", row.value)
    except Tampered as error:
        raise KeyUnusable(
            "the key file is not the one that sealed this database: put back your copy of the right one "
            "(nothing was changed, and no mail is lost)"
        ) from error
