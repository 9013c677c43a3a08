"""Promise 4: a case is closed for want of a reply only on proof; what is lacking keeps it open, and is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from mailbot.cases.deadlines import Calendar
from mailbot.cases.events import EventKind
from mailbot.clock import JumpGuard
from mailbot.replies.outcomes import Later, Refused, Sent, Unknown
from mailbot.store.evidence import LISTENER, FedBy
from tests.desks import open_desk
from tests.mails import EVE, bounce_of, mail, reply
from tests.stories.tales import BOTH, Tale

DEADLINE_PASSED = "2026-12-04 09:00"
ACCOUNT = "enrollment@imap.desk.example"


@dataclass(frozen=True)
class Lack:
    """Something that is lacking: how it comes to be so, what is told, and what mends it."""

    befall: Callable[[Tale, str], None]
    told: str
    mend: Callable[[Tale, str], None]


def drain(tale: Tale, uidvalidity: int = 1) -> None:
    """The mailbox is read to its end now."""
    with tale.desk.store.writing() as transaction:
        lease = transaction.mailboxes.acquire(ACCOUNT, "enrollment", "a test", lambda owner: True)
        assert lease
        epoch = transaction.mailboxes.epoch(lease, ("INBOX", uidvalidity, 5), None)
        transaction.mailboxes.drained(epoch.folder_id, 5, transaction.now)
        transaction.mailboxes.release(lease)


def beat(tale: Tale) -> None:
    with tale.desk.store.writing() as transaction:
        transaction.watches.beat(LISTENER, unbroken=False)


def feed_by_imap(tale: Tale, *folders: str) -> None:
    names = folders or ("INBOX",)
    tale.desk.app.timekeeper._fed_by = FedBy(folders=tuple((ACCOUNT, "enrollment", name) for name in names))


def watch_all_week(tale: Tale, until: str) -> None:
    """The listener is up from Monday until then."""
    tale.desk.app.timekeeper._fed_by = FedBy(listener=True)
    beat(tale)
    now = tale.desk.clock.moment
    tale.on(until)
    end = tale.desk.clock.moment
    while now < end:
        tale.desk.clock.moment = now = min(now + timedelta(minutes=4), end)
        beat(tale)


def restarted(tale: Tale) -> None:
    """The service starts now."""
    tale.desk.app.timekeeper._began_at = tale.desk.clock.moment


def hold_a_mail(tale: Tale, raw: bytes) -> int:
    """A mail that cannot be taken in is held after three attempts."""
    well = tale.desk.app.intake._understand

    def fail(*_: object) -> None:
        raise ValueError("this mail is poison")

    tale.desk.app.intake._understand = fail
    arrival_id = tale.desk.record(raw).arrival_id
    for _ in range(3):
        tale.desk.take_in()
        tale.desk.later()
    tale.desk.app.intake._understand = well
    assert [row.arrival_id for row in tale.desk.arrivals("held")] == [arrival_id]
    return arrival_id


def release(tale: Tale, _: str) -> None:
    """Staff let all held mail go on as mail of its own."""
    with tale.desk.store.writing() as transaction:
        for row in transaction.arrivals.listed("held"):
            assert transaction.arrivals.free(row.arrival_id)
    tale.desk.take_in()


def reviewed(tale: Tale, number: str) -> None:
    tale.desk.app.casework.reviewed(number, "ana")


def released_and_reviewed(tale: Tale, number: str) -> None:
    """It turns out to be a doubtful answer."""
    release(tale, number)
    reviewed(tale, number)


# What can be lacking.


def never_drained(tale: Tale, number: str) -> None:
    feed_by_imap(tale)
    tale.on(DEADLINE_PASSED)


def drained_before_the_deadline(tale: Tale, number: str) -> None:
    feed_by_imap(tale)
    tale.on("2026-12-03 23:59")
    drain(tale)
    tale.on(DEADLINE_PASSED)


def junk_not_looked_at(tale: Tale, number: str) -> None:
    feed_by_imap(tale, "INBOX", "Junk")
    tale.on(DEADLINE_PASSED)
    drain(tale)


def another_life_of_the_folder(tale: Tale, number: str) -> None:
    """The server numbered the folder anew and it has not been read since."""
    feed_by_imap(tale)
    tale.on(DEADLINE_PASSED)
    drain(tale)
    tale.desk.later()
    with tale.desk.store.writing() as transaction:
        lease = transaction.mailboxes.acquire(ACCOUNT, "enrollment", "a test", lambda owner: True)
        assert lease
        transaction.mailboxes.epoch(lease, ("INBOX", 2, 5), None)
        transaction.mailboxes.release(lease)


def not_drained_since_the_start(tale: Tale, number: str) -> None:
    feed_by_imap(tale)
    tale.on(DEADLINE_PASSED)
    drain(tale)
    tale.desk.later()
    restarted(tale)


def listener_gone(tale: Tale, number: str) -> None:
    watch_all_week(tale, "2026-11-24")
    tale.on(DEADLINE_PASSED)


def listener_back_for_an_hour(tale: Tale, number: str) -> None:
    watch_all_week(tale, "2026-11-24")
    tale.on("2026-12-04 08:00")
    watch_all_week(tale, DEADLINE_PASSED)


def not_taken_in(tale: Tale, number: str) -> None:
    """A mail is recorded, and the workers have not come to it."""
    tale.on(DEADLINE_PASSED)
    tale.desk.record(mail("Something else.", sender=EVE))


def held_reply(tale: Tale, number: str) -> None:
    tale.on("2026-12-01")
    hold_a_mail(tale, tale.answer(BOTH, sender="Somebody <else@where.example>"))
    tale.on(DEADLINE_PASSED)


def held_mail_of_the_sender(tale: Tale, number: str) -> None:
    tale.on("2026-12-01")
    hold_a_mail(tale, mail("No word of which case.", subject="Hello"))
    tale.on(DEADLINE_PASSED)


def held_mail_that_nobody_can_read(tale: Tale, number: str) -> None:
    tale.on("2026-12-01")
    hold_a_mail(tale, mail("Who wrote this?", sender="nobody at all", subject="Hello"))
    tale.on(DEADLINE_PASSED)


def held_bounce_of_the_request(tale: Tale, number: str) -> None:
    tale.on("2026-12-01")
    hold_a_mail(tale, bounce_of(tale.last_letter().message_id))
    tale.on(DEADLINE_PASSED)


def doubtful_reply(tale: Tale, number: str) -> None:
    """Somebody who is not on the case answers the letter."""
    tale.on("2026-12-01")
    tale.desk.send(tale.answer(BOTH, sender=EVE), "eve@elsewhere.example")
    tale.on(DEADLINE_PASSED)


def reminder_not_accepted(tale: Tale, number: str) -> None:
    tale.courier.outcomes += [Later("451 not now")] * 400
    tale.on("2026-12-03 22:00")
    tale.round()
    tale.on(DEADLINE_PASSED)


def reminder_refused(tale: Tale, number: str) -> None:
    tale.courier.outcomes.append(Refused(550, "550 no such user"))
    tale.on("2026-11-28")
    tale.round()
    tale.on(DEADLINE_PASSED)


def reminder_bounced(tale: Tale, number: str) -> None:
    tale.on("2026-11-28")
    tale.round()
    tale.desk.send(bounce_of(tale.last_letter().message_id), "")
    tale.on(DEADLINE_PASSED)


def reminder_in_doubt(tale: Tale, number: str) -> None:
    tale.courier.outcomes += [Unknown("the answer was lost")] * 2
    tale.on("2026-12-03 22:00")
    tale.round()
    tale.on("2026-12-03 23:00")
    tale.round()
    tale.on(DEADLINE_PASSED)


def holidays_unknown(tale: Tale, number: str) -> None:
    keeper = tale.desk.app.timekeeper
    calendar = keeper._rules.calendar
    unknown = Calendar(calendar.zone, calendar.is_holiday, lambda year: year < 2027)
    keeper._rules = replace(keeper._rules, calendar=unknown)
    tale.on(DEADLINE_PASSED)


def in_a_day(tale: Tale, number: str) -> None:
    watch_all_week(tale, "2026-12-05 10:00")


def now_drained(tale: Tale, number: str) -> None:
    drain(tale, uidvalidity=2)


def only_the_inbox(tale: Tale, number: str) -> None:
    feed_by_imap(tale)


def taken_in(tale: Tale, number: str) -> None:
    tale.desk.take_in()


def relay_back(tale: Tale, number: str) -> None:
    """The reminder goes out late, and the deadline moves with it."""
    tale.courier.outcomes.clear()
    tale.on("2026-12-05")
    tale.round()
    tale.on("2026-12-10")


def holidays_known(tale: Tale, number: str) -> None:
    keeper = tale.desk.app.timekeeper
    keeper._rules = replace(keeper._rules, calendar=replace(keeper._rules.calendar, knows=lambda year: True))


LACKS = {
    "f35_mailbox_never_read": Lack(never_drained, "folder INBOX of mailbox enrollment has not been read", now_drained),
    "f35_mailbox_read_before": Lack(drained_before_the_deadline, "not been read to its end since the d", now_drained),
    "f39_junk_not_looked_at": Lack(junk_not_looked_at, "folder Junk of mailbox enrollment", only_the_inbox),
    "folder_numbered_anew": Lack(another_life_of_the_folder, "folder INBOX of mailbox enrollment", now_drained),
    "f34_not_read_since_the_start": Lack(not_drained_since_the_start, "since the service started", now_drained),
    "f36_listener_gone": Lack(listener_gone, "the listener does not run", in_a_day),
    "f36_listener_just_back": Lack(listener_back_for_an_hour, "until 2026-12-05 13:00 UTC", in_a_day),
    "f38_arrival_not_taken_in": Lack(not_taken_in, "not taken in yet", taken_in),
    "held_answer": Lack(held_reply, "is held and may belong here", released_and_reviewed),
    "held_mail_of_the_sender": Lack(held_mail_of_the_sender, "is held and may belong here", release),
    "held_mail_of_nobody": Lack(held_mail_that_nobody_can_read, "is held and may belong here", release),
    "doubtful_answer": Lack(doubtful_reply, "may belong here: look at it", reviewed),
    "f40_reminder_waits": Lack(reminder_not_accepted, "the reminder is later, not sent", relay_back),
    "f43_holidays_unknown": Lack(holidays_unknown, "the holidays of 2027 are not known", holidays_known),
}
FOR_GOOD = {
    "f40_reminder_refused": (reminder_refused, "the reminder is refused, not sent"),
    "f40_reminder_bounced": (reminder_bounced, "the reminder bounced"),
    "f40_reminder_in_doubt": (reminder_in_doubt, "the reminder is held, not sent"),
    "held_bounce": (held_bounce_of_the_request, "is held and may belong here"),
}


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


def test_f41_a_clock_that_is_set_forward_stops_everything_for_that_time(small_tale: Tale) -> None:
    tale = small_tale
    number = tale.ask_for_pcp()
    went_by = [0.0]
    tale.desk.app.timekeeper._guard = JumpGuard(tale.desk.clock, elapsed=lambda: went_by[0])
    tale.on("2026-11-28")
    assert tale.desk.app.timekeeper.sweep().reminded == 0
    # The clock goes on from there, and is right after all: the next look goes by it.
    went_by[0] += 60
    tale.desk.later(timedelta(minutes=1))
    assert tale.desk.app.timekeeper.sweep().reminded == 1
    tale.desk.deliver()
    tale.on(DEADLINE_PASSED)
    (waiting,) = tale.desk.app.timekeeper.sweep().waiting
    assert waiting.why.startswith("the clock of this machine was set by ")
    assert tale.state(number) == "awaiting_sender"
    assert tale.desk.app.timekeeper.sweep().closed == 1


def test_f41_a_clock_that_differs_from_that_of_the_database_closes_nothing(postgresql_url: str, tmp_path: Path) -> None:
    with open_desk(tmp_path / "desk", postgresql_url) as desk:
        tale = Tale(desk)
        tale.ask_for_pcp()
        tale.on(DEADLINE_PASSED)  # which is no day of the server's
        tale.desk.app.timekeeper._guard = JumpGuard(desk.clock)
        (waiting,) = tale.round().waiting
        assert waiting.why.startswith("the clocks of this machine and of the database differ")


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


def test_a_reply_in_time_that_is_read_late_undoes_the_closing(tale: Tale) -> None:
    """It came by a way that nobody could have watched, as an import of a mailbox that was found again."""
    number = tale.ask_for_pcp()
    answer = tale.answer(BOTH)
    tale.on("2026-12-03 20:00")
    in_time = tale.desk.clock.moment
    tale.on(DEADLINE_PASSED)
    assert tale.desk.app.timekeeper.sweep().closed == 1
    tale.desk.send(answer, received_at=in_time)
    # The same case goes on, and the letter that had not gone out yet never does.
    assert len(tale.desk.cases()) == 1
    assert tale.state(number) == "awaiting_staff"
    assert tale.whys(number, EventKind.CASE_REOPENED) == ["a reply had come before the deadline"]
    assert tale.whys(number, EventKind.LETTER_CANCELLED) == ["closed_no_reply"]
    tale.round()
    assert [letter.kind for letter in tale.courier.letters] == ["info_request", "information_received"]


def test_a_partial_reply_in_time_that_is_read_late_is_asked_for_the_rest(tale: Tale) -> None:
    number = tale.ask_for_pcp()
    answer = tale.answer("subscriber_id: Q1234567")
    tale.on("2026-12-03 20:00")
    in_time = tale.desk.clock.moment
    tale.on(DEADLINE_PASSED)
    assert tale.round().closed == 1
    tale.desk.send(answer, received_at=in_time)
    assert tale.round().closed == 0
    assert tale.letters() == ["info_request", "closed_no_reply", "info_request"]
    assert (tale.state(number), tale.day_due(number)) == ("awaiting_sender", "2026-12-15")


def test_a_thank_you_in_time_does_not_undo_the_closing(tale: Tale) -> None:
    number = tale.ask_for_pcp()
    answer, in_time = tale.answer("Thank you!"), tale.desk.clock.moment
    tale.on(DEADLINE_PASSED)
    tale.round()
    tale.desk.send(answer, received_at=in_time)
    assert (tale.state(number), len(tale.desk.cases())) == ("closed_no_reply", 1)


def test_a_late_reply_opens_a_linked_case_that_takes_over(tale: Tale) -> None:
    number = tale.ask_for_pcp("subscriber_id: Q1234567")
    tale.on(DEADLINE_PASSED)
    assert tale.round().closed == 1
    tale.on("2026-12-07")
    result = tale.reply("pcp_name: Dr. Ada Vell")
    assert result.case_number != number
    new = tale.file(result.case_number or "")
    assert (new.state, new.missing) == ("awaiting_staff", ())
    assert new.facts.names == {"subscriber_id", "pcp_name"}
    assert tale.desk.case(new.number).linked == ((number, "follows"),)
    assert tale.state(number) == "closed_no_reply"


def test_what_staff_close_early_is_not_undone_by_a_reply(tale: Tale) -> None:
    number = tale.ask_for_pcp()
    answer = tale.answer(BOTH)
    tale.on("2026-11-24")
    tale.desk.app.casework.close(number, "ana")
    result = tale.desk.send(answer)
    assert tale.state(number) == "closed_no_reply"
    assert result.case_number != number


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


def test_the_request_that_bounces_stops_the_clock_and_asks_staff(tale: Tale) -> None:
    number = tale.ask_for_pcp()
    tale.desk.send(bounce_of(tale.last_letter().message_id), "")
    assert tale.file(number).clock_stopped == "the info_request could not be delivered"
    assert "the info_request could not be delivered" in tale.file(number).review
    tale.on("2026-11-28")
    assert tale.round().reminded == 0
    tale.on(DEADLINE_PASSED)
    (waiting,) = tale.round().waiting
    assert waiting.why.startswith("the clock stands, because the info_request could not be delivered")
    # Staff ask once more, and the clock runs again.
    tale.desk.app.casework.ask(number, ("pcp_name",), "ana")
    tale.round()
    assert (tale.file(number).clock_stopped, tale.day_due(number)) == (None, "2026-12-15")


def test_the_request_that_is_refused_never_starts_the_clock(tale: Tale) -> None:
    tale.courier.outcomes.append(Refused(550, "550 no such user"))
    number = tale.ask_for_pcp()
    assert tale.day_due(number) == "never"
    assert "the info_request could not be delivered" in tale.file(number).review
    tale.on("2027-01-04")
    assert tale.round().closed == 0


def test_a_bounce_that_comes_after_the_closing_opens_the_case_for_staff(tale: Tale) -> None:
    """PAINS 31: mail servers try for days before they say that it was in vain."""
    number = tale.ask_for_pcp()
    request = tale.last_letter().message_id
    tale.on(DEADLINE_PASSED)
    tale.round()
    tale.desk.send(bounce_of(request, status="4.4.7"), "")
    assert tale.state(number) == "awaiting_staff"
    assert "the info_request could not be delivered" in tale.file(number).review


def test_what_was_not_asked_for_cannot_be_late(tale: Tale) -> None:
    """The mail is old, so that no letter goes out: the clock stands, and staff know."""
    old = tale.desk.clock.moment - timedelta(days=3)
    result = tale.desk.send(mail("Please change my doctor."), received_at=old)
    file = tale.file(result.case_number or "")
    assert tale.letters() == []
    assert file.clock_stopped == "what is missing was not asked for (the message is old)"
    assert file.clock_stopped in file.review


def test_f29_a_letter_tried_for_hours_starts_the_clock_when_it_is_taken(tale: Tale) -> None:
    tale.courier.outcomes += [Later("451 greylisted"), Sent("250 taken")]
    number = tale.ask_for_pcp()
    assert tale.day_due(number) == "never"
    tale.on("2026-11-24")
    tale.round()
    assert tale.day_due(number) == "2026-12-04"


def test_f44_a_reply_that_overtakes_the_note_of_its_request_wins(tale: Tale) -> None:
    """The letter was accepted, but the answer to it is read before the outcome is written down."""
    number = tale.desk.send(mail("Please change my doctor.", subject="New doctor")).case_number
    assert number
    letters = iter(tale.courier.letters)
    deliver = tale.courier.deliver

    def overtaken(some: object) -> object:
        for outcome in deliver(some):
            tale.desk.send(reply(BOTH, to_id=next(letters).message_id))
            yield outcome

    tale.courier.deliver = overtaken  # type: ignore[method-assign]
    with tale.desk.store.reading() as transaction:
        assert transaction.outbox.counts() == {"due": 1}
    tale.courier.letters.clear()
    tale.desk.deliver()
    assert (tale.state(number), tale.day_due(number)) == ("awaiting_staff", "never")
