"""Rows that wait for the end of their unit of work are seen by whoever could see them, and by nobody else."""

from __future__ import annotations

import pytest
from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from mailbot.store.prepared import Prepared, any_of
from mailbot.store.schema import arrival_contents, events, export_batches, settings, watches
from mailbot.store.unit_of_work import Transaction
from tests.desks import Desk
from tests.mails import MONDAY, mail

ADD = Prepared(insert(watches))
MOVE = Prepared(update(watches).where(watches.c.name == bindparam("the_name")))
ALL = Prepared(select(watches.c.name).order_by(watches.c.name))
BY_NAMES = Prepared(
    select(watches.c.name).where(any_of(watches.c.name, "name")).order_by(watches.c.name),
    by=(watches.c.name, "name"),
)
ELSEWHERE = Prepared(select(settings.c.name))


class Lost(Exception):
    """What a change that came too late raises."""


def row(transaction: Transaction, name: str) -> dict[str, object]:
    return {"id": transaction.work.new_id(), "name": name, "since": MONDAY, "seen_at": MONDAY}


def add(transaction: Transaction, *names: str) -> None:
    transaction.work.add(ADD, [row(transaction, name) for name in names])


def written(transaction: Transaction) -> list[str]:
    """What the database has, without writing what waits."""
    return [found.name for found in ALL.rows(transaction.work._connection, {})]


def kept(desk: Desk) -> list[str]:
    with desk.store.reading() as transaction:
        return written(transaction)


def test_rows_that_wait_are_written_at_the_end_of_the_unit(desk: Desk) -> None:
    with desk.store.writing() as transaction:
        add(transaction, "a")
        add(transaction, "b", "c")
        assert written(transaction) == []
    assert kept(desk) == ["a", "b", "c"]


def test_a_statement_that_could_see_a_row_sees_it(desk: Desk) -> None:
    with desk.store.writing() as transaction:
        add(transaction, "a")
        assert [found.name for found in transaction.work.rows(ALL)] == ["a"]
        assert written(transaction) == ["a"]


def test_a_statement_about_another_table_lets_them_wait(desk: Desk) -> None:
    with desk.store.writing() as transaction:
        add(transaction, "a")
        transaction.work.rows(ELSEWHERE)
        assert written(transaction) == []


def test_a_look_up_by_other_values_lets_them_wait(desk: Desk) -> None:
    with desk.store.writing() as transaction:
        add(transaction, "a", "b")
        assert list(transaction.work.rows_for(BY_NAMES, "name", ["c", "d"])) == []
        assert written(transaction) == []


def test_a_look_up_by_one_of_their_values_sees_them(desk: Desk) -> None:
    with desk.store.writing() as transaction:
        add(transaction, "a", "b")
        assert [found.name for found in transaction.work.rows_for(BY_NAMES, "name", ["c", "b"])] == ["b"]


def test_a_look_up_sees_what_was_added_since_the_last_one(desk: Desk) -> None:
    with desk.store.writing() as transaction:
        add(transaction, "a")
        assert list(transaction.work.rows_for(BY_NAMES, "name", ["b"])) == []
        add(transaction, "b")
        assert [found.name for found in transaction.work.rows_for(BY_NAMES, "name", ["b"])] == ["b"]
        add(transaction, "c")
        assert list(transaction.work.rows_for(BY_NAMES, "name", ["a"])) != []
        assert written(transaction) == ["a", "b"]


def test_a_look_up_after_a_failed_savepoint_finds_nothing_of_it(desk: Desk) -> None:
    with desk.store.writing() as transaction:
        with pytest.raises(Lost), transaction.savepoint():
            add(transaction, "a")
            assert [found.name for found in transaction.work.rows_for(BY_NAMES, "name", ["a"])] == ["a"]
            add(transaction, "b")
            raise Lost
        assert list(transaction.work.rows_for(BY_NAMES, "name", ["a", "b"])) == []


def test_whoever_takes_the_connection_sees_everything(desk: Desk) -> None:
    with desk.store.writing() as transaction:
        add(transaction, "a")
        assert transaction.work.connection.execute(select(watches.c.name)).scalars().all() == ["a"]


def test_a_change_of_the_table_comes_after_the_rows_that_were_added_before_it(desk: Desk) -> None:
    with desk.store.writing() as transaction:
        add(transaction, "a")
        assert transaction.work.change(MOVE, {"the_name": "a", "name": "b"}) == 1
    assert kept(desk) == ["b"]


def test_what_is_written_is_not_written_again(desk: Desk) -> None:
    with desk.store.writing() as transaction:
        add(transaction, "a")
        transaction.work.write()
        transaction.work.write()
    assert kept(desk) == ["a"]


def test_a_unit_that_fails_leaves_nothing_of_what_waited(desk: Desk) -> None:
    with pytest.raises(Lost), desk.store.writing() as transaction:
        add(transaction, "a")
        raise Lost
    assert kept(desk) == []


def test_a_row_that_breaks_a_rule_undoes_the_whole_unit_at_its_end(desk: Desk) -> None:
    with pytest.raises(IntegrityError), desk.store.writing() as transaction:
        ADD.change(transaction.work.connection, row(transaction, "first"))
        add(transaction, "a", "a")
    assert kept(desk) == []


def test_a_savepoint_that_fails_takes_what_waited_in_it_and_nothing_else(desk: Desk) -> None:
    with desk.store.writing() as transaction:
        add(transaction, "before")
        with pytest.raises(Lost), transaction.savepoint():
            add(transaction, "within")
            raise Lost
        add(transaction, "after")
    assert kept(desk) == ["after", "before"]


def test_a_row_that_breaks_a_rule_in_a_savepoint_undoes_only_the_savepoint(desk: Desk) -> None:
    with desk.store.writing() as transaction:
        add(transaction, "a")
        with pytest.raises(IntegrityError), transaction.savepoint():
            add(transaction, "b", "a")
        add(transaction, "c")
    assert kept(desk) == ["a", "c"]


def test_a_savepoint_that_goes_well_writes_what_waited_in_it(desk: Desk) -> None:
    with desk.store.writing() as transaction:
        with transaction.savepoint():
            add(transaction, "a")
        assert written(transaction) == ["a"]


def test_rows_are_written_after_those_that_they_refer_to(desk: Desk) -> None:
    arrival_id = desk.send(mail()).arrival_id
    event = {"id": 1, "case_id": None, "arrival_id": arrival_id, "letter_id": None, "at": MONDAY, "actor": "intake"}
    with desk.store.writing() as transaction:
        transaction.work.add(Prepared(insert(events)), [{**event, "kind": "case_opened", "why": "last"}])
        add(transaction, "a")
        transaction.work.write()
    with desk.store.reading() as transaction:
        query = select(events.c.why).where(events.c.id == 1)
        assert transaction.work.connection.execute(query).scalar_one() == "last"


@pytest.mark.parametrize("names", [("a",), ("a", "b", "c")])
def test_a_change_that_waits_must_touch_one_row_for_each(desk: Desk, names: tuple[str, ...]) -> None:
    with desk.store.writing() as transaction:
        add(transaction, "a", "b", "c")
    with desk.store.writing() as transaction:
        for name in names:
            transaction.work.change_one(MOVE, {"the_name": name, "name": f"{name} moved"}, Lost)
    assert sum(name.endswith("moved") for name in kept(desk)) == len(names)


@pytest.mark.parametrize("names", [("no such",), ("a", "no such", "b")])
def test_a_change_that_comes_too_late_undoes_the_unit(desk: Desk, names: tuple[str, ...]) -> None:
    with desk.store.writing() as transaction:
        add(transaction, "a", "b")
    with pytest.raises(Lost), desk.store.writing() as transaction:
        add(transaction, "c")
        for name in names:
            transaction.work.change_one(MOVE, {"the_name": name, "name": f"{name} moved"}, Lost)
    assert kept(desk) == ["a", "b"]


def test_rows_that_are_there_are_passed_over_also_when_they_wait_together(desk: Desk) -> None:
    with desk.store.writing() as transaction:
        batch = {"made_at": MONDAY, "cases": 0, "written_at": None}
        rows = [{"id": number, "name": name, **batch} for number, name in enumerate(["a", "b", "a"], 1)]
        transaction.work.add_missing(export_batches, rows)
        found = transaction.work.connection.execute(select(export_batches.c.id)).scalars().all()
    assert sorted(found) == [1, 2]


def test_a_statement_knows_all_tables_that_it_reads() -> None:
    within = select(events.c.arrival_id).where(events.c.kind == "arrival_held")
    both = select(arrival_contents.c.raw).where(arrival_contents.c.arrival_id.in_(within))
    assert Prepared(both).tables == {arrival_contents, events}
    assert Prepared(select(select(watches.c.id).limit(1).scalar_subquery())).tables == {watches}
    assert MOVE.tables == ADD.tables == {watches}


def test_a_digest_is_the_same_the_second_time_and_for_each_purpose_another(desk: Desk) -> None:
    with desk.store.reading() as transaction:
        work = transaction.work
        for purpose, value in (("address", "a@b.example"), ("text", b"a@b.example"), ("address", "c@b.example")):
            assert work.blind(purpose, value) == work.blind(purpose, value) == desk.store.sealer.blind(purpose, value)
