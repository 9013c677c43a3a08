"""Which mails of commands were seen, on both databases: by their id, or by their words and date."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.desks import Desk
from tests.mails import MONDAY, mail, message

TYPED = "#close"


def first(desk: Desk, arrival_id: int, typed: str = TYPED, sender: str = "ann@plan.example", **changes: Any) -> bool:
    values = {"message_id": "a1@plan.example", "subject": "Re: a case", "date": MONDAY} | changes
    with desk.store.writing() as transaction:
        return transaction.command_runs.is_first(arrival_id, message(sender, **values), typed)


def test_a_mail_is_first_once(desk: Desk) -> None:
    arrival = desk.record(mail()).arrival_id
    assert [first(desk, arrival) for _ in range(3)] == [True, False, False]


def test_the_same_id_with_other_words_is_no_first(desk: Desk) -> None:
    arrival = desk.record(mail()).arrival_id
    assert first(desk, arrival)
    assert not first(desk, arrival, "#reopen")
    assert not first(desk, arrival, date=MONDAY + timedelta(hours=1))


def test_the_same_words_of_the_same_moment_are_no_first_whatever_the_id(desk: Desk) -> None:
    arrival = desk.record(mail()).arrival_id
    assert first(desk, arrival)
    assert not first(desk, arrival, message_id="other@plan.example")
    assert not first(desk, arrival, message_id="")


def test_another_mail_of_the_same_person_is_first(desk: Desk) -> None:
    arrival = desk.record(mail()).arrival_id
    assert first(desk, arrival)
    assert first(desk, arrival, message_id="a2@plan.example", date=MONDAY + timedelta(minutes=1))
    assert first(desk, arrival, message_id="a3@plan.example", subject="Re: another case")


def test_an_id_is_its_senders_own(desk: Desk) -> None:
    """Nobody can use up the id of a mail that a colleague will write."""
    arrival = desk.record(mail()).arrival_id
    assert first(desk, arrival, sender="ben@plan.example")
    assert first(desk, arrival)


def test_what_was_rolled_back_was_not_seen(desk: Desk) -> None:
    arrival = desk.record(mail()).arrival_id
    try:
        with desk.store.writing() as transaction:
            assert transaction.command_runs.is_first(arrival, message("ann@plan.example"), TYPED)
            raise RuntimeError
    except RuntimeError:
        pass
    assert first(desk, arrival)
