"""Two things at the same moment: a closing and the reply to it, or two sweeps: nothing is lost, nothing doubled."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest

from mailbot.store.due import DueCase
from tests.desks import open_desk
from tests.mails import mail, reply
from tests.stories.lacks import DEADLINE_PASSED
from tests.stories.tales import BOTH, Tale

ROUNDS = 100


def together(*acts: Callable[[], object]) -> None:
    """All at the same moment; what one raises is raised."""
    barrier, raised = threading.Barrier(len(acts)), list[Exception]()

    def act(do: Callable[[], object]) -> None:
        barrier.wait()
        try:
            do()
        except Exception as error:  # noqa: BLE001 it is raised again in the test's own thread
            raised.append(error)

    threads = [threading.Thread(target=act, args=(do,)) for do in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if raised:
        raise raised[0]


def ask_many(tale: Tale) -> list[DueCase]:
    """Cases of as many people, all past their deadline."""
    for number in range(ROUNDS):
        tale.desk.record(mail("Please change my doctor.", sender=f"p{number}@broker.example", subject="New doctor"))
    tale.desk.take_in()
    tale.desk.deliver()
    tale.on(DEADLINE_PASSED)
    with tale.desk.store.reading() as transaction:
        return transaction.due.closings()


@pytest.mark.parametrize("late", [False, True], ids=["in_time", "late"])
def test_f37_a_closing_and_a_reply_in_the_same_second_lose_no_reply(tale: Tale, late: bool) -> None:
    """Whichever comes first: a reply in time ends in its own case, a late one there or in one that follows it."""
    due = ask_many(tale)
    requests = {row.case_number: row for row in tale.desk.letters()}
    received_at = tale.desk.clock.moment - (timedelta() if late else timedelta(hours=10))
    for case in due:
        request = requests[case.number]
        answer = reply(BOTH, to_id=request.message_id, sender=request.to)
        together(
            lambda raw=answer: tale.desk.send(raw, None, received_at=received_at),
            lambda one=case: tale.desk.app.timekeeper._consider(one),
        )
    rows = {row.number: row for row in tale.desk.cases()}
    followed = {number for row in rows.values() for number, relation in row.linked if relation == "follows"}
    assert len(due) == ROUNDS
    for case in due:
        thread = [message.kind for message in tale.desk.thread(case.number)]
        if late and rows[case.number].state == "closed_no_reply":
            assert (thread, case.number in followed) == (["inquiry"], True)
        else:
            assert (rows[case.number].state, thread) == ("awaiting_staff", ["inquiry", "reply"])
    # Who is told that the case is closed was told the truth.
    tale.desk.deliver()
    closed = [row.number for row in rows.values() if row.state == "closed_no_reply"]
    told = [row.case_number for row in tale.desk.letters() if (row.kind, row.state) == ("closed_no_reply", "sent")]
    assert sorted(told) == sorted(closed)


@pytest.mark.parametrize(("day", "kind"), [("2026-11-28", "reminder"), (DEADLINE_PASSED, "closed_no_reply")])
def test_f55_two_nodes_that_sweep_at_once_write_each_letter_once(
    tale: Tale, database_url: str, day: str, kind: str
) -> None:
    ask_many(tale)
    tale.on(day)
    with open_desk(tale.desk.config_file.parent, database_url, tale.desk.clock.moment) as second:
        other = Tale(second)
        together(tale.desk.app.timekeeper.sweep, other.desk.app.timekeeper.sweep)
        together(tale.desk.deliver, other.desk.deliver)
    sent = [letter.to.address for each in (tale, other) for letter in each.courier.letters if letter.kind == kind]
    assert len(sent) == len(set(sent)) == ROUNDS
