"""Somebody is out of office: nothing about the case changes, but the reminder waits until they are back (PAINS 25)."""

from __future__ import annotations

import pytest

from mailbot.cases.events import EventKind
from tests.mails import EVE
from tests.stories.tales import NEW_YORK, Tale


def away(tale: Tale, text: str, sender: str = "Dana Reed <dana@broker.example>") -> None:
    """The automatic reply to the last letter."""
    tale.reply(text, sender=sender, auto_submitted="auto-replied", subject="Automatic reply: your request")


def reminded_on(tale: Tale, number: str) -> str:
    moment = tale.file(number).remind_at
    return moment.astimezone(NEW_YORK).date().isoformat() if moment else "never"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("I am out of the office until November 30.", "2026-11-30"),
        ("I'll be back on Tuesday, December 1st.", "2026-12-01"),
        ("Estoy de vacaciones. Regreso el 1 de diciembre.", "2026-12-01"),
        ("我休假至11月30日，期间无法回复邮件。", "2026-11-30"),
        ("I am away from my desk.", "2026-11-27"),  # no day: nothing is moved
        ("I am back on November 25.", "2026-11-27"),  # back before the reminder is due
        ("I am on leave until December 3.", "2026-11-27"),  # past the deadline: it would come too late
        ("I am on leave until January 15.", "2026-11-27"),
    ],
)
def test_the_reminder_waits_until_the_named_day(small_tale: Tale, text: str, day: str) -> None:
    number = small_tale.ask_for_pcp()
    away(small_tale, text)
    assert reminded_on(small_tale, number) == day


def test_pain_25_an_absence_moves_one_reminder_and_nothing_else(tale: Tale) -> None:
    number = tale.ask_for_pcp()
    before = tale.file(number)
    away(tale, "I am out of the office until December 1st.")
    after = tale.file(number)
    assert tale.whys(number, EventKind.REMINDER_MOVED) == [
        "to the end of 2026-12-01, because the sender is away until then"
    ]
    assert (after.state, after.reply_due, after.rounds) == (before.state, before.reply_due, before.rounds)
    assert (after.review, tale.letters()) == (before.review, ["info_request"])
    # On the day on which the reminder would have come it does not, and after her return it does.
    tale.on("2026-11-28")
    assert tale.round().reminded == 0
    tale.on("2026-12-02")
    assert [tale.round().reminded, tale.round().reminded] == [1, 0]
    # The deadline is what it was.
    tale.on("2026-12-04")
    assert tale.round().closed == 1


def test_the_absence_of_somebody_else_moves_nothing(tale: Tale) -> None:
    number = tale.ask_for_pcp(cc=EVE)
    away(tale, "I am out of the office until December 1st.", sender=EVE)
    assert reminded_on(tale, number) == "2026-11-27"


def test_an_absence_after_the_last_reminder_moves_nothing(tale: Tale) -> None:
    number = tale.ask_for_pcp()
    tale.on("2026-11-28")
    tale.round()
    away(tale, "I am out of the office until December 1st.")
    assert (reminded_on(tale, number), tale.whys(number, EventKind.REMINDER_MOVED)) == ("never", [])


def test_an_absence_does_not_hold_up_a_case_that_is_complete(tale: Tale) -> None:
    number = tale.ask_for_pcp("subscriber_id: Q1\npcp_name: Dr. Vell")
    away(tale, "I am out of the office until December 1st.")
    assert (tale.state(number), reminded_on(tale, number)) == ("awaiting_staff", "never")
