"""When reminders are due, how late ones move the deadline, and how an absence moves them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.cases.deadlines import Calendar, close_of, deadline
from mailbot.cases.rules import Duration, Unit
from mailbot.cases.schedule import LATE, Reminders, prolonged, put_off, reminders
from mailbot.classify.playbook import load

CALENDAR = Calendar(ZoneInfo("America/New_York"), lambda day: day == date(2026, 11, 26))
RULES = load(None).rules(None)
ASKED = datetime(2026, 11, 23, 14, tzinfo=UTC)
DUE = deadline(ASKED, RULES.reply_within, CALENDAR)
MICROSECOND = timedelta(microseconds=1)


def close(day: int, month: int = 11) -> datetime:
    return close_of(date(2026, month, day), CALENDAR)


def after(*counts: int) -> object:
    return replace(RULES, remind_after=tuple(Duration(count, Unit.BUSINESS_DAYS) for count in counts))


@pytest.mark.parametrize(
    ("counts", "now", "due", "next_at"),
    [
        ((3,), ASKED, 0, close(27)),
        ((3,), close(27) - MICROSECOND, 0, close(27)),
        ((3,), close(27), 1, None),
        ((3, 5), close(27), 1, close(1, 12)),
        ((5, 3), ASKED, 0, close(27)),  # in whatever order they are written
        ((3, 5), close(2, 12), 2, None),  # both were due while nobody looked
        ((3, 7, 9), close(2, 12), 1, None),  # with or after the deadline no reminder is sent
        ((), ASKED, 0, None),
    ],
)
def test_reminders_count_from_the_request(
    counts: tuple[int, ...], now: datetime, due: int, next_at: datetime | None
) -> None:
    assert reminders(ASKED, DUE, after(*counts), CALENDAR, now) == Reminders(due, next_at)  # type: ignore[arg-type]


@given(
    counts=st.lists(st.integers(0, 12), max_size=4),
    asked=st.integers(0, 15 * 365 * 24).map(lambda hours: ASKED + timedelta(hours=hours)),
    passed=st.timedeltas(timedelta(), timedelta(days=30)),
)
def test_a_reminder_never_comes_with_or_after_the_deadline(
    counts: list[int], asked: datetime, passed: timedelta
) -> None:
    due = deadline(asked, RULES.reply_within, CALENDAR)
    stands = reminders(asked, due, after(*counts), CALENDAR, asked + passed)  # type: ignore[arg-type]
    assert 0 <= stands.due <= len(counts)
    assert stands.next_at is None or asked + passed < stands.next_at < due


@pytest.mark.parametrize(
    ("delay", "day"),
    [
        (timedelta(seconds=20), 3),
        (LATE - MICROSECOND, 3),
        (LATE, 4),  # the deadline is the close of a day: what is later is the next day
        (timedelta(hours=23), 4),
        (timedelta(days=3), 6),
    ],
)
def test_f33_a_late_reminder_gives_its_delay_back(delay: timedelta, day: int) -> None:
    assert prolonged(DUE, ASKED, ASKED + delay, CALENDAR) == close(day, 12)


@pytest.mark.parametrize(
    ("back", "moved"),
    [
        (date(2026, 11, 30), close(30)),
        (date(2026, 11, 27), close(27)),
        (date(2026, 11, 25), close(27)),
        (date(2026, 12, 2), close(2, 12)),
        (date(2026, 12, 3), close(27)),
        (date(2027, 1, 15), close(27)),
    ],
)
def test_an_absence_puts_a_reminder_off_but_never_past_the_deadline(back: date, moved: datetime) -> None:
    assert put_off(close(27), back, DUE, CALENDAR) == moved
