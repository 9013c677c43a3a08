"""When a promise is due: business days, holidays, clock changes and the ends of months and years."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.app import calendar_of
from mailbot.cases.deadlines import Calendar, deadline, last_day
from mailbot.cases.rules import Duration, Unit
from mailbot.config import Desk

NEW_YORK = ZoneInfo("America/New_York")
US = calendar_of(Desk("Desk", "enrollment@desk.example"))
YEARS = (datetime.fromisoformat("2020-01-01"), datetime.fromisoformat("2035-01-01"))
NO_HOLIDAYS = Calendar(NEW_YORK, lambda day: False)


def days(count: int) -> Duration:
    return Duration(count, Unit.DAYS)


def business(count: int) -> Duration:
    return Duration(count, Unit.BUSINESS_DAYS)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=NEW_YORK)


@pytest.mark.parametrize(
    ("start", "span", "end"),
    [
        ("2026-11-23T09:00", business(2), "2026-11-25"),  # Monday to Wednesday
        ("2026-11-20T09:00", business(2), "2026-11-24"),  # over a week-end
        ("2026-11-21T09:00", business(1), "2026-11-23"),  # written on a Saturday
        ("2026-11-25T23:59", business(1), "2026-11-27"),  # over Thanksgiving
        ("2026-12-31T12:00", business(1), "2027-01-04"),  # over New Year and a week-end
        ("2026-07-02T12:00", business(1), "2026-07-06"),  # the Fourth falls on a Saturday: Friday is off
        ("2026-11-23T09:00", business(7), "2026-12-03"),
        ("2026-11-23T09:00", days(7), "2026-11-30"),
        ("2026-11-19T09:00", days(7), "2026-11-26"),  # calendar days end on holidays too
        ("2028-02-28T09:00", days(1), "2028-02-29"),
        ("2028-02-29T09:00", days(365), "2029-02-28"),
        ("2026-12-25T09:00", days(7), "2027-01-01"),
        ("2026-11-23T23:30", days(0), "2026-11-23"),
        ("2026-11-28T23:30", business(0), "2026-11-28"),
    ],
)
def test_f43_a_span_ends_on_this_day(start: str, span: Duration, end: str) -> None:
    assert last_day(at(start), span, US) == date.fromisoformat(end)


@pytest.mark.parametrize(
    ("start", "utc"),
    [
        ("2026-03-07T12:00", "2026-03-09T03:59:59.999999"),  # the clocks go forward on the 8th
        ("2026-10-31T12:00", "2026-11-02T04:59:59.999999"),  # and back on November 1st
        ("2026-07-01T12:00", "2026-07-03T03:59:59.999999"),
        ("2026-12-31T12:00", "2027-01-02T04:59:59.999999"),
    ],
)
def test_f42_a_deadline_is_the_close_of_the_day_at_the_desk(start: str, utc: str) -> None:
    assert deadline(at(start), days(1), US) == datetime.fromisoformat(utc).replace(tzinfo=UTC)


def test_f42_the_day_at_the_desk_counts_and_not_the_day_in_utc() -> None:
    evening = datetime(2026, 11, 24, 3, tzinfo=UTC)  # still Monday in New York
    assert US.day_of(evening) == date(2026, 11, 23)
    assert last_day(evening, business(1), US) == date(2026, 11, 24)


@pytest.mark.parametrize("zone", ["America/New_York", "America/Phoenix", "Pacific/Apia", "Asia/Kathmandu"])
@given(
    begun=st.datetimes(*YEARS, timezones=st.just(UTC)),
    count=st.integers(0, 60),
)
def test_f42_a_deadline_never_comes_before_its_start_and_falls_on_a_business_day(
    zone: str, begun: datetime, count: int
) -> None:
    calendar = Calendar(ZoneInfo(zone), US.is_holiday)
    end = deadline(begun, business(count), calendar)
    assert end > begun
    assert end.astimezone(calendar.zone).hour == 23
    if count:
        assert calendar.is_business_day(calendar.day_of(end))
        passed = sum(
            calendar.is_business_day(date.fromordinal(day))
            for day in range(calendar.day_of(begun).toordinal() + 1, calendar.day_of(end).toordinal() + 1)
        )
        assert passed == count


def test_a_desk_without_holidays_skips_week_ends_only() -> None:
    assert last_day(at("2026-11-25T09:00"), business(1), NO_HOLIDAYS) == date(2026, 11, 26)
    assert last_day(at("2026-11-27T09:00"), business(1), NO_HOLIDAYS) == date(2026, 11, 30)


def test_the_holidays_of_a_part_of_a_country_count_where_they_are_named() -> None:
    texas = calendar_of(Desk("Desk", "enrollment@desk.example", holidays="US-TX"))
    day_after = date(2026, 11, 27)
    assert not texas.is_business_day(day_after)
    assert US.is_business_day(day_after)
    none = calendar_of(Desk("Desk", "enrollment@desk.example", holidays=""))
    assert none.is_business_day(date(2026, 12, 25))


@pytest.mark.parametrize(
    ("place", "moment", "year"),
    [
        ("US", "2026-11-23T09:00", None),
        ("", "2026-11-23T09:00", None),  # a desk without holidays needs to know none
        ("US", "2100-11-23T09:00", 2101),  # nobody has worked out the year after that
        ("US", "2101-11-23T09:00", 2101),
        ("US-QQ", "2026-11-23T09:00", 2026),  # no such place
        ("QQ", "2026-11-23T09:00", 2026),
    ],
)
def test_f43_the_first_year_whose_holidays_are_not_known(place: str, moment: str, year: int | None) -> None:
    calendar = calendar_of(Desk("Desk", "enrollment@desk.example", holidays=place))
    assert calendar.unknown_year(at(moment)) == year
