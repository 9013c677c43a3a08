"""When a case is reminded, from the moment at which its request was accepted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from mailbot.cases.deadlines import Calendar, close_of, deadline
from mailbot.cases.rules import CategoryRules

#: A letter that was accepted so much later than it was written was late; below that it is the usual coming and going.
LATE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Reminders:
    """The reminders of one request. `due` is how many should have been sent by now, `next_at` when the next one is."""

    due: int
    next_at: datetime | None


def reminders(
    asked_at: datetime, reply_due: datetime, rules: CategoryRules, calendar: Calendar, now: datetime
) -> Reminders:
    """Where the reminders stand at `now`; one that would not come before the deadline is left out."""
    times = sorted(deadline(asked_at, span, calendar) for span in rules.remind_after)
    wanted = [time for time in times if time < reply_due]
    due = sum(time <= now for time in wanted)
    return Reminders(due, next(iter(wanted[due:]), None))


def prolonged(reply_due: datetime, written_at: datetime, accepted_at: datetime, calendar: Calendar) -> datetime:
    """The deadline after a reminder went out: later by as much as the reminder was late (ATTACKS F33)."""
    delay = accepted_at - written_at
    return close_of(calendar.day_of(reply_due + delay), calendar) if delay >= LATE else reply_due


def put_off(remind_at: datetime, back_on: date, reply_due: datetime, calendar: Calendar) -> datetime:
    """When to remind somebody who is away until a day: at its close, unless the deadline comes before that."""
    moved = close_of(back_on, calendar)
    return moved if remind_at < moved < reply_due else remind_at
