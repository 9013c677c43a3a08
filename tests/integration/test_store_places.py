"""Where new rows stand in the indexes: each place of its own is a page to write, at a desk of a million cases."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import timedelta
from itertools import count, pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column, Connection, Table, UniqueConstraint, select

from mailbot.cases.understanding import Found, Understanding, Where
from mailbot.store.schema import metadata
from tests.desks import open_desk
from tests.mails import mail
from tests.past.growing import grow
from tests.readers import read_by

CASES = 500
#: Indexes in which each new row has a place of its own, because what they look up may be of any age: whether a mail was
#: here before, which case has an id, who is on which cases, and which are of a group. Others grow at one end.
SCATTERED = {
    "uq_arrivals_content_key",
    "uq_message_ids_key_case_id_origin",
    "ix_cases_group_key",
    "ix_correspondents_address_key",
}
MAILS = 20
#: Of each kind, state and category the newest stand together; these mails make a few of each.
FEW_PLACES = 5


def _ordered(table: Table) -> Iterator[tuple[str, list[Column[Any]]]]:
    """The indexes of a table by name, and what they are ordered by."""
    for index in table.indexes:
        yield str(index.name), list(index.columns)
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint):
            yield "_".join(["uq", table.name, *(each.name for each in constraint.columns)]), list(constraint.columns)


def _places(connection: Connection, table: Table, columns: list[Column[Any]], newest: int) -> int:
    """In how many places of an index the rows stand that are newer than this id, those side by side in one."""
    row_id = next(iter(table.primary_key))
    query = select(row_id > newest).where(columns[0].is_not(None)).order_by(*columns, row_id)
    new = [False, *connection.execute(query).scalars()]
    return sum(after and not before for before, after in pairwise(new))


def _inquiry(number: int) -> Understanding:
    """What nobody has said before, of a group and a member of its own."""
    values = {"subscriber_id": f"W{secrets.randbelow(10**9):09d}", "group_number": f"{7_000_000 + number * 37}"}
    return Understanding(
        "eligibility.add_dependent",
        0.95,
        fields=tuple(Found(name, value, Where.BODY) for name, value in values.items()),
        language="en",
    )


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> dict[str, int]:
    """In how many places of each index the rows of twenty mails stand, and of the letters that answer them."""
    folder = tmp_path_factory.mktemp("places")
    file = folder / "desk.db"
    file.write_bytes(sqlite_template.read_bytes())
    with open_desk(folder / "desk", f"sqlite:///{file}") as desk:
        grow(desk.app, f"sqlite:///{file}", CASES, variants=1)
        desk.later(timedelta(days=8))  # what the past was copied from is of the day on which it was played
        with desk.store.writing() as transaction:
            newest = transaction.work.new_id()
        desk.later(timedelta(minutes=1))
        for number in range(MAILS):
            desk.record(mail(f"Number {number}.", sender=f"new{number}@of{number}.example.net"))
        meant = map(_inquiry, count())
        read_by(desk.app, lambda sent: next(meant))
        assert [taken.outcome for taken in desk.take_in()] == ["case_opened"] * MAILS
        assert desk.deliver() == MAILS
        with desk.store.reading() as transaction:
            connection = transaction.work.connection
            return {
                name: _places(connection, table, columns, newest)
                for table in metadata.sorted_tables
                for name, columns in _ordered(table)
            }


def test_the_rows_of_twenty_mails_stand_side_by_side_in_every_index_but_four(places: dict[str, int]) -> None:
    """A page is written for each place: at a million cases twenty for each index that is ordered by a digest."""
    assert {name for name, count in places.items() if count > FEW_PLACES} == SCATTERED
    assert sum(count for name, count in places.items() if name not in SCATTERED) <= 40


def test_an_index_that_is_ordered_by_a_digest_has_a_place_for_each_mail(places: dict[str, int]) -> None:
    """So that the test above would see one."""
    assert all(places[name] > MAILS // 2 for name in SCATTERED)
