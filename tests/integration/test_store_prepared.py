"""Prepared statements say and do what SQLAlchemy would have said and done, on both engines."""

from __future__ import annotations

from datetime import timedelta, timezone

import pytest
from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError

from mailbot.store.prepared import WIDTH, Prepared, any_of, spread
from mailbot.store.schema import cases, events, metadata, settings, watches
from mailbot.store.unit_of_work import Transaction
from tests.desks import Desk
from tests.mails import MONDAY, mail

ADD = Prepared(insert(watches))
BY_NAME = Prepared(select(watches).where(watches.c.name == bindparam("the_name")))
BY_NAMES = Prepared(select(watches.c.name).where(any_of(watches.c.name, "name")).order_by(watches.c.name))


def add(transaction: Transaction, *names: str) -> None:
    rows = [{"id": transaction.work.new_id(), "name": name, "since": MONDAY, "seen_at": MONDAY} for name in names]
    ADD.change_each(transaction.work.connection, rows)


def names(transaction: Transaction) -> set[str]:
    return set(transaction.work.connection.execute(select(watches.c.name)).scalars())


def test_a_moment_comes_back_in_utc_whatever_its_offset_was(desk: Desk) -> None:
    at = MONDAY.astimezone(timezone(timedelta(hours=9)))
    with desk.store.writing() as transaction:
        ADD.change(transaction.work.connection, {"id": 1, "name": "a", "since": at, "seen_at": at})
        (row,) = BY_NAME.rows(transaction.work.connection, {"the_name": "a"})
    assert row.since == MONDAY
    assert row.since.utcoffset() == timedelta()


def test_every_column_of_a_case_reads_as_sqlalchemy_reads_it(desk: Desk) -> None:
    opened = desk.send(mail())
    with desk.store.reading() as transaction:
        connection, prepared = transaction.work.connection, Prepared(select(cases))
        (row,) = prepared.rows(connection, {})
        assert row._asdict() == connection.execute(select(cases)).one()._asdict()
    assert row.number == opened.case_number


def test_what_is_computed_in_the_database_has_its_label(desk: Desk) -> None:
    with desk.store.writing() as transaction:
        add(transaction, "a", "b")
        counted = Prepared(select(func.count().label("how_many")).select_from(watches))
        assert counted.rows(transaction.work.connection, {})[0].how_many == 2


@pytest.mark.parametrize("value", [b"", b"plain", b"\x00\xff", bytearray(b"of a large mail")])
def test_octets_come_back_as_they_were(desk: Desk, value: bytes) -> None:
    adding, found = Prepared(insert(settings)), Prepared(select(settings.c.value).where(settings.c.name == "x"))
    with desk.store.writing() as transaction:
        adding.change(transaction.work.connection, {"id": 1, "name": "x", "value": value})
        (row,) = found.rows(transaction.work.connection, {})
    assert row.value == bytes(value)


def test_values_go_where_their_names_stand_in_whatever_order_they_are_given(desk: Desk) -> None:
    row = {"seen_at": MONDAY, "name": "a", "since": MONDAY - timedelta(days=1), "id": 7}
    both = Prepared(
        select(watches.c.id).where(
            watches.c.since < bindparam("at", type_=watches.c.since.type),
            watches.c.name == bindparam("the_name"),
            watches.c.seen_at >= bindparam("at", type_=watches.c.since.type),
        )
    )
    with desk.store.writing() as transaction:
        connection = transaction.work.connection
        ADD.change(connection, row)
        assert [found.id for found in both.rows(connection, {"the_name": "a", "at": MONDAY})] == [7]
        assert both.rows(connection, {"at": MONDAY, "the_name": "b"}) == []


def test_rows_that_are_written_together_may_name_their_values_in_any_order(desk: Desk) -> None:
    rows = [
        {"id": 1, "name": "a", "since": MONDAY, "seen_at": MONDAY + timedelta(days=1)},
        {"seen_at": MONDAY + timedelta(days=3), "since": MONDAY + timedelta(days=2), "name": "b", "id": 2},
    ]
    with desk.store.writing() as transaction:
        assert ADD.change_each(transaction.work.connection, rows) == 2
        found = [BY_NAME.rows(transaction.work.connection, {"the_name": name})[0] for name in ("a", "b")]
    assert [row._asdict() for row in found] == rows


def test_what_stands_in_the_statement_itself_is_turned_as_a_value_is(desk: Desk) -> None:
    of_monday = Prepared(select(watches.c.name).where(watches.c.since == MONDAY, watches.c.seen_at == MONDAY))
    with desk.store.writing() as transaction:
        add(transaction, "a")
        assert [row.name for row in of_monday.rows(transaction.work.connection, {})] == ["a"]


def test_nothing_found_is_an_empty_list(desk: Desk) -> None:
    with desk.store.reading() as transaction:
        assert BY_NAME.rows(transaction.work.connection, {"the_name": "nobody"}) == []


def test_a_change_tells_how_many_rows_it_touched(desk: Desk) -> None:
    later = Prepared(update(watches).where(any_of(watches.c.name, "name")))
    with desk.store.writing() as transaction:
        add(transaction, "a", "b", "c")
        (asked,) = spread("name", ["a", "c", "no such"])
        assert later.change(transaction.work.connection, {**asked, "seen_at": MONDAY + timedelta(days=1)}) == 2


def test_the_columns_that_are_given_are_the_ones_that_are_set(desk: Desk) -> None:
    changing = Prepared(update(watches).where(watches.c.name == bindparam("the_name")))
    day, two = MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)
    with desk.store.writing() as transaction:
        connection = transaction.work.connection
        add(transaction, "a")
        changing.change(connection, {"the_name": "a", "since": day})
        changing.change(connection, {"the_name": "a", "seen_at": two})
        (row,) = BY_NAME.rows(connection, {"the_name": "a"})
    assert (row.since, row.seen_at) == (day, two)


@pytest.mark.parametrize("count", [1, WIDTH, WIDTH + 1, 3 * WIDTH])
def test_any_number_of_values_is_looked_for_each_once(desk: Desk, count: int) -> None:
    wanted = [f"n{number:03}" for number in range(count)]
    with desk.store.writing() as transaction:
        add(transaction, *wanted, "another")
        found = [row.name for row in transaction.work.rows_for(BY_NAMES, "name", wanted)]
    assert found == wanted


def test_no_values_are_looked_for_by_no_statement() -> None:
    assert list(spread("name", [])) == []


def test_inserting_no_rows_does_nothing(desk: Desk) -> None:
    with desk.store.writing() as transaction:
        ADD.change_each(transaction.work.connection, [])
        assert names(transaction) == set()


def test_rows_that_are_there_are_passed_over(desk: Desk) -> None:
    with desk.store.writing() as transaction:
        add(transaction, "a")
        row = {"since": MONDAY, "seen_at": MONDAY}
        again = [{"id": 901, "name": "a", **row}, {"id": 902, "name": "b", **row}]
        transaction.work.add_missing(watches, again)
        assert names(transaction) == {"a", "b"}


def test_a_broken_rule_is_told_as_sqlalchemy_tells_it_and_without_the_values(desk: Desk) -> None:
    with desk.store.writing() as transaction:
        add(transaction, "secret name")
    with pytest.raises(IntegrityError) as caught, desk.store.writing() as transaction:
        ADD.change(transaction.work.connection, {"id": 2, "name": "secret name", "since": MONDAY, "seen_at": MONDAY})
    assert caught.value.params is None
    assert not caught.value.connection_invalidated


def test_what_was_done_before_a_broken_rule_is_rolled_back_with_it(desk: Desk) -> None:
    with pytest.raises(IntegrityError), desk.store.writing() as transaction:
        add(transaction, "a", "b", "a")
    with desk.store.reading() as transaction:
        assert names(transaction) == set()


def test_a_savepoint_undoes_what_a_prepared_statement_did(desk: Desk) -> None:
    with desk.store.writing() as transaction:
        add(transaction, "a")
        with pytest.raises(IntegrityError), transaction.savepoint():
            add(transaction, "b", "a")
        add(transaction, "c")
    with desk.store.reading() as transaction:
        assert names(transaction) == {"a", "c"}


def test_a_statement_that_the_database_does_not_understand_is_its_fault_not_ours(desk: Desk) -> None:
    from sqlalchemy import Column, Integer, MetaData, Table

    elsewhere = Prepared(select(Table("no_such_table", MetaData(), Column("id", Integer))))
    with pytest.raises(Exception) as caught, desk.store.reading() as transaction:  # noqa: B017, PT011
        elsewhere.rows(transaction.work.connection, {})
    assert isinstance(caught.value.__cause__, OperationalError | ProgrammingError)


def test_every_table_can_be_written_by_a_prepared_insert(desk: Desk) -> None:
    with desk.store.reading() as transaction:
        dialect = transaction.work.connection.dialect
        for table in metadata.sorted_tables:
            text = Prepared(insert(table))._for(dialect, {column.name: None for column in table.columns}).text
            assert text.startswith(f"INSERT INTO {table.name}"), text


def test_texts_with_nul_are_cleaned_on_their_way_in(desk: Desk) -> None:
    with desk.store.writing() as transaction:
        row = {"id": 1, "case_id": None, "arrival_id": None, "letter_id": None, "at": MONDAY, "actor": "intake"}
        Prepared(insert(events)).change(transaction.work.connection, {**row, "kind": "case_opened", "why": "a\0b"})
        assert transaction.work.connection.execute(select(events.c.why)).scalars().all() == ["a\ufffdb"]
