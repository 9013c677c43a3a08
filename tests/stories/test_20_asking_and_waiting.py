"""Somebody forgets to say something: the desk asks, reminds, asks again, and closes what is never answered."""

from __future__ import annotations

from dataclasses import replace

from mailbot.cases.events import EventKind
from mailbot.cases.rules import Duration, Unit
from mailbot.replies.outcomes import Later
from tests.mails import mail
from tests.stories.tales import BOTH, ONE, OTHER, Tale


def test_a_request_is_answered_in_part_and_then_in_full(tale: Tale) -> None:
    # On Monday Dana asks for a new doctor, and says neither whose nor which. The desk asks for both.
    number = tale.ask_for_pcp()
    assert tale.letters() == ["info_request"]
    assert tale.state(number) == "awaiting_sender"
    assert tale.day_due(number) == "2026-12-03"  # seven business days, without Thanksgiving
    # Until Friday evening nothing happens.
    tale.on("2026-11-27 23:50")
    assert tale.round().reminded == 0
    # Three business days are over, and Dana is reminded, once.
    tale.on("2026-11-28 00:01")
    assert [tale.round().reminded, tale.round().reminded] == [1, 0]
    assert tale.letters() == ["info_request", "reminder"]
    assert "1. " in tale.last_text()
    assert "December 3" in tale.last_text()
    # On Monday she sends one of the two. The desk asks for the other, and the clock starts anew.
    tale.on("2026-11-30")
    tale.reply(ONE)
    tale.round()
    assert tale.file(number).missing == ("pcp_name",)
    assert tale.letters() == ["info_request", "reminder", "info_request"]
    assert (tale.day_due(number), tale.file(number).rounds) == ("2026-12-09", 2)
    # Nothing comes for four business days: a second reminder names only what is missing now.
    tale.on("2026-12-04")
    assert tale.round().reminded == 1
    assert "2. " not in tale.last_text()
    # Then she says the rest.
    tale.reply(OTHER)
    tale.round()
    assert tale.state(number) == "awaiting_staff"
    assert tale.letters()[-2:] == ["reminder", "information_received"]
    # And time does nothing to it any more.
    tale.on("2027-01-15")
    swept = tale.round()
    assert (swept.reminded, swept.closed, swept.waiting) == (0, 0, ())


def test_a_case_that_nobody_answers_is_reminded_and_then_closed(tale: Tale) -> None:
    number = tale.ask_for_pcp()
    tale.on("2026-11-28")
    tale.round()
    # The last day is not over before midnight at the desk.
    tale.on("2026-12-03 23:59")
    assert tale.round().closed == 0
    tale.on("2026-12-04 00:00")
    swept = tale.round()
    assert (swept.closed, swept.waiting) == (1, ())
    assert tale.state(number) == "closed_no_reply"
    assert tale.letters() == ["info_request", "reminder", "closed_no_reply"]
    assert [letter.kind for letter in tale.courier.letters] == tale.letters()
    # The letter says what was missing and when it was due, and how to go on.
    assert "December 3" in tale.last_text()
    assert "YOU CAN STILL GO ON" in tale.last_text()
    assert tale.round().closed == 0
    (why,) = tale.whys(number, EventKind.CASE_CLOSED)
    assert why == "no reply had come by the end of 2026-12-03, and nothing is lacking in the proof"


def test_the_clock_starts_when_the_letter_is_accepted_and_not_before(tale: Tale) -> None:
    """ATTACKS F29: a relay that is down for a week takes nothing from the sender's time."""
    tale.desk.send(mail_of_dana())
    (row,) = tale.desk.cases()
    tale.on("2026-11-30")
    assert tale.round().closed == 0
    assert tale.day_due(row.number) == "2026-12-09"
    assert tale.whys(row.number, EventKind.CLOCK_STARTED) == ["a reply is due by the end of 2026-12-09"]


def test_a_thank_you_changes_nothing(tale: Tale) -> None:
    number = tale.ask_for_pcp()
    tale.on("2026-11-24")
    tale.reply("Thanks, I will look for it.")
    assert (tale.state(number), tale.day_due(number)) == ("awaiting_sender", "2026-12-03")
    assert tale.letters() == ["info_request"]


def test_a_complete_inquiry_is_never_reminded(tale: Tale) -> None:
    number = tale.ask_for_pcp(BOTH)
    tale.on("2027-03-01")
    assert (tale.round().reminded, tale.round().closed) == (0, 0)
    assert (tale.state(number), tale.letters()) == ("awaiting_staff", ["acknowledgment"])


def test_f33_reminders_that_were_due_while_nobody_looked_are_one(tale: Tale) -> None:
    remind_twice(tale)
    number = tale.ask_for_pcp()
    # The service stands still from Monday to the day before the deadline: both reminders are due.
    tale.on("2026-12-03")
    assert [tale.round().reminded, tale.round().reminded] == [1, 0]
    assert (tale.letters(), tale.file(number).reminders) == (["info_request", "reminder"], 2)


def test_each_reminder_of_the_playbook_comes_once(tale: Tale) -> None:
    remind_twice(tale)
    tale.ask_for_pcp()
    sent = []
    for day in ("2026-11-25", "2026-11-28", "2026-11-30", "2026-12-01", "2026-12-02", "2026-12-03"):
        tale.on(day)
        sent.append(tale.round().reminded)
    assert sent == [0, 1, 0, 0, 0, 1]


def test_after_the_deadline_nobody_is_reminded(tale: Tale) -> None:
    number = tale.ask_for_pcp()
    tale.on("2026-12-04")
    swept = tale.round()
    assert (swept.reminded, swept.closed) == (0, 1)
    assert tale.letters(number) == ["info_request", "closed_no_reply"]


def test_f33_a_reminder_that_goes_out_late_moves_the_deadline(tale: Tale) -> None:
    """The relay is down when the reminder is due, and comes back on the last day: the sender gets that time back."""
    number = tale.ask_for_pcp()
    tale.on("2026-11-28")
    tale.desk.app.timekeeper.sweep()
    tale.on("2026-12-02")
    tale.desk.deliver()
    assert tale.day_due(number) == "2026-12-07"  # four days later than before
    tale.on("2026-12-05")
    assert tale.round().closed == 0
    tale.on("2026-12-08")
    assert tale.round().closed == 1


def test_f33_reminders_that_could_not_go_out_are_one(tale: Tale) -> None:
    """The relay is down from Saturday to Thursday: the second reminder finds the first one still in the outbox."""
    remind_twice(tale)
    number = tale.ask_for_pcp()
    for day in ("2026-11-28", "2026-12-03 06:00"):
        tale.on(day)
        tale.courier.outcomes = [Later("451 not now")]
        tale.round()
    tale.on("2026-12-03 11:00")
    tale.round()
    assert tale.letters(number) == ["info_request", "reminder"]
    assert [row.state for row in tale.desk.letters()] == ["sent", "sent"]
    assert tale.day_due(number) == "2026-12-08", "and its delay is given back"


def mail_of_dana() -> bytes:
    return mail("Please change my doctor.", subject="New doctor")


def remind_twice(tale: Tale) -> None:
    """The playbook of this desk reminds after three, six and nine business days; nine are past the deadline."""
    playbook = tale.desk.app.playbook
    spans = (Duration(3, Unit.BUSINESS_DAYS), Duration(6, Unit.BUSINESS_DAYS), Duration(9, Unit.BUSINESS_DAYS))
    rules = {code: replace(each, remind_after=spans) for code, each in playbook.categories.items()}
    changed = replace(playbook, categories=rules)
    tale.desk.app.timekeeper._rules = replace(tale.desk.app.timekeeper._rules, playbook=changed)
