"""From the outbox to a real outgoing server and back: each letter once, whatever the server does."""

from __future__ import annotations

import email
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from mailbot.cases.events import EventKind
from mailbot.replies.outbox import Dispatch
from mailbot.replies.retry import DELAYS, GIVE_UP_AFTER
from mailbot.store.outbox import LEASE, MAX_LOST
from tests.desks import Courier, Desk, open_desk
from tests.mails import mail
from tests.servers.smtp_sink import DROP, Script, Sink, smtp_sink


@contextmanager
def posting(folder: Path, database_url: str, port: int) -> Iterator[Desk]:
    """A desk whose outgoing server is on this port."""
    with open_desk(folder, database_url, outgoing={"url": f"smtp://127.0.0.1:{port}"}) as desk:
        yield desk


@pytest.fixture
def sink() -> Iterator[Sink]:
    with smtp_sink(Script()) as sink:
        yield sink


@pytest.fixture
def posted(tmp_path: Path, database_url: str, sink: Sink) -> Iterator[Desk]:
    """A desk on each engine with the sink as its outgoing server."""
    with posting(tmp_path, database_url, sink.port) as desk:
        yield desk


def inquire(desk: Desk, count: int = 1) -> None:
    """As many cases, each with a letter due."""
    for number in range(count):
        desk.record(mail(f"inquiry {number}", sender=f"p{number}@broker.example"), f"p{number}@broker.example")
    desk.take_in()


def ids(sink: Sink) -> list[str]:
    return [str(email.message_from_bytes(each.content)["Message-ID"]) for each in sink.received]


def states(desk: Desk) -> list[str]:
    return [letter.state for letter in desk.letters()]


def test_a_letter_goes_to_its_one_address_with_the_bytes_that_were_stored(posted: Desk, sink: Sink) -> None:
    inquire(posted)
    assert posted.deliver() == 1
    (received,) = sink.received
    assert received.recipients == ("p0@broker.example",)
    assert received.sender == ""
    with posted.store.reading() as transaction:
        stored = transaction.outbox.content(posted.letters()[0].letter_id)
    assert received.content == stored.content
    assert states(posted) == ["sent"]
    assert EventKind.LETTER_SENT in [event.kind for event in posted.events(posted.letters()[0].case_number)]


def test_a_letter_that_was_sent_is_not_sent_again(posted: Desk, sink: Sink) -> None:
    inquire(posted)
    assert [posted.deliver(), posted.deliver()] == [1, 0]
    posted.later(timedelta(days=10))
    assert posted.deliver() == 0
    assert len(sink.received) == 1


def test_many_letters_share_a_connection(posted: Desk, sink: Sink) -> None:
    inquire(posted, 30)
    assert posted.deliver() == 30
    assert sink.connections == 1


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def test_f33_a_server_that_was_down_gets_every_letter_once_when_it_is_up(tmp_path: Path, database_url: str) -> None:
    port = free_port()
    with posting(tmp_path, database_url, port) as desk:
        inquire(desk, 10)
        for _ in range(3):
            assert desk.deliver() == 0
            desk.later(timedelta(hours=1))
        assert states(desk) == ["later"] * 10
        with smtp_sink(Script(), port=port) as sink:
            assert desk.deliver() == 10
            assert desk.deliver() == 0
            assert len(set(ids(sink))) == len(sink.received) == 10
        assert states(desk) == ["sent"] * 10


def test_f29_an_answer_of_4xx_is_tried_again_with_a_growing_delay(posted: Desk, sink: Sink) -> None:
    sink.script.rcpt["p0@broker.example"] = "451 4.7.1 Greylisted, dana@broker.example"
    inquire(posted)
    waits = []
    for _ in range(4):
        assert posted.deliver() == 0
        (letter,) = posted.letters()
        waits.append(letter.due_at - posted.clock.now())
        posted.clock.moment = letter.due_at - timedelta(seconds=1)
        assert posted.deliver() == 0, "not before it is due"
        posted.clock.moment = letter.due_at
    assert waits == list(DELAYS[:4])
    assert letter.attempts == 4
    assert letter.answer == "451 4.7.1 Greylisted, [address]"
    sink.script.rcpt.clear()
    assert posted.deliver() == 1
    assert len(sink.received) == 1


def test_f29_a_letter_is_given_up_after_five_days_and_staff_hear_of_it(posted: Desk, sink: Sink) -> None:
    sink.script.rcpt["p0@broker.example"] = "451 4.7.1 Not now"
    inquire(posted)
    posted.deliver()
    posted.later(GIVE_UP_AFTER)
    posted.deliver()
    assert states(posted) == ["refused"]
    (case,) = posted.cases()
    assert "the acknowledgment could not be delivered" in case.review


@pytest.mark.parametrize("phase", ["mail", "rcpt", "before_data", "after_dot"])
def test_f30_an_answer_of_5xx_is_the_end_and_is_shown_on_the_case(posted: Desk, sink: Sink, phase: str) -> None:
    answer = "550 5.1.1 No such user p0@broker.example"
    if phase == "rcpt":
        sink.script.rcpt["p0@broker.example"] = answer
    else:
        setattr(sink.script, phase, [answer])
    inquire(posted, 2)
    assert posted.deliver() == 1
    posted.later(timedelta(days=1))
    assert posted.deliver() == 0
    refused, sent = posted.letters()
    assert (refused.state, refused.answer, sent.state) == ("refused", "550 5.1.1 No such user [address]", "sent")
    case = posted.case(refused.case_number)
    assert "the acknowledgment could not be delivered" in case.review
    why = [event.why for event in posted.events(case.number) if event.kind is EventKind.LETTER_REFUSED]
    assert why == ["acknowledgment: 550 5.1.1 No such user [address]"]
    assert "could not be delivered" not in " ".join(posted.case(sent.case_number).review)


def test_f09_a_connection_lost_after_the_dot_is_unknown_and_resent_once_with_the_same_id(
    posted: Desk, sink: Sink
) -> None:
    sink.script.after_dot = [DROP]
    inquire(posted)
    assert posted.deliver() == 0
    assert states(posted) == ["unknown"]
    assert posted.deliver() == 0, "not at once"
    posted.later(timedelta(minutes=6))
    assert posted.deliver() == 1
    assert len(sink.received) == 2
    assert sink.received[0].content == sink.received[1].content
    assert states(posted) == ["sent"]


def test_f09_a_letter_whose_answer_is_lost_twice_is_held_for_staff(posted: Desk, sink: Sink) -> None:
    sink.script.after_dot = [DROP, DROP]
    inquire(posted)
    for _ in range(5):
        posted.deliver()
        posted.later(timedelta(hours=2))
    assert states(posted) == ["held"]
    assert len(sink.received) == 2
    assert "the acknowledgment could not be delivered" in posted.cases()[0].review


@pytest.mark.parametrize("phase", ["ehlo", "mail", "before_data"])
def test_f32_a_connection_lost_before_the_dot_is_no_reason_to_doubt(posted: Desk, sink: Sink, phase: str) -> None:
    setattr(sink.script, phase, [DROP, DROP])
    inquire(posted, 3)
    for _ in range(3):
        posted.deliver()
        posted.later()
    assert states(posted) == ["sent"] * 3
    assert len(set(ids(sink))) == len(sink.received) == 3


class Dying(Courier):
    """Sends the letter, and the process dies before it can say so."""

    def deliver(self, letters: Any) -> Iterator[Any]:
        for letter in letters:
            self.letters.append(letter)
            raise SystemExit
            yield


def test_f09_a_letter_whose_process_dies_each_time_is_held(small_desk: Desk) -> None:
    courier = Dying()
    inquire(small_desk)
    for _ in range(MAX_LOST):
        with pytest.raises(SystemExit):
            Dispatch(small_desk.store, courier).deliver_due()
        assert states(small_desk) == ["sending"]
        small_desk.later(LEASE + timedelta(seconds=1))
    assert Dispatch(small_desk.store, courier).deliver_due() == 0
    assert states(small_desk) == ["held"]
    assert len(courier.letters) == MAX_LOST
    assert len({letter.message_id for letter in courier.letters}) == 1
    assert "the acknowledgment could not be delivered" in small_desk.cases()[0].review


def test_f21_two_nodes_send_each_letter_once(tmp_path: Path, database_url: str) -> None:
    one, other = Courier(), Courier()
    with open_desk(tmp_path, database_url) as desk:
        inquire(desk, 50)
        for courier in (one, other, one):
            rounds = iter([False] * 16 + [True] * 100)
            Dispatch(desk.store, courier).deliver_due(lambda rounds=rounds: next(rounds))
        Dispatch(desk.store, one).deliver_due()
    sent = [letter.message_id for letter in (*one.letters, *other.letters)]
    assert len(sent) == len(set(sent)) == 50


def test_f54_what_was_claimed_and_not_tried_is_given_back_when_told_to_stop(small_desk: Desk) -> None:
    courier = Courier()
    inquire(small_desk, 5)
    rounds = iter([False, False, False, True, True])
    assert Dispatch(small_desk.store, courier).deliver_due(lambda: next(rounds)) == 2
    assert sorted(states(small_desk)) == ["due"] * 3 + ["sent"] * 2
    assert Dispatch(small_desk.store, courier).deliver_due() == 3
    assert len({letter.message_id for letter in courier.letters}) == 5


def test_a_claim_that_is_half_used_up_is_given_back(small_desk: Desk) -> None:
    class Slow(Courier):
        def deliver(self, letters: Any) -> Iterator[Any]:
            for outcome in super().deliver(letters):
                small_desk.later(LEASE / 2 + timedelta(seconds=1))
                yield outcome

    inquire(small_desk, 4)
    assert Dispatch(small_desk.store, Slow()).deliver_due() == 1
    assert sorted(states(small_desk)) == ["due"] * 3 + ["sent"]


def test_an_answer_that_comes_after_the_lease_changes_nothing(small_desk: Desk) -> None:
    class Late(Courier):
        def deliver(self, letters: Any) -> Iterator[Any]:
            for outcome in super().deliver(letters):
                small_desk.later(LEASE + timedelta(seconds=1))
                Dispatch(small_desk.store, in_time).deliver_due()
                yield outcome

    in_time = Courier()
    inquire(small_desk)
    Dispatch(small_desk.store, Late()).deliver_due()
    (letter,) = small_desk.letters()
    assert (letter.state, letter.attempts) == ("sent", 2)
    kinds = [event.kind for event in small_desk.events(letter.case_number)]
    assert kinds.count(EventKind.LETTER_SENT) == 1
