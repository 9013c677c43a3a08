"""A database that somebody else has locked, or that has no room: everybody hears of it soon, and goes on later."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event, text, update

from mailbot.cases.understanding import Understanding
from mailbot.classify.understand import SentMessage
from mailbot.errors import StoreBusy, StoreUnavailable
from mailbot.intake import RETRY_AFTER
from mailbot.keeping import Keeper
from mailbot.store import engine
from mailbot.store.engine import migrate, open_engine
from mailbot.store.prepared import Prepared
from mailbot.store.schema import settings
from mailbot.store.unit_of_work import Transaction
from tests.desks import Desk
from tests.mails import mail
from tests.readers import read_by
from tests.servers.listening import listening
from tests.servers.locking import locked


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits ten seconds here; asked for before the desk opens its connections."""
    monkeypatch.setattr(engine, "LOCK_TIMEOUT_MS", 100)


def shown(url: str, *names: str) -> list[str]:
    """What a session of ours says of its settings."""
    ours = open_engine(url)
    with ours.connect() as connection:
        told = [str(connection.execute(text(f"SHOW {name}")).scalar_one()) for name in names]
    ours.dispose()
    return told


@contextmanager
def locked_after_taking(desk: Desk) -> Iterator[None]:
    """Another process locks the database once arrivals were taken and before their cases are written."""
    with ExitStack() as holding:
        lock = iter([locked(desk.app.config.database.url)])  # one for all mails of the batch

        def understand(sent: SentMessage) -> Understanding:
            read_by(desk.app, well)
            holding.enter_context(next(lock, nullcontext()))
            return well(sent)

        well = read_by(desk.app, understand)
        yield


def test_f21_a_session_bears_no_lock_and_no_standing_still_without_end(postgresql_url: str) -> None:
    told = shown(postgresql_url, "lock_timeout", "idle_in_transaction_session_timeout", "statement_timeout")
    assert told == ["100ms", "1min", "5min"]


def test_what_the_operator_says_in_the_url_stands(postgresql_url: str) -> None:
    url = f"{postgresql_url}&options=-c%20lock_timeout%3D7s&connect_timeout=3"
    assert shown(url, "lock_timeout", "statement_timeout") == ["7s", "5min"]


def test_sqlite_waits_for_a_lock_as_long_as_postgresql(sqlite_url: str) -> None:
    ours = open_engine(sqlite_url)
    with ours.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar_one() == 100
    ours.dispose()


def test_f21_standing_still_in_mid_transaction_is_told_to_who_did_it(postgresql_url: str) -> None:
    """The other one waits for the row, gets it when the server has ended the session, and its word stands."""
    impatient = open_engine(f"{postgresql_url}&options=-c%20idle_in_transaction_session_timeout%3D300ms")
    patient = open_engine(f"{postgresql_url}&options=-c%20lock_timeout%3D60s")
    with patient.begin() as connection:
        connection.execute(settings.insert().values(id=1, name="word", value=b"first"))
    with pytest.raises(StoreUnavailable, match="stood still") as told, unavailable(), impatient.begin() as still:
        still.execute(update(settings).values(value=b"lost"))
        with patient.begin() as connection:
            connection.execute(update(settings).values(value=b"second"))
        still.execute(text("SELECT 1"))
    assert not isinstance(told.value, StoreBusy)
    with patient.connect() as connection:
        assert connection.execute(text("SELECT value FROM settings")).scalar_one() == b"second"
    impatient.dispose()
    patient.dispose()


@contextmanager
def unavailable() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        raise engine.unavailable(error) from error  # type: ignore[arg-type]


def through_sqlalchemy(connection: Connection, rows: list[dict[str, object]]) -> None:
    connection.execute(settings.insert(), rows)


@pytest.mark.parametrize("insert_all", [through_sqlalchemy, Prepared(settings.insert()).change_each])
def test_f21_many_rows_at_once_do_not_hide_that_a_session_stands_still(
    postgresql_url: str, insert_all: Callable[[Connection, list[dict[str, object]]], None]
) -> None:
    """What psycopg sends for many rows ends with a word after which PostgreSQL forgets to look at its watch."""
    impatient = open_engine(f"{postgresql_url}&options=-c%20idle_in_transaction_session_timeout%3D300ms")
    patient = open_engine(f"{postgresql_url}&options=-c%20lock_timeout%3D60s")
    rows: list[dict[str, object]] = [{"id": number, "name": f"word {number}", "value": b""} for number in range(2)]
    with pytest.raises(StoreUnavailable, match="stood still"), unavailable(), impatient.begin() as still:
        insert_all(still, rows)
        with patient.begin() as connection:
            connection.execute(settings.insert(), rows)
        still.execute(text("SELECT 1"))
    impatient.dispose()
    patient.dispose()


def test_a128_whoever_meets_a_lock_hears_of_it_and_nothing_was_changed(desk: Desk) -> None:
    with locked(desk.app.config.database.url), pytest.raises(StoreBusy, match="locked"):
        desk.record(mail())
    assert desk.arrivals() == []
    assert desk.record(mail()).new


def test_a128_the_listener_says_451_while_the_database_is_locked(desk: Desk) -> None:
    raw = mail()
    with listening(desk) as server:
        with locked(desk.app.config.database.url):
            assert server.post(raw).startswith("451 ")
        assert server.post(raw).startswith("250 ")
        assert server.kept() == [raw]


def test_f21_what_meets_a_lock_half_way_waits_seconds_and_not_for_its_lease(desk: Desk) -> None:
    for number in range(3):
        desk.record(mail(f"inquiry {number}", message_id=f"<{number}@broker.example>"))
    with locked_after_taking(desk), pytest.raises(StoreBusy):
        desk.take_in()
    assert desk.take_in() == []
    desk.later(RETRY_AFTER[0])
    assert len(desk.take_in()) == 3
    assert [(row.state, row.attempts) for row in desk.arrivals()] == [("done", 1)] * 3


def test_an_attempt_counts_when_it_may_have_been_the_mail(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mail over which the database fails each time must come to an end: it is held, and not tried for ever."""
    desk.record(mail())

    def failing(_: Keeper, transaction: Transaction, *__: Any) -> None:
        transaction.work.connection.exec_driver_sql("SELECT no_such_function()")

    monkeypatch.setattr(Keeper, "keep", failing)
    for _ in range(3):
        with pytest.raises(StoreUnavailable):
            desk.take_in()
        desk.take_in()
        desk.later()
    assert desk.take_in() == []
    assert [(row.state, row.attempts) for row in desk.arrivals()] == [("held", 3)]


def test_f45_a_database_without_room_says_so_and_goes_on_when_there_is_some(tmp_path: Path) -> None:
    """SQLite's own limit stands for a disk that is full: the error is the same."""
    url = f"sqlite:///{tmp_path}/small.db"
    migrate(url)
    word = settings.insert().values(id=1, name="word", value=b"x" * 1_000_000)
    ours = open_engine(url)
    event.listen(ours, "connect", lambda connection, _: connection.execute("PRAGMA max_page_count = 1"))
    with (
        pytest.raises(StoreBusy, match="disk of the database is full"),
        unavailable(),
        ours.execution_options(write=True).begin() as connection,
    ):
        connection.execute(word)
    ours.dispose()
    roomy = open_engine(url)
    with roomy.execution_options(write=True).begin() as connection:
        connection.execute(word)
    roomy.dispose()
