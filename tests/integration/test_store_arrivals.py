"""Arrivals on both databases: recorded once, taken by one, never lost, held when nothing helps."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from mailbot.errors import Tampered
from mailbot.mail import Envelope
from mailbot.store.arrivals import (
    LEASE,
    MAX_ATTEMPTS,
    MOST_BYTES,
    ArrivalState,
    LeaseLost,
    NewArrival,
    TakenArrival,
)
from mailbot.store.held import HeldMail
from mailbot.store.prepared import WIDTH
from mailbot.store.schema import arrival_contents, arrivals, sightings
from tests.desks import Desk
from tests.mails import DESK, MONDAY, mail

OVER = LEASE + timedelta(seconds=1)


def take(desk: Desk, count: int = 10, owner: str = "one") -> list[TakenArrival]:
    with desk.store.writing() as transaction:
        return transaction.arrivals.take(count, owner, LEASE)


def finish(desk: Desk, taken: TakenArrival) -> None:
    with desk.store.writing() as transaction:
        transaction.arrivals.finish(taken, "stored", None)


def test_what_was_recorded_is_taken_with_the_same_bytes_and_envelope(desk: Desk) -> None:
    raw = mail("bytes that nobody changes: \udce9\udcff")
    envelope = Envelope("", (DESK, "Groups@desk.example"))
    recorded = desk.record(raw, "", recipients=envelope.recipients, source="imap:INBOX", silent=True)
    (taken,) = take(desk)
    assert (taken.arrival_id, taken.raw, taken.envelope) == (recorded.arrival_id, raw, envelope)
    assert (taken.source, taken.received_at, taken.silent, taken.attempts) == ("imap:INBOX", MONDAY, True, 1)
    assert desk.raw(recorded.arrival_id) == raw


@pytest.mark.parametrize("sender", [None, "", "dana@broker.example", "jörg@bücher.example", "odd\udcff@x.example"])
def test_a011_every_envelope_sender_comes_back_as_spoken(desk: Desk, sender: str | None) -> None:
    desk.record(mail(), sender)
    assert take(desk)[0].envelope.sender == sender


@pytest.mark.parametrize("raw", [b"", b"\0", b"\xff\xfe\0\r\n\r\n\0", b"x" * 3_000_000])
def test_any_bytes_at_all_are_kept(desk: Desk, raw: bytes) -> None:
    recorded = desk.record(raw)
    assert desk.raw(recorded.arrival_id) == raw


def test_a014_the_same_mail_again_is_a_sighting_and_no_arrival(desk: Desk) -> None:
    raw = mail()
    first = desk.record(raw)
    for source in ("smtp", "lmtp", "imap:INBOX"):
        again = desk.record(b"Received: by another\r\n" + raw, source=source)
        assert (again.arrival_id, again.new) == (first.arrival_id, False)
    with desk.store.reading() as transaction:
        seen = transaction.work.connection.execute(sightings.select()).all()
    assert [row.source for row in seen] == ["smtp", "lmtp", "imap:INBOX"]
    assert len(take(desk)) == 1


def test_f58_the_same_mail_from_many_clients_at_once_is_one_arrival(desk: Desk) -> None:
    raw = mail()
    with ThreadPoolExecutor(6) as pool:
        recorded = list(pool.map(lambda _: desk.record(raw), range(12)))
    assert sum(each.new for each in recorded) == 1
    assert len({each.arrival_id for each in recorded}) == 1


def test_different_mail_from_many_clients_at_once_is_all_kept(desk: Desk) -> None:
    raws = [mail(f"mail {number}") for number in range(24)]
    with ThreadPoolExecutor(6) as pool:
        recorded = list(pool.map(desk.record, raws))
    assert {desk.raw(each.arrival_id) for each in recorded} == set(raws)


def test_a_rolled_back_recording_leaves_nothing(desk: Desk) -> None:
    with pytest.raises(RuntimeError), desk.store.writing() as transaction:
        transaction.arrivals.record(NewArrival(mail(), Envelope(None), "smtp", MONDAY))
        raise RuntimeError
    assert desk.arrivals() == []


def test_f21_no_two_workers_take_the_same_arrival(desk: Desk) -> None:
    ids = {desk.record(mail()).arrival_id for _ in range(24)}
    with ThreadPoolExecutor(6) as pool:
        shares = list(pool.map(lambda worker: take(desk, 4, f"worker {worker}"), range(8)))
    taken = [each.arrival_id for share in shares for each in share]
    taken += [each.arrival_id for each in take(desk, 100)]
    assert sorted(taken) == sorted(ids)


def test_arrivals_are_taken_oldest_first_and_not_before_they_are_due(desk: Desk) -> None:
    first, second = desk.record(mail()), desk.record(mail())
    (taken,) = take(desk, 1)
    assert taken.arrival_id == first.arrival_id
    with desk.store.writing() as transaction:
        transaction.arrivals.give_back(taken, "an error", transaction.now + timedelta(seconds=30))
    assert [each.arrival_id for each in take(desk)] == [second.arrival_id]
    desk.later(timedelta(seconds=31))
    (again,) = take(desk)
    assert (again.arrival_id, again.attempts) == (first.arrival_id, 2)


def test_of_what_is_due_only_the_named_can_be_asked_for(desk: Desk) -> None:
    first, second, third = (desk.record(mail()).arrival_id for _ in range(3))
    with desk.store.writing() as transaction:
        taken = transaction.arrivals.take(10, "one", LEASE, {third, first})
        assert transaction.arrivals.take(10, "another", LEASE, {first}) == []
        assert transaction.arrivals.take(10, "another", LEASE, ()) == []
    assert [each.arrival_id for each in taken] == [first, third]
    assert [each.arrival_id for each in take(desk)] == [second]


def test_of_many_that_are_named_as_many_as_are_wanted_are_taken_oldest_first(desk: Desk) -> None:
    ids = [desk.record(mail()).arrival_id for _ in range(WIDTH + 4)]
    with desk.store.writing() as transaction:
        taken = transaction.arrivals.take(WIDTH + 1, "one", LEASE, ids)
        rest = transaction.arrivals.take(WIDTH + 1, "one", LEASE, ids)
    assert [each.arrival_id for each in (*taken, *rest)] == ids
    assert len(taken) == WIDTH + 1


@pytest.mark.parametrize("count", [1, WIDTH, WIDTH + 1, 2 * WIDTH + 3])
def test_as_many_as_are_wanted_are_taken_at_once_in_the_order_in_which_they_came(desk: Desk, count: int) -> None:
    recorded = []
    for number in range(count + 2):
        recorded.append(desk.record(mail(f"mail {number}")).arrival_id)
        desk.later(timedelta(seconds=1))
    assert [taken.arrival_id for taken in take(desk, count)] == recorded[:count]
    assert [taken.arrival_id for taken in take(desk, count + 2)] == recorded[count:]


def test_f27_what_was_taken_before_is_taken_alone(desk: Desk) -> None:
    first, second = desk.record(mail()), desk.record(mail())
    take(desk)
    desk.later(OVER)
    third = desk.record(mail())
    shares = [[each.arrival_id for each in take(desk)] for _ in range(4)]
    assert shares == [[first.arrival_id], [second.arrival_id], [third.arrival_id], []]


def test_a_taken_arrival_is_free_again_when_its_lease_is_over(desk: Desk) -> None:
    desk.record(mail())
    take(desk)
    assert take(desk) == []
    desk.later(OVER)
    assert take(desk, owner="two")[0].attempts == 2


def take_over(desk: Desk, *ended: str) -> None:
    with desk.store.writing() as transaction:
        transaction.arrivals.take_over(lambda owner: owner in ended)


def test_f03_what_a_process_that_is_no_more_had_taken_is_free_at_once(desk: Desk) -> None:
    lost = [desk.record(mail()).arrival_id for _ in range(2)]
    take(desk, owner="dead")
    kept = desk.record(mail()).arrival_id
    take(desk, owner="alive")
    take_over(desk, "dead")
    again = [each for _ in range(3) for each in take(desk, owner="two")]
    assert [(each.arrival_id, each.attempts) for each in again] == [(arrival_id, 2) for arrival_id in lost]
    assert kept not in {each.arrival_id for each in again}


def test_f04_what_two_processes_died_with_waits_for_its_lease(desk: Desk) -> None:
    """Or a mail that kills its worker is tried three times in as many seconds, by a service that is started anew."""
    desk.record(mail())
    take(desk, owner="dead")
    take_over(desk, "dead")
    take(desk, owner="dead too")
    take_over(desk, "dead too")
    assert take(desk, owner="three") == []
    desk.later(OVER)
    assert take(desk, owner="three")[0].attempts == 3


def test_f21_who_was_taken_for_dead_and_is_not_cannot_end_the_arrival(desk: Desk) -> None:
    desk.record(mail())
    (late,) = take(desk, owner="hidden")
    take_over(desk, "hidden")
    (now,) = take(desk, owner="two")
    with pytest.raises(LeaseLost):
        finish(desk, late)
    finish(desk, now)
    assert [row.state for row in desk.arrivals()] == [ArrivalState.DONE]


def test_what_is_done_or_held_is_nobodys_to_take_over(desk: Desk) -> None:
    desk.record(mail())
    (done,) = take(desk, owner="dead")
    finish(desk, done)
    desk.record(mail())
    (held,) = take(desk, owner="dead")
    with desk.store.writing() as transaction:
        transaction.arrivals.hold(held, "an error")
    take_over(desk, "dead")
    assert take(desk, owner="two") == []


@pytest.mark.parametrize("act", ["finish", "hold", "give_back"])
def test_f21_a_worker_that_lost_its_lease_cannot_end_the_arrival(desk: Desk, act: str) -> None:
    desk.record(mail())
    (late,) = take(desk)
    desk.later(OVER)
    (now,) = take(desk, owner="two")
    ends = {
        "finish": lambda a: a.finish(late, "stored", None),
        "hold": lambda a: a.hold(late, "error"),
        "give_back": lambda a: a.give_back(late, "error", MONDAY),
    }
    with pytest.raises(LeaseLost), desk.store.writing() as transaction:
        ends[act](transaction.arrivals)
    finish(desk, now)
    assert [row.state for row in desk.arrivals()] == [ArrivalState.DONE]


def test_f21_the_same_owner_is_fenced_off_by_the_count_of_attempts(desk: Desk) -> None:
    desk.record(mail())
    (late,) = take(desk)
    desk.later(OVER)
    take(desk)
    with pytest.raises(LeaseLost):
        finish(desk, late)


def test_an_arrival_ends_once(desk: Desk) -> None:
    desk.record(mail())
    (taken,) = take(desk)
    finish(desk, taken)
    with pytest.raises(LeaseLost):
        finish(desk, taken)
    desk.later(OVER)
    assert take(desk) == []


def test_a033_an_arrival_whose_worker_dies_each_time_is_held(desk: Desk) -> None:
    recorded = desk.record(mail())
    for _ in range(MAX_ATTEMPTS):
        assert len(take(desk)) == 1
        desk.later(OVER)
    assert take(desk) == []
    with desk.store.writing() as transaction:
        assert transaction.arrivals.hold_exhausted() == [recorded.arrival_id]
        assert transaction.arrivals.hold_exhausted() == []
    (row,) = desk.arrivals("held")
    assert "3 times" in (row.error or "")


def test_an_arrival_in_its_last_attempt_is_not_held_while_its_lease_runs(desk: Desk) -> None:
    desk.record(mail())
    for _ in range(MAX_ATTEMPTS):
        desk.later(OVER)
        take(desk)
    with desk.store.writing() as transaction:
        assert transaction.arrivals.hold_exhausted() == []


def test_staff_free_a_held_arrival_and_only_a_held_one(desk: Desk) -> None:
    recorded = desk.record(mail())
    (taken,) = take(desk)
    with desk.store.writing() as transaction:
        assert not transaction.arrivals.free(recorded.arrival_id)
        transaction.arrivals.hold(taken, "an error")
    with desk.store.writing() as transaction:
        assert transaction.arrivals.free(recorded.arrival_id)
        assert not transaction.arrivals.free(recorded.arrival_id)
    assert take(desk)[0].attempts == 1


def test_take_one_takes_what_is_free_only(desk: Desk) -> None:
    recorded = desk.record(mail())
    with desk.store.writing() as transaction:
        taken = transaction.arrivals.take_one(recorded.arrival_id, "one", LEASE)
        assert taken is not None
        assert transaction.arrivals.take_one(recorded.arrival_id, "two", LEASE) is None
        assert transaction.arrivals.take_one(4711, "two", LEASE) is None
        transaction.arrivals.finish(taken, "stored", None)
        assert transaction.arrivals.take_one(recorded.arrival_id, "two", LEASE) is None


def test_take_one_leaves_alone_what_rests_and_what_had_all_its_tries(desk: Desk) -> None:
    recorded = desk.record(mail())

    def again() -> TakenArrival | None:
        with desk.store.writing() as transaction:
            return transaction.arrivals.take_one(recorded.arrival_id, "one", LEASE)

    first = again()
    assert first is not None
    with desk.store.writing() as transaction:
        transaction.arrivals.give_back(first, "an error", transaction.now + timedelta(seconds=10))
    assert again() is None
    desk.later(timedelta(seconds=10))
    attempts = []
    while (taken := again()) is not None:
        attempts.append(taken.attempts)
        desk.later(LEASE + timedelta(seconds=1))
    assert attempts == [2, 3]
    assert desk.arrivals("taken"), "it is left to be held"


def test_what_is_taken_together_is_small_enough_to_be_held_at_once(desk: Desk) -> None:
    third = MOST_BYTES // 3
    for number in range(5):
        desk.record(bytes([number]) * third)
    desk.record(b"x" * (MOST_BYTES + 1))
    assert [len(take(desk)) for _ in range(4)] == [3, 2, 1, 0]


def test_what_was_tried_before_never_shares_the_fate_of_what_is_fresh(desk: Desk) -> None:
    """It may bring its worker down, and would count a try of the others too."""
    desk.record(mail())
    (tried,) = take(desk)
    with desk.store.writing() as transaction:
        transaction.arrivals.give_back(tried, "an error", transaction.now + timedelta(seconds=2))
    fresh = [desk.record(mail()).arrival_id for _ in range(2)]
    desk.later(timedelta(seconds=2))
    later = desk.record(mail()).arrival_id
    assert [[each.arrival_id for each in take(desk)] for _ in range(3)] == [fresh, [tried.arrival_id], [later]]


def test_one_mail_is_moved_to_another_case_and_no_other(desk: Desk) -> None:
    first, second, third = (desk.send(mail(f"inquiry {number}")) for number in range(3))
    target = desk.case_id(third.case_number)
    with desk.store.writing() as transaction:
        transaction.arrivals.move(first.arrival_id, target)
    case_of = {row.arrival_id: row.case_id for row in desk.arrivals()}
    assert case_of[first.arrival_id] == case_of[third.arrival_id] == target
    assert case_of[second.arrival_id] == desk.case_id(second.case_number)


def test_held_mail_stands_in_a_cases_way_until_it_is_freed(desk: Desk) -> None:
    """Were it held again for another reason, what it may belong to is found out again."""
    case_id = desk.case_id(desk.send(mail()).case_number)
    desk.record(mail("a reply that nobody could read"))
    (taken,) = take(desk)
    with desk.store.writing() as transaction:
        transaction.arrivals.hold(taken, "an error")
        HeldMail(transaction.work).link(taken.arrival_id, [case_id])
    assert in_the_way(desk, case_id) == (taken.arrival_id,)
    with desk.store.writing() as transaction:
        assert transaction.arrivals.free(taken.arrival_id)
    (again,) = take(desk)
    with desk.store.writing() as transaction:
        transaction.arrivals.hold(again, "another error")
    assert in_the_way(desk, case_id) == ()


def in_the_way(desk: Desk, case_id: int) -> tuple[int, ...]:
    with desk.store.reading() as transaction:
        return HeldMail(transaction.work).for_case(case_id, MONDAY)


def test_arrivals_are_listed_by_pages_and_counted_while_they_are_open(desk: Desk) -> None:
    ids = [desk.record(mail()).arrival_id for _ in range(5)]
    taken = take(desk, 2)
    finish(desk, taken[0])
    with desk.store.writing() as transaction:
        transaction.arrivals.hold(taken[1], "an error")
    with desk.store.reading() as transaction:
        first = transaction.arrivals.listed(None, limit=2)
        rest = transaction.arrivals.listed(None, after=first[-1].arrival_id)
        assert [row.arrival_id for row in first + rest] == ids
        assert transaction.arrivals.counts() == {"new": 3, "held": 1}
        assert [row.arrival_id for row in transaction.arrivals.listed("held")] == [ids[1]]


def test_a122_contents_that_were_changed_or_swapped_do_not_open(desk: Desk) -> None:
    one, other = desk.record(mail("one")), desk.record(mail("other"))
    with desk.store.writing() as transaction:
        connection = transaction.work.connection
        sealed = {row.arrival_id: row.raw for row in connection.execute(arrival_contents.select())}
        swap = arrival_contents.update().where(arrival_contents.c.arrival_id == one.arrival_id)
        connection.execute(swap.values(raw=sealed[other.arrival_id]))
    with pytest.raises(Tampered):
        desk.raw(one.arrival_id)


def test_c04_nothing_that_came_from_mail_stands_in_the_clear(desk: Desk) -> None:
    desk.record(mail("canary 078-05-1120", subject="canary"), "canary@broker.example")
    with desk.store.reading() as transaction:
        rows = [*transaction.work.connection.execute(arrivals.select())]
        rows += [*transaction.work.connection.execute(arrival_contents.select())]
    assert not any(b"canary" in bytes(value) for row in rows for value in row if isinstance(value, bytes | memoryview))
    assert not any("canary" in value for row in rows for value in row if isinstance(value, str))
