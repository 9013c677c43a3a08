"""When a duration ends: calendar or business days, at the close of the day in the desk's time zone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from mailbot.cases.rules import Duration, Unit

_SATURDAY = 5


@dataclass(frozen=True)
class Calendar:
    """The desk's zone and its holidays; `knows` tells whether those of a year are known at all."""

    zone: ZoneInfo
    is_holiday: Callable[[date], bool]
    knows: Callable[[int], bool] = lambda year: True

    def unknown_year(self, moment: datetime) -> int | None:
        """The first year whose holidays are not known, of that moment's and the next: a deadline may run into it."""
        this = self.day_of(moment).year
        return next((year for year in (this, this + 1) if not self.knows(year)), None)

    def day_of(self, moment: datetime) -> date:
        """The date at the desk at that moment."""
        return moment.astimezone(self.zone).date()

    def is_business_day(self, day: date) -> bool:
        return day.weekday() < _SATURDAY and not self.is_holiday(day)


def last_day(start: datetime, span: Duration, calendar: Calendar) -> date:
    """The date on which a span that begins at `start` ends; the day it begins on does not count."""
    day = calendar.day_of(start)
    if span.unit is Unit.DAYS:
        return day + timedelta(days=span.count)
    remaining = span.count
    while remaining > 0:
        day += timedelta(days=1)
        remaining -= calendar.is_business_day(day)
    return day


def deadline(start: datetime, span: Duration, calendar: Calendar) -> datetime:
    """The last moment, in UTC, of the last day of the span at the desk."""
    return close_of(last_day(start, span, calendar), calendar)


def close_of(day: date, calendar: Calendar) -> datetime:
    """The last moment, in UTC, of a day at the desk."""
    return datetime.combine(day, time.max, tzinfo=calendar.zone).astimezone(UTC)
