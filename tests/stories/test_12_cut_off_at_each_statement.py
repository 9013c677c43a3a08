"""A unit of work that is broken off at any of its statements leaves nothing, and a later one does all of it once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import Engine, event, func, select

from mailbot.cases.events import EventKind
from mailbot.intake import Intake
from mailbot.replies.outbox import Dispatch
from mailbot.store import engine, prepared
from mailbot.store.schema import attempts, metadata
from tests.desks import Desk
from tests.mails import mail
from tests.stories.tales import Tale

#: More than any of these units of work needs; a drill ends at the first that comes to its end.
MANY = 200


class PowerCut(BaseException):
    """As if the process had died there: nothing catches it, and the database rolls back."""


@contextmanager
def cut_off(owner: Any, method: str, statement: int) -> Iterator[None]:
    """Raise in place of that statement (from 1) of what is done inside this method."""
    inside: list[int] = []
    done, cursor_of = getattr(owner, method), prepared._cursor

    def watched(*given: Any, **named: Any) -> Any:
        inside.append(0)
        try:
            return done(*given, **named)
        finally:
            inside.clear()

    def reached(*_: Any) -> None:
        if inside:
            inside[0] += 1
            if inside[0] == statement:
                raise PowerCut

    def cursor(connection: Any) -> Any:
        reached()
        return cursor_of(connection)

    event.listen(Engine, "before_cursor_execute", reached)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(owner, method, watched)
        patch.setattr(prepared, "_cursor", cursor)
        try:
            yield
        finally:
            event.remove(Engine, "before_cursor_execute", reached)


def rows(desk: Desk) -> dict[str, int]:
    """How many rows each table has; not the tries of letters, which are committed before anything is sent."""
    with desk.store.reading() as transaction:
        connection = transaction.work.connection
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in metadata.sorted_tables
            if table is not attempts
        }


def cut_off_at_each(desk: Desk, unit: tuple[type, str], prepare: Callable[[int], None], act: Callable[[], Any]) -> int:
    """Cut the unit off at its first, its second, ... statement, each time over new work; how many it has.

    AssertionError when one that was cut off left a row behind.
    """
    for statement in count(1):
        prepare(statement)
        before = rows(desk)
        with cut_off(*unit, statement), suppress(PowerCut):
            act()
            return statement - 1
        assert rows(desk) == before, f"cut off at statement {statement}"
        assert statement < MANY
    raise AssertionError


def test_f05_a_mail_is_kept_wholly_or_not_at_all(tale: Tale) -> None:
    desk, numbers = tale.desk, []

    def prepare(number: int) -> None:
        sender = f"p{number}@broker{number}.example"
        numbers.append(desk.record(mail("Please change my doctor.", sender=sender), sender).arrival_id)

    statements = cut_off_at_each(desk, (Intake, "_take_in"), prepare, lambda: desk.app.intake.take_in_one(numbers[-1]))
    assert statements > 10, "the drill watches the statements of the unit"
    assert len(desk.cases()) == 1
    desk.later()
    desk.take_in()
    desk.deliver()
    assert {row.state for row in desk.arrivals()} == {"done"}
    assert len(desk.cases()) == len(numbers)
    assert Counter(letter.kind for letter in desk.letters()) == {"info_request": len(numbers)}
    assert len({letter.to for letter in tale.courier.letters}) == len(tale.courier.letters) == len(numbers)


def test_f11_a_letter_is_noted_with_its_event_and_its_clock_or_not_at_all(tale: Tale) -> None:
    desk, cases = tale.desk, []

    def prepare(number: int) -> None:
        sender = f"p{number}@broker{number}.example"
        cases.append(desk.send(mail("Please change my doctor.", sender=sender), sender).case_number)

    statements = cut_off_at_each(desk, (Dispatch, "_note"), prepare, desk.deliver)
    assert statements > 3, "the drill watches the statements of the unit"
    in_doubt = [letter for letter in desk.letters() if letter.state == "sending"]
    assert len(in_doubt) == statements
    for letter in in_doubt:
        assert tale.whys(letter.case_number or "", EventKind.LETTER_SENT) == []
        assert tale.day_due(letter.case_number or "") == "never"
    desk.later(timedelta(hours=1))
    desk.deliver()
    for number in cases:
        assert len(tale.whys(number or "", EventKind.LETTER_SENT)) == 1
        assert tale.day_due(number or "") != "never"
    sent = Counter(letter.message_id for letter in tale.courier.letters)
    assert sorted(sent.values()) == [1] + [2] * statements, "the answer was lost once, and then noted"


@pytest.mark.parametrize("statement", [2, 20, 60])
def test_f12_a_migration_that_is_cut_off_leaves_the_database_as_it_was(empty_database_url: str, statement: int) -> None:
    """The next start does all of it; nothing has to be mended by hand."""
    with cut_off(engine, "migrate", statement), pytest.raises(PowerCut):
        engine.migrate(empty_database_url)
    assert not engine.has_schema(empty_database_url)
    engine.migrate(empty_database_url)
    assert engine.is_current(empty_database_url)
