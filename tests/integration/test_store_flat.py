"""What is looked up costs no more because there are more cases: counted with four times as many, not timed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, event, text

from mailbot.cases.facts import Facts
from mailbot.mail import Address
from mailbot.store.unit_of_work import Store, Transaction
from tests.desks import Desk, open_desk
from tests.mails import mail
from tests.past.growing import grow
from tests.past.looks import Known, Look, known, looks
from tests.servers.postgres import PostgresServer

FEW, MANY = 500, 2_000
NAMES = list(looks(Known(0, "", Address("a@b.example"), "", "", Facts(), "")))
#: Their cost is bounded, by the 500 newest cases of a correspondent; so many are not there yet.
BOUNDED = {"cases of a busy address"}
#: PostgreSQL rightly reads a table of two thousand rows for two hundred of them.
PAGES = {"cases, a page", "cases, a later page", "cases, a page as JSON", "cases --category"}
GENEROUS = {"per_address_a_day": 1_000, "per_domain_an_hour": 1_000, "per_case_a_day": 1_000, "in_all_an_hour": 10_000}

#: By the name of a look, what it took with few cases and with many.
Counts = dict[str, tuple[int, int]]


@contextmanager
def old_desk(folder: Path, url: str, cases: int) -> Iterator[Desk]:
    """A desk that has had so many cases."""
    with open_desk(folder, url, outgoing=GENEROUS) as desk:
        grow(desk.app, url, cases, variants=1)
        yield desk


def counted(store: Store, work: Callable[[], object]) -> int:
    """How many instructions SQLite's machine runs for it: what it reads, compares and sorts, but no waiting."""
    count = 0

    def one_more() -> int:
        nonlocal count
        count += 1
        return 0

    def watch(connection: Connection) -> None:
        connection.connection.driver_connection.set_progress_handler(one_more, 1)  # type: ignore[union-attr]

    event.listen(store._readers, "begin", watch)
    try:
        work()
    finally:
        event.remove(store._readers, "begin", watch)
        store.close()
    return count


def _steps(desk: Desk, look: Look) -> int:
    def look_up() -> None:
        with desk.store.writing() as transaction:
            look(transaction)

    return counted(desk.store, look_up)


@pytest.fixture(scope="module")
def old_desks(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[tuple[Desk, Desk]]:
    """A desk that has had few cases and one that has had many, on SQLite."""
    folder = tmp_path_factory.mktemp("old")
    files = [folder / "few.db", folder / "many.db"]
    for file in files:
        file.write_bytes(sqlite_template.read_bytes())
    with (
        old_desk(folder / "few", f"sqlite:///{files[0]}", FEW) as few,
        old_desk(folder / "many", f"sqlite:///{files[1]}", MANY) as many,
    ):
        yield few, many


@pytest.fixture(scope="module")
def steps(old_desks: tuple[Desk, Desk]) -> Counts:
    """Instructions of SQLite."""
    few, many = ({name: _steps(desk, look) for name, look in looks(known(desk.app)).items()} for desk in old_desks)
    return {name: (few[name], many[name]) for name in NAMES}


@pytest.mark.parametrize("name", sorted({*NAMES} - BOUNDED))
def test_a_look_takes_as_many_steps_with_four_times_as_many_cases(name: str, steps: Counts) -> None:
    few, many = steps[name]
    assert 0 < many <= 1.3 * few + 50


def test_a_mail_takes_as_many_steps_with_four_times_as_many_cases(old_desks: tuple[Desk, Desk]) -> None:
    """Recording it, taking it in, the letter that answers it, and the timetable's looks around that."""

    def work(desk: Desk) -> None:
        desk.record(mail("One more."))
        assert [taken.outcome for taken in desk.take_in()] == ["case_opened"]
        assert desk.deliver() == 1
        desk.app.timekeeper.sweep()
        desk.app.noticeboard.post()

    few, many = (counted(desk.store, lambda desk=desk: work(desk)) for desk in old_desks)
    assert 0 < many <= 1.1 * few


class Undone(Exception):
    """Takes back what a unit of work has done."""


#: How everything comes to wait, as when a server is away, and how twenty of it are taken.
QUEUES: dict[str, tuple[str, Look]] = {
    "letters": (
        "UPDATE letters SET state = 'later', due_at = composed_at",
        lambda t: (t.outbox.hold_exhausted(), t.outbox.claim(20, "test", timedelta(minutes=5))),
    ),
    "arrivals": (
        "UPDATE arrivals SET state = 'new', attempts = 0, due_at = received_at",
        lambda t: (t.arrivals.hold_exhausted(), t.arrivals.take(20, "test", timedelta(minutes=5))),
    ),
}


@pytest.mark.parametrize("name", sorted(QUEUES))
def test_taking_twenty_takes_as_many_steps_from_a_queue_four_times_as_long(
    name: str, old_desks: tuple[Desk, Desk]
) -> None:
    fill, take = QUEUES[name]

    def taken(desk: Desk) -> int:
        steps = 0

        def one_more() -> int:
            nonlocal steps
            steps += 1
            return 0

        with pytest.raises(Undone), desk.store.writing() as transaction:
            transaction.work.connection.execute(text(fill))
            driver = transaction.work.connection.connection.driver_connection
            driver.set_progress_handler(one_more, 1)  # type: ignore[union-attr]
            take(transaction)
            driver.set_progress_handler(None, 1)  # type: ignore[union-attr]
            raise Undone
        return steps

    few, many = map(taken, old_desks)
    assert 0 < many <= 1.1 * few


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory, postgres: PostgresServer, postgresql_template: str) -> Counts:
    """Rows that PostgreSQL reads of tables that it has no statistics of, as after a restore."""
    found = []
    for cases in (FEW, MANY):
        with postgres.database(postgresql_template) as url:
            folder = tmp_path_factory.mktemp("old")
            with open_desk(folder / "desk", url, outgoing=GENEROUS) as desk:
                with desk.store.writing() as transaction:
                    _forbid_statistics(transaction)
                grow(desk.app, url, cases, variants=1)
                found.append({name: _read(desk.store, look) for name, look in looks(known(desk.app)).items()})
    return {name: (found[0][name], found[1][name]) for name in NAMES}


@pytest.mark.parametrize("name", sorted({*NAMES} - BOUNDED - PAGES))
def test_postgresql_reads_as_many_rows_with_four_times_as_many_cases_and_no_statistics(name: str, rows: Counts) -> None:
    few, many = rows[name]
    assert many <= 1.3 * few + 100  # a table of two pages is read as a whole, and rightly


def _forbid_statistics(transaction: Transaction) -> None:
    for table in transaction.work.connection.execute(text("SELECT relname FROM pg_stat_user_tables")).scalars().all():
        transaction.work.connection.execute(text(f"ALTER TABLE {table} SET (autovacuum_enabled = off)"))


def _read(store: Store, look: Look) -> int:
    """Asked again and again, so that the plan that is made for any value is met as well."""
    most = 0
    for _ in range(7):
        with store.writing() as transaction:
            before = _rows_so_far(transaction)
            look(transaction)
            most = max(most, _rows_so_far(transaction) - before)
    return most


def _rows_so_far(transaction: Transaction) -> int:
    query = "SELECT sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)) FROM pg_stat_xact_user_tables"
    return int(transaction.work.connection.execute(text(query)).scalar_one() or 0)
