"""Replies that come late, or in time and are read late; letters that never arrive."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mailbot.cases.events import EventKind
from mailbot.replies.outcomes import Later, Refused, Sent
from tests.mails import bounce_of, mail, reply
from tests.stories.lacks import DEADLINE_PASSED
from tests.stories.tales import BOTH, Tale


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


def test_pain_31_a_bounce_that_comes_after_the_closing_opens_the_case_for_staff(tale: Tale) -> None:
    """Mail servers try for days before they say that it was in vain."""
    number = tale.ask_for_pcp()
    request = tale.last_letter().message_id
    tale.on(DEADLINE_PASSED)
    tale.round()
    tale.desk.send(bounce_of(request, status="4.4.7"), "")
    assert tale.state(number) == "awaiting_staff"
    assert "the info_request could not be delivered" in tale.file(number).review


@pytest.mark.parametrize(
    ("ended", "bounced", "state"),
    [
        ("closed_no_reply", "reminder", "awaiting_staff"),
        ("closed_no_reply", "closed_no_reply", "awaiting_staff"),
        ("closed_no_reply", "first info_request", "closed_no_reply"),  # a later request arrived
        ("resolved", "info_request", "resolved"),
        ("resolved", "resolution", "awaiting_staff"),
        ("withdrawn", "info_request", "withdrawn"),
    ],
)
def test_pain_31_only_a_letter_without_which_it_could_not_end_opens_a_case_again(
    small_tale: Tale, ended: str, bounced: str, state: str
) -> None:
    tale = small_tale
    number = tale.ask_for_pcp()
    if bounced.startswith("first"):
        tale.reply("subscriber_id: Q1234567")
        tale.desk.deliver()
    if ended == "closed_no_reply":
        for day in ("2026-11-28", DEADLINE_PASSED):
            tale.on(day)
            tale.round()
    elif ended == "resolved":
        tale.desk.app.casework.resolve(number, "It is done.", "ana")
    else:
        tale.desk.app.casework.withdraw(number, "ana")
    tale.desk.deliver()
    assert tale.state(number) == ended
    letter = next(row for row in tale.desk.letters() if row.kind == bounced.removeprefix("first "))
    tale.desk.send(bounce_of(letter.message_id), "")
    assert tale.state(number) == state
    # Whatever becomes of the case, staff are asked to look at it.
    assert f"the {letter.kind} could not be delivered" in tale.file(number).review


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
