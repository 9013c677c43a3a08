"""Promise 4: a case is closed for want of a reply only on proof; what is lacking keeps it open, and is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from mailbot.cases.events import EventKind
from mailbot.store.evidence import FedBy
from tests.mails import EVE, mail
from tests.stories.lacks import (
    DEADLINE_PASSED,
    FOR_GOOD,
    LACKS,
    Lack,
    drain,
    feed_by_imap,
    hold_a_mail,
    release,
    restarted,
    watch_all_week,
)
from tests.stories.tales import BOTH, Tale


@pytest.mark.parametrize("lack", LACKS.values(), ids=LACKS.keys())
def test_what_is_lacking_keeps_a_case_open_until_it_is_mended(tale: Tale, lack: Lack) -> None:
    number = tale.ask_for_pcp()
    lack.befall(tale, number)
    swept = tale.desk.app.timekeeper.sweep()
    assert swept.closed == 0
    (waiting,) = swept.waiting
    assert waiting.number == number
    assert lack.told in waiting.why
    assert tale.state(number) == "awaiting_sender"
    assert "closed_no_reply" not in tale.letters(number)
    # It is written down once, however often one looks.
    tale.desk.app.timekeeper.sweep()
    assert tale.whys(number, EventKind.CLOSING_WAITED) == [waiting.why]
    # And once it is mended, the case is closed.
    lack.mend(tale, number)
    assert tale.desk.app.timekeeper.sweep().closed == 1
    assert tale.state(number) == "closed_no_reply"


@pytest.mark.parametrize(("befall", "told"), FOR_GOOD.values(), ids=FOR_GOOD.keys())
def test_what_only_staff_can_mend_keeps_a_case_open(tale: Tale, befall: Callable[[Tale, str], None], told: str) -> None:
    number = tale.ask_for_pcp()
    befall(tale, number)
    (waiting,) = tale.desk.app.timekeeper.sweep().waiting
    assert told in waiting.why
    # A closing that waits for days becomes something to look at; it is never forced.
    tale.on("2026-12-20")
    assert tale.desk.app.timekeeper.sweep().closed == 0
    assert tale.state(number) == "awaiting_sender"
    assert any("cannot be closed" in reason for reason in tale.file(number).review)
    # Staff may close it by hand.
    tale.desk.app.casework.close(number, "ana")
    assert tale.state(number) == "closed_no_reply"


def test_f34_a_desk_that_was_down_past_the_deadline_reads_its_mail_first(tale: Tale) -> None:
    """The reply came in time and lay there; the service starts days after the deadline."""
    number = tale.ask_for_pcp()
    feed_by_imap(tale)
    answer = tale.answer(BOTH)
    tale.on("2026-12-08")
    restarted(tale)
    # First look: nothing was read since the start.
    assert tale.desk.app.timekeeper.sweep().closed == 0
    # The mailbox is read: the reply had reached it on the last day.
    tale.on("2026-12-03 20:00")
    in_time = tale.desk.clock.moment
    tale.on("2026-12-08 12:05")
    tale.desk.record(answer, received_at=in_time, source="imap:enrollment")
    drain(tale)
    # Second look: it is recorded, but not taken in.
    (waiting,) = tale.desk.app.timekeeper.sweep().waiting
    assert "not taken in" in waiting.why
    tale.round()
    assert tale.state(number) == "awaiting_staff"
    assert "closed_no_reply" not in tale.letters()


def test_a_held_mail_from_before_the_case_does_not_keep_it_open(tale: Tale) -> None:
    hold_a_mail(tale, mail("Who wrote this?", sender="nobody at all", subject="Hello"))
    number = tale.ask_for_pcp()
    tale.on("2026-12-08")
    assert tale.round().closed == 1
    assert tale.state(number) == "closed_no_reply"


def test_held_mail_of_strangers_keeps_no_case_open(tale: Tale) -> None:
    number = tale.ask_for_pcp()
    hold_a_mail(tale, mail("I am nobody's correspondent.", sender=EVE))
    tale.on(DEADLINE_PASSED)
    assert tale.round().closed == 1
    assert tale.state(number) == "closed_no_reply"


def test_mail_that_kills_its_worker_may_belong_to_any_case(tale: Tale) -> None:
    """Nobody looks into it again: it is held unread after its third attempt."""
    number = tale.ask_for_pcp()
    arrival_id = tale.desk.record(mail("boom", sender=EVE)).arrival_id
    for _ in range(3):
        with tale.desk.store.writing() as transaction:
            assert transaction.arrivals.take(1, "a worker that dies", timedelta(minutes=5))
        tale.desk.later()
    tale.desk.take_in()
    tale.on(DEADLINE_PASSED)
    (waiting,) = tale.round().waiting
    assert waiting.why.startswith(f"arrival {arrival_id} is held and may belong here")
    release(tale, number)
    assert tale.round().closed == 1


def test_a_desk_whose_listener_never_ran_is_asked_for_nothing(tale: Tale) -> None:
    tale.desk.app.timekeeper._fed_by = FedBy(listener=True)
    tale.ask_for_pcp()
    tale.on(DEADLINE_PASSED)
    assert tale.round().closed == 1


def test_a_listener_that_is_up_all_the_time_proves_enough(small_tale: Tale) -> None:
    tale = small_tale
    tale.ask_for_pcp()
    watch_all_week(tale, DEADLINE_PASSED)
    assert tale.round().closed == 1
