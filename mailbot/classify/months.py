"""Names of months and weekdays, and how a day is found from what is said of it."""

from __future__ import annotations

import calendar
from datetime import date

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan enero ene",
            "february feb febrero",
            "march mar marzo",
            "april apr abril abr",
            "may mayo",
            "june jun junio",
            "july jul julio",
            "august aug agosto ago",
            "september sept sep septiembre setiembre set",
            "october oct octubre",
            "november nov noviembre",
            "december dec diciembre dic",
        ),
        1,
    )
    for name in names.split()
}
WEEKDAYS = {
    name: number
    for number, names in enumerate(
        (
            "monday mon lunes 一",
            "tuesday tue tues martes 二",
            "wednesday wed miércoles miercoles 三",
            "thursday thu thurs jueves 四",
            "friday fri viernes 五",
            "saturday sat sábado sabado 六",
            "sunday sun domingo 日 天",
        )
    )
    for name in names.split()
}


def nearest(month: int, day: int, sent: date) -> date | None:
    """The day without a year that lies nearest to the day of sending."""
    days = [made for year in (sent.year - 1, sent.year, sent.year + 1) if (made := day_of(year, month, day))]
    return min(days, key=lambda made: abs((made - sent).days), default=None)


def month_end(day: date) -> date:
    """The last day of the month that a day lies in."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def next_month(day: date, months: int = 1) -> date:
    """The first of a following month."""
    at = day.year * 12 + day.month - 1 + months
    return date(at // 12, at % 12 + 1, 1)


def day_of(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def full_year(text: str, sent: date) -> int:
    """Two digits are the century that does not lie more than a year and a half ahead."""
    text = text.strip("'")
    if len(text) == 4:
        return int(text)
    year = 2000 + int(text)
    return year if year <= sent.year + 1 else year - 100
