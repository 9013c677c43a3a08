"""The schema comes about by migrations on both databases, and opening the store proves that schema and key fit."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, select, text

from mailbot.cases.facts import Facts
from mailbot.cases.understanding import Found, Where
from mailbot.clock import SetClock
from mailbot.errors import ConfigurationError, KeyUnusable, StoreUnavailable
from mailbot.mail import Address
from mailbot.store.engine import MIGRATIONS, has_schema, is_current, migrate, open_engine
from mailbot.store.schema import case_members, letters, messages, metadata
from mailbot.store.sealing import MasterKey
from mailbot.store.unit_of_work import open_store
from tests.desks import Desk, open_desk
from tests.mails import MONDAY, mail, message

DANA = Address("dana@broker.example")
KEY, OTHER_KEY = MasterKey(b"k" * 32), MasterKey(b"o" * 32)
CLOCK = SetClock(MONDAY)


def test_an_empty_database_is_brought_up_to_date(empty_database_url: str) -> None:
    assert not has_schema(empty_database_url)
    migrate(empty_database_url)
    assert has_schema(empty_database_url)
    assert is_current(empty_database_url)
    migrate(empty_database_url)
    assert is_current(empty_database_url)


def test_two_nodes_may_migrate_at_the_same_time(empty_database_url: str) -> None:
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(migrate, [empty_database_url] * 2))
    assert is_current(empty_database_url)


def test_f57_a_file_cannot_be_without_its_row_for_it_is_never_kept_apart() -> None:
    """The bytes of a file are those of its arrival; its row says only which part of the mail it is."""
    columns = metadata.tables["attachments"].columns
    assert [column.name for column in columns if "content" in column.name] == ["content_type"]
    assert columns["part"].nullable is False
    (parent,) = columns["message_id"].foreign_keys
    assert parent.column.table.name == "messages"


def test_a_new_sqlite_file_may_be_opened_by_several_at_the_same_moment(tmp_path: Path) -> None:
    """SQLite waits for no lock when a file is set to write-ahead logging; one in sixty of these rounds failed on it."""

    def write(url: str) -> None:
        engine = open_engine(url)
        with engine.execution_options(write=True).begin() as connection:
            connection.exec_driver_sql("CREATE TABLE IF NOT EXISTS seen (who INTEGER)")
            connection.exec_driver_sql("INSERT INTO seen VALUES (1)")
        engine.dispose()

    with ThreadPoolExecutor(4) as pool:
        for number in range(150):
            list(pool.map(write, [f"sqlite:///{tmp_path}/{number}.db"] * 4))


def test_the_migrations_make_the_tables_that_the_code_knows(database_url: str) -> None:
    engine = open_engine(database_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        difference = compare_metadata(context, metadata)
    engine.dispose()
    assert difference == []


#: What was there and nothing was looked up by.
LEFT_OUT = {"ix_events_arrival_id", "ix_case_members_case_id"}


def indexes(url: str) -> set[str]:
    engine = open_engine(url)
    with engine.connect() as connection:
        looking = inspect(connection)
        found = {str(index["name"]) for table in looking.get_table_names() for index in looking.get_indexes(table)}
    engine.dispose()
    return found


def test_a_desk_of_an_older_version_loses_the_indexes_that_nobody_needs_and_gets_them_back(
    empty_database_url: str,
) -> None:
    migrate(empty_database_url)
    now = indexes(empty_database_url)
    for version, there in (("0010", now | LEFT_OUT), ("head", now)):
        change_version(empty_database_url, version)
        assert indexes(empty_database_url) == there
    assert not now & LEFT_OUT


def change_version(url: str, version: str) -> None:
    """Bring a database to an older version, or to "head"."""
    engine = open_engine(url)
    with engine.execution_options(write=True).begin() as connection:
        configuration = Config()
        configuration.set_main_option("script_location", str(MIGRATIONS))
        configuration.attributes["connection"] = connection
        (command.upgrade if version == "head" else command.downgrade)(configuration, version)
    engine.dispose()


def test_a_desk_of_an_older_version_still_counts_what_it_sent_today_and_knows_whom_its_cases_are_about(
    tmp_path: Path, database_url: str
) -> None:
    """Its letters, mails and members get the day and the week in which they were made; what is older gets no day."""
    facts = Facts(fields=(Found("subscriber_id", "W883104512", Where.BODY),))
    with open_desk(tmp_path / "desk", database_url) as desk:
        desk.send(mail("Old words."), sender="old@broker.example")
        desk.later(timedelta(days=20))
        desk.send(mail("Today's words."))
        with desk.store.writing() as transaction:
            transaction.cases._remember_members(desk.cases()[0].case_id, facts)
        before = made_on(desk)
        for version in ("0011", "head"):
            change_version(database_url, version)
        assert made_on(desk) == {
            **before,
            "letters": [None, before["letters"][1]],
            "messages": [None, *before["messages"][1:]],
        }
        with desk.store.reading() as transaction:
            today = transaction.outbox.spent(DANA, message(DANA.address, new_text="Today's words."), None)
            assert transaction.cases.same_member(facts, "other.general", timedelta(days=90))
    assert (today.address_today, today.same_text_today) == (1, 1)


def made_on(desk: Desk) -> dict[str, list[int | None]]:
    """The days or weeks of all rows that have some, oldest first."""
    columns = (letters.c.day, messages.c.day, case_members.c.week)
    with desk.store.reading() as transaction:
        return {
            column.table.name: list(
                transaction.work.connection.execute(select(column).order_by(column.table.c.id)).scalars()
            )
            for column in columns
        }


def test_whoever_comes_next_gets_the_connection_that_was_used_last(sqlite_url: str) -> None:
    """It has read the file already; where several take turns each has to read it anew."""
    engine = open_engine(sqlite_url)
    with engine.connect(), engine.connect() as last:
        used = last.connection.driver_connection
        last.close()
        for _ in range(4):
            with engine.connect() as again:
                assert again.connection.driver_connection is used
    for _ in range(4):
        with engine.connect() as again:
            own = again.connection.driver_connection
        with engine.connect() as next_one:
            assert next_one.connection.driver_connection is own
    engine.dispose()


def test_f49_a_database_of_another_version_is_refused_with_the_remedy(empty_database_url: str) -> None:
    with pytest.raises(ConfigurationError, match="mailbot init"):
        open_store(empty_database_url, (KEY,), CLOCK)
    migrate(empty_database_url)
    engine = open_engine(empty_database_url)
    with engine.execution_options(write=True).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(ConfigurationError, match="another version"):
        open_store(empty_database_url, (KEY,), CLOCK)


def test_f48_a123_another_key_is_refused_with_the_remedy_and_the_right_one_still_opens(database_url: str) -> None:
    open_store(database_url, (KEY,), CLOCK).close()
    with pytest.raises(KeyUnusable, match="put back your copy"):
        open_store(database_url, (OTHER_KEY,), CLOCK)
    open_store(database_url, (KEY,), CLOCK).close()
    open_store(database_url, (OTHER_KEY, KEY), CLOCK).close()


def test_f14_sqlite_is_set_so_that_a_commit_survives_a_power_cut(sqlite_url: str) -> None:
    engine = open_engine(sqlite_url)
    with engine.connect() as connection:
        read = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in PRAGMAS}
    engine.dispose()
    assert read == PRAGMAS


PRAGMAS = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 10_000}


@pytest.mark.parametrize(
    "url", ["", "nonsense", "mysql://a@b/c", "oracle://a@b/c", "sqlite", "postgresql+nothing://a@b/c"]
)
def test_a_url_that_is_none_is_refused_with_an_example(url: str) -> None:
    with pytest.raises(ConfigurationError, match="sqlite:///FILE or postgresql://USER@HOST/NAME"):
        open_engine(url)


@pytest.mark.parametrize("kind", ["postgresql", "sqlite"])
def test_f46_a_database_that_does_not_answer_is_a_reason_to_try_again(kind: str, tmp_path: Path) -> None:
    urls = {
        "postgresql": f"postgresql://mailbot:hunter2@/none?host={tmp_path}",
        "sqlite": f"sqlite:///{tmp_path}/no/such/folder/mailbot.db",
    }
    with pytest.raises(StoreUnavailable, match="did not answer") as caught:
        open_store(urls[kind], (KEY,), CLOCK)
    assert "hunter2" not in str(caught.value)
    assert str(tmp_path) not in str(caught.value)
    assert caught.value.exit_status == 75


@pytest.mark.parametrize(
    ("kind", "why"),
    [("a text", "is no SQLite database"), ("a folder", "cannot be opened"), ("in no folder", "cannot be opened")],
)
def test_f48_what_is_no_database_is_told_and_a_reason_to_try_again(kind: str, why: str, tmp_path: Path) -> None:
    """Mail waits meanwhile: whoever puts the file back loses none."""
    path = tmp_path / ("mailbot.db" if kind != "in no folder" else "none/mailbot.db")
    if kind == "a folder":
        path.mkdir()
    elif kind == "a text":
        path.write_bytes(b"this is no database, but a text of some length" * 100)
    with pytest.raises(StoreUnavailable, match=f"did not answer, because its file {why}: see that database.url"):
        open_store(f"sqlite:///{path}", (KEY,), CLOCK)
