"""Mail of many megabytes on both databases: kept to the byte, taken alone, and forgotten by the connection."""

from __future__ import annotations

import random
import tracemalloc
from collections.abc import Callable
from datetime import timedelta

import pytest

from mailbot.cases.understanding import Understanding
from mailbot.errors import Tampered
from mailbot.store import arrivals, work
from mailbot.store import large as pieces
from tests.desks import Desk
from tests.mails import mail
from tests.readers import read_by
from tests.servers.dialogue import dialogue
from tests.servers.listening import listening, post

LARGE = work.LARGE
_DIGITS = random.Random(1).randbytes(3 * 1024 * 1024).hex()
BYTES = "\n".join(_DIGITS[begin : begin + 76] for begin in range(0, len(_DIGITS), 76))


def large(number: int, size: int = LARGE + 100) -> bytes:
    return mail(f"inquiry {number}\n{BYTES[:size]}", message_id=f"<{number}@broker.example>")


@pytest.mark.parametrize("more", [-1, 0, 1, 2 * pieces.PIECE - 31, 2 * pieces.PIECE - 15, 2 * pieces.PIECE])
def test_a_large_mail_is_kept_to_the_byte(desk: Desk, more: int) -> None:
    raw = mail(BYTES)[: LARGE + more]
    recorded = desk.record(raw)
    assert desk.raw(recorded.arrival_id) == raw
    with desk.store.writing() as transaction:
        (taken,) = transaction.arrivals.take(5, "test", timedelta())
        assert transaction.arrivals.raw_of(taken) == raw
    assert taken.raw == (None if len(raw) > LARGE else raw)


def test_a122_a_large_mail_that_was_changed_does_not_open(desk: Desk) -> None:
    recorded = desk.record(large(1))
    with desk.store.writing() as transaction:
        connection = transaction.work.connection
        sealed = connection.exec_driver_sql("SELECT raw FROM arrival_contents").scalar_one()
        changed = bytearray(sealed)
        changed[-100] ^= 1
        contents_table = arrivals.arrivals.metadata.tables["arrival_contents"]
        connection.execute(contents_table.update().values(raw=bytes(changed)))
    with pytest.raises(Tampered):
        desk.raw(recorded.arrival_id)


@pytest.mark.parametrize("left", [0, 1, 30, 100, LARGE // 2])
def test_a122_a_large_mail_of_which_a_part_is_gone_does_not_open(desk: Desk, left: int) -> None:
    recorded = desk.record(large(1))
    with desk.store.writing() as transaction:
        connection = transaction.work.connection
        sealed = connection.exec_driver_sql("SELECT raw FROM arrival_contents").scalar_one()
        contents_table = arrivals.arrivals.metadata.tables["arrival_contents"]
        connection.execute(contents_table.update().values(raw=bytes(sealed[:left])))
    with pytest.raises(Tampered):
        desk.raw(recorded.arrival_id)
    assert desk.record(large(2)).new


def test_a122_a_large_mail_whose_bytes_are_gone_does_not_open(desk: Desk) -> None:
    recorded = desk.record(large(1))
    with desk.store.writing() as transaction:
        transaction.work.connection.exec_driver_sql("DELETE FROM arrival_contents")
    with pytest.raises(Tampered):
        desk.raw(recorded.arrival_id)


def most_memory(work_done: Callable[[], object]) -> int:
    """The most octets that Python had in use beyond those at the beginning."""
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        work_done()
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()


def test_a_large_mail_is_recorded_without_another_copy(desk: Desk) -> None:
    desk.record(large(1))
    raw = large(2)
    assert most_memory(lambda: desk.record(raw)) < len(raw) / 2


def test_a_large_mail_is_read_back_once(desk: Desk) -> None:
    raw = large(1)
    recorded = desk.record(raw)
    desk.raw(recorded.arrival_id)
    assert most_memory(lambda: desk.raw(recorded.arrival_id)) < len(raw) * 3 / 2


def test_a_large_mail_is_taken_in_with_all_that_it_says(desk: Desk) -> None:
    result = desk.send(large(1))
    assert result.case_number is not None
    (message,) = desk.thread(result.case_number)
    assert message.text.split()[:2] == ["inquiry", "1"]


def test_a_large_mail_that_fails_thrice_is_held_with_its_traces(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which cases it may belong to is read from its bytes once more, though the arrival does not hold them."""
    first, other = (desk.send(mail(f"inquiry {name}", sender=f"{name}@broker.example")) for name in ("ann", "ben"))
    subject = f"Re: New dependent [Case {first.case_number}]"
    desk.record(mail(BYTES[: LARGE + 100], subject=subject, sender="ann@broker.example"))

    def fails(_: object) -> Understanding:
        raise ValueError

    read_by(desk.app, fails)
    for _ in range(3):
        desk.take_in()
        desk.later()
    assert [row.state for row in desk.arrivals()] == ["done", "done", "held"]
    with desk.store.reading() as transaction:
        (held,) = transaction.held.for_case(desk.case_id(first.case_number), transaction.now)
        assert transaction.held.for_case(desk.case_id(other.case_number), transaction.now) == ()
    assert held == desk.arrivals()[-1].arrival_id


def test_large_mail_is_taken_alone_and_small_mail_together(desk: Desk) -> None:
    sizes = [100, 200, LARGE + 100, LARGE + 200, 100, 300]
    for number, size in enumerate(sizes):
        desk.record(large(number, size))
        desk.later(timedelta(seconds=1))
    together = []
    with desk.store.writing() as transaction:
        while taken := transaction.arrivals.take(10, "test", timedelta(minutes=5)):
            together.append(len(taken))
    assert together == [2, 1, 1, 2]


def test_what_failed_before_is_taken_alone(desk: Desk) -> None:
    for number in range(4):
        desk.record(large(number, 10))
    with desk.store.writing() as transaction:
        first = transaction.arrivals.take(2, "test", timedelta(minutes=5))
        for each in first:
            transaction.arrivals.give_back(each, "failed", transaction.now)
    together = []
    with desk.store.writing() as transaction:
        while taken := transaction.arrivals.take(10, "test", timedelta(minutes=5)):
            together.append(len(taken))
    assert sorted(together) == [1, 1, 2]


def test_the_connection_that_carried_a_large_mail_is_given_up(desk: Desk) -> None:
    """libpq keeps twice its size for as long as the connection lives, and SQLite's statements keep their last value."""
    with desk.store.writing() as transaction:
        small = transaction.work.connection.connection.driver_connection
    with desk.store.writing() as transaction:
        assert transaction.work.connection.connection.driver_connection is small
    desk.record(large(1))
    with desk.store.writing() as transaction:
        assert transaction.work.connection.connection.driver_connection is not small


def test_many_large_mails_at_once_are_all_kept(desk: Desk) -> None:
    raws = [large(number) for number in range(3)]
    with listening(desk, max_message_mb=10) as server, dialogue(server.port) as first, dialogue(server.port) as second:
        for raw in raws[:2]:
            assert post(first, raw).startswith("250 ")
        assert post(second, raws[2]).startswith("250 ")
        assert server.kept() == raws


def test_a007_a_large_mail_above_the_limit_is_refused_and_the_next_one_is_heard(small_desk: Desk) -> None:
    with listening(small_desk, max_message_mb=5) as server, dialogue(server.port) as talk:
        assert post(talk, large(1, 5 * 2**20)).startswith("552 ")
        assert post(talk, large(2)).startswith("250 ")
        assert server.kept() == [large(2)]


def test_f45_where_a_large_mail_cannot_be_put_aside_it_is_sent_again_later(
    small_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is full while it comes in: 451, and small mail goes on."""
    from mailbot.store.sealing import Scratch

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Scratch, "write", full)
    with listening(small_desk, max_message_mb=10) as server, dialogue(server.port) as talk:
        assert post(talk, large(1)).startswith("451 ")
        assert post(talk, mail("small")).startswith("250 ")
        assert len(server.kept()) == 1
