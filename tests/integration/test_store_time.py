"""What the store knows of time, on both databases: what is due, what was watched, what held mail may belong to."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import event

from mailbot.cases.proof import Watch
from mailbot.cases.states import State
from mailbot.ingest.watchman import Watchman
from mailbot.mail import Address, Envelope
from mailbot.store import due
from mailbot.store.arrivals import NewArrival
from mailbot.store.due import DueCase
from mailbot.store.evidence import LISTENER
from tests.desks import Desk
from tests.mails import EVE, MONDAY, mail
from tests.understood import INCOMPLETE, opened

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


def waiting(desk: Desk, reply_due: datetime, remind_at: datetime | None = None, **headers: str) -> int:
    """A case that waits for its sender until then; its id."""
    number = opened(desk, INCOMPLETE, **headers)
    with desk.store.writing() as transaction:
        case_id = transaction.cases.find(number) or 0
        transaction.cases.start_clock(case_id, reply_due, remind_at)
    return case_id


def closings(desk: Desk) -> list[DueCase]:
    """All pages."""
    found: list[DueCase] = []
    with desk.store.reading() as transaction:
        while page := transaction.due.closings(found[-1] if found else None):
            found += page
    return found


def reminders(desk: Desk) -> list[int]:
    with desk.store.reading() as transaction:
        return [case.case_id for case in transaction.due.reminders()]


def test_what_is_due_comes_by_pages_in_the_order_of_its_moment(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(due, "PAGE", 3)
    moments = [MONDAY - 2 * DAY, MONDAY - 3 * DAY, MONDAY - 2 * DAY, MONDAY + DAY, MONDAY - DAY, MONDAY - 2 * DAY]
    ids = [waiting(desk, moment, text=f"case {n}") for n, moment in enumerate(moments)]
    assert [case.case_id for case in closings(desk)] == [ids[1], ids[0], ids[2], ids[5], ids[4]]


def test_a_case_is_due_only_while_it_waits_for_its_sender(desk: Desk) -> None:
    case_id = waiting(desk, MONDAY - DAY)
    other = waiting(desk, MONDAY - DAY, text="Another.")
    assert len(closings(desk)) == 2
    with desk.store.writing() as transaction:
        transaction.cases.enter(case_id, State.AWAITING_STAFF)
        transaction.cases.merge(other, case_id)
    assert closings(desk) == []


def test_a_reminder_is_due_before_the_deadline_and_while_the_clock_runs(desk: Desk) -> None:
    now = MONDAY
    kept = waiting(desk, now + DAY, now - MINUTE)
    waiting(desk, now + DAY, now + MINUTE, text="Not yet.")
    waiting(desk, now - MINUTE, now - DAY, text="Too late.")
    stopped = waiting(desk, now + DAY, now - MINUTE, text="Stopped.")
    with desk.store.writing() as transaction:
        transaction.cases.stop_clock(stopped, "it bounced")
    assert reminders(desk) == [kept]


def test_the_deadline_of_a_case_closed_for_want_of_a_reply_is_kept(desk: Desk) -> None:
    case_id = waiting(desk, MONDAY - DAY)
    with desk.store.writing() as transaction:
        transaction.cases.enter(case_id, State.CLOSED_NO_REPLY)
        assert transaction.cases.read(case_id).reply_due == MONDAY - DAY
        transaction.cases.enter(case_id, State.AWAITING_STAFF)
        assert transaction.cases.read(case_id).reply_due is None


def test_a_sweep_reads_what_is_due_by_index(small_desk: Desk) -> None:
    statements: list[str] = []
    engine = small_desk.store._readers

    def heard(connection: object, cursor: object, statement: str, *rest: object) -> None:
        if statement.startswith("SELECT"):
            statements.append(statement)

    event.listen(engine, "before_cursor_execute", heard)
    with small_desk.store.reading() as transaction:
        for after in (None, DueCase(1, "", MONDAY)):
            transaction.due.closings(after)
            transaction.due.reminders(after)
        event.remove(engine, "before_cursor_execute", heard)
        plans = [
            " ".join(
                str(row)
                for row in transaction.work.connection.exec_driver_sql(
                    f"EXPLAIN QUERY PLAN {statement}", (MONDAY.isoformat(),) * statement.count("?")
                )
            )
            for statement in statements
        ]
    assert all("USING INDEX ix_cases_reply_due" in plan for plan in plans[::2])
    assert all("USING INDEX ix_cases_remind_at" in plan for plan in plans[1::2])
    assert (len(plans), "B-TREE" in "".join(plans)) == (4, False), "the index has the order already"


# The watch over the listener.


def beats(desk: Desk, *spans: timedelta, unbroken: bool = False) -> Watch | None:
    """The watch after beats with these spans between them."""
    for span in (timedelta(), *spans):
        desk.later(span)
        with desk.store.writing() as transaction:
            transaction.watches.beat(LISTENER, unbroken=unbroken)
    with desk.store.reading() as transaction:
        return transaction.watches.get(LISTENER)


def test_a_listener_that_never_ran_has_no_watch(desk: Desk) -> None:
    with desk.store.reading() as transaction:
        assert transaction.watches.get(LISTENER) is None


def test_a_watch_goes_on_while_beats_come(desk: Desk) -> None:
    assert beats(desk, MINUTE, MINUTE, 3 * MINUTE) == Watch(MONDAY, MONDAY + 5 * MINUTE)


def test_f36_a_silence_of_more_than_minutes_is_an_outage_that_ends_now(desk: Desk) -> None:
    assert beats(desk, MINUTE, 6 * MINUTE, MINUTE) == Watch(MONDAY + 7 * MINUTE, MONDAY + 8 * MINUTE)


def test_f41_a_clock_that_is_set_back_is_an_outage_too(desk: Desk) -> None:
    assert beats(desk, MINUTE, -DAY) == Watch(MONDAY + MINUTE - DAY, MONDAY + MINUTE - DAY)


def test_f41_a_clock_that_is_set_is_no_outage_for_the_process_that_was_up_meanwhile(desk: Desk) -> None:
    elapsed = [0.0]
    watchman = Watchman(desk.store, lambda: elapsed[0])
    watchman.beat()
    desk.later(DAY)
    elapsed[0] += 60
    watchman.beat()
    with desk.store.reading() as transaction:
        assert transaction.watches.get(LISTENER) == Watch(MONDAY, MONDAY + DAY)
    # A process that slept is another matter, and so is one that has just started.
    desk.later(DAY)
    elapsed[0] += 600
    watchman.beat()
    desk.later(DAY)
    Watchman(desk.store).beat()
    with desk.store.reading() as transaction:
        assert transaction.watches.get(LISTENER) == Watch(MONDAY + 3 * DAY, MONDAY + 3 * DAY)


# Held mail.


def test_held_mail_belongs_to_the_cases_that_are_named_for_it(desk: Desk) -> None:
    one, other = waiting(desk, MONDAY), waiting(desk, MONDAY, text="Another.")
    desk.later()
    with desk.store.writing() as transaction:
        named = transaction.arrivals.refuse(_new(desk, "too big"), "too big").arrival_id
        assert transaction.held.for_case(one, MONDAY) == (named,), "nothing is known of it: it may belong anywhere"
        assert transaction.held.for_case(one, desk.clock.now() + MINUTE) == (), "it came before that case"
        transaction.held.link(named, [other, other])
        assert transaction.held.for_case(one, MONDAY) == ()
        assert transaction.held.for_case(other, MONDAY) == (named,)
        transaction.held.link(named, [])
        assert transaction.held.for_case(other, MONDAY) == ()


def test_held_mail_that_staff_let_go_belongs_where_it_is_taken_in(desk: Desk) -> None:
    one = waiting(desk, MONDAY)
    with desk.store.writing() as transaction:
        arrival_id = transaction.arrivals.refuse(_new(desk, "too big"), "too big").arrival_id
        assert transaction.arrivals.free(arrival_id)
        assert transaction.held.for_case(one, MONDAY) == ()
        assert transaction.arrivals.any_open()
    desk.take_in()
    with desk.store.reading() as transaction:
        assert not transaction.arrivals.any_open()


def test_the_open_cases_of_a_person(desk: Desk) -> None:
    mine, ended = waiting(desk, MONDAY), waiting(desk, MONDAY, text="Another.")
    waiting(desk, MONDAY, sender=EVE, text="Somebody else's.")
    with desk.store.writing() as transaction:
        transaction.cases.enter(ended, State.RESOLVED)
        assert transaction.held.open_cases_of(Address("DANA@broker.example")) == [mine]


def _new(desk: Desk, text: str) -> NewArrival:
    return NewArrival(mail(text), Envelope(None), "imap:enrollment", desk.clock.now())
