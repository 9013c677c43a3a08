"""Settles which dates a matter is about: when the change takes effect, who was born when, when was paid."""

from __future__ import annotations

from bisect import bisect_right
from datetime import date, timedelta
from itertools import accumulate

from mailbot.cases.understanding import Where
from mailbot.classify.choosing import Wanted, best
from mailbot.classify.fields import Findings, Value, coverage_from_birth, is_read
from mailbot.classify.months import month_end
from mailbot.classify.parties import dependent_names
from mailbot.classify.waiting import after_waiting
from mailbot.classify.when import CHANGES, Dated, Role, next_day, same_day, speaks_of_newborn

_PLAIN = 3
_FITS = 2
_WEEKS = 100
_TURN = 3


def effective_dates(findings: Findings, wanted: Wanted) -> list[Value]:
    if not (wanted.has("effective_date") or wanted.dated):
        return []
    least = "" if wanted.has("effective_date") else findings.sent.isoformat()
    plain = [value for value in findings.of("effective_date", least=_PLAIN) if value.value >= least]
    if in_table := [value for value in plain if _is_in_table(findings, value)]:
        return in_table
    votes, places = _votes(findings, wanted)
    most = max(votes.values(), default=0)
    if most < _PLAIN and coverage_from_birth(findings):
        births = findings.of("date_of_birth") or _just_born(findings, wanted)
        if births:
            return [Value(births[0].value, Where.BODY)]
    if most < 2 * _PLAIN and (named := _that_day(findings)):
        return [named]
    if len(listed := _by_line(findings, wanted)) > 1:
        return listed
    if votes:
        day = max(votes, key=lambda day: votes[day] + _turn(day, wanted))
        return [Value(day, places[day])]
    return _only_date(findings, wanted) or after_waiting(findings, wanted)


def _by_line(findings: Findings, wanted: Wanted) -> list[Value]:
    """The days of a list in which each line names somebody and a day of its own."""
    days: dict[str, Value] = {}
    for reading in findings.spoken:
        if len(reading.people) < 2 or not reading.dates or "\n" not in reading.prose:
            continue
        starts = _starts(reading.prose)
        named = {bisect_right(starts, person.mention.start) for person in reading.people}
        lines: dict[int, Dated] = {}
        for one in reading.dates if len(named) > 1 else ():
            line, weight = bisect_right(starts, one.mention.start), _weight(one, wanted)
            if weight >= _FITS and line in named and (line not in lines or _weight(lines[line], wanted) < weight):
                lines[line] = one
        for one in lines.values() if len(lines) > 1 else ():
            day = one.mention.day.isoformat()
            days.setdefault(day, Value(day, reading.passage.where))
    return list(days.values())


def _starts(text: str) -> list[int]:
    """Where the lines of a text begin."""
    return [0, *accumulate(len(line) + 1 for line in text.split("\n"))]


def _that_day(findings: Findings) -> Value | None:
    """The date that "as of that day", "the next day" or "the date of the adoption" points back to."""
    for reading in findings.spoken:
        if not reading.dates:
            continue
        for at, later in ((same_day(reading.folded), 0), (next_day(reading.folded), 1)):
            before = [one for one in reading.dates if one.mention.start < at and one.role is not Role.BIRTH]
            if before:
                day = before[-1].mention.day + timedelta(days=later)
                return Value(day.isoformat(), reading.passage.where)
    return None


def _turn(day: str, wanted: Wanted) -> int:
    """What a day counts for more because coverage begins on a first and ends on a last day of a month."""
    return _TURN if _is_turn(date.fromisoformat(day), ends=wanted.ends_coverage) else 0


def _is_in_table(findings: Findings, value: Value) -> bool:
    return any(
        "date" in table.columns and len(table.rows) >= 1 and reading.passage.where is value.where
        for reading in findings.readings
        if is_read(reading)
        for table in reading.tables
        if table.is_of_people
    )


def _votes(findings: Findings, wanted: Wanted) -> tuple[dict[str, int], dict[str, Where]]:
    """How plainly each date is said to be the one; what the mail says counts more than its files."""
    votes: dict[str, int] = {}
    places: dict[str, Where] = {}
    for reading in findings.spoken:
        for one in reading.dates:
            if one.role not in CHANGES:
                continue
            weight = _weight(one, wanted, _PLAIN if one.mention.day >= findings.sent else _PLAIN + 1)
            if weight > 0:
                day = _day(one.mention.day, is_month=one.mention.is_month, wanted=wanted).isoformat()
                vote = weight if reading.passage.where is Where.FORM else 2 * weight
                votes[day] = max(votes.get(day, 0), vote) + (day in places)
                places.setdefault(day, reading.passage.where)
    return votes, places


def _weight(one: Dated, wanted: Wanted, least: int = _PLAIN) -> int:
    """What a date counts for: an end of coverage where that is the matter, else a start; 0 for nothing.

    Where the date is not required it must be said as plainly as `least`, and a month never counts.
    """
    if one.role not in CHANGES:
        return 0
    if not wanted.has("effective_date"):
        plain = one.weight >= least and one.role is Role.EFFECTIVE and not one.mention.is_month
        return one.weight if plain else 0
    fitting = (one.role is Role.ENDING) == wanted.ends_coverage
    weight = one.weight + (_FITS if fitting and wanted.ends_coverage else 0)
    return max(1, weight - (0 if fitting or wanted.ends_coverage else 1) - 2 * one.mention.is_month)


def _day(day: date, *, is_month: bool, wanted: Wanted) -> date:
    """Coverage begins on the first of a month and ends on its last day."""
    return month_end(day) if is_month and wanted.ends_coverage else day


def _only_date(findings: Findings, wanted: Wanted) -> list[Value]:
    """Where the date is required and none is called so: the one date within a year that is called nothing else."""
    if not wanted.has("effective_date"):
        return []
    for role in _last_resort(wanted):
        if found := _only(findings, wanted, role):
            return found
    return []


def _last_resort(wanted: Wanted) -> tuple[Role, ...]:
    """The roles of dates that may be the day of effect where nothing is called so; groups, not people, "join"."""
    if wanted.ends_coverage:
        return (Role.NONE, Role.DEATH, Role.ELSEWHERE)
    return (Role.NONE, Role.HIRED) if wanted.has("group_name") else (Role.NONE,)


def _only(findings: Findings, wanted: Wanted, role: Role) -> list[Value]:
    near = [
        (one, reading)
        for reading in findings.spoken
        for one in reading.dates
        if one.role is role
        and not one.mention.is_relative
        and abs((one.mention.day - findings.sent).days) <= 200
        and one.mention.day != findings.sent
    ]
    exact = [pair for pair in near if not pair[0].mention.is_month] or near
    if len({one.mention.day for one, _ in exact}) > 1:  # Coverage begins on a first, and ends on a last day.
        exact = [pair for pair in exact if _is_turn(pair[0].mention.day, ends=wanted.ends_coverage)]
    days = {_day(one.mention.day, is_month=one.mention.is_month, wanted=wanted) for one, _ in exact}
    if len(days) == 1:
        return [Value(days.pop().isoformat(), exact[0][1].passage.where, 1)]
    return []


def _is_turn(day: date, *, ends: bool) -> bool:
    return day == month_end(day) if ends else day.day == 1


def births(findings: Findings, wanted: Wanted) -> list[Value]:
    values = best(findings.of("date_of_birth", least=_PLAIN + 1) or findings.of("date_of_birth"))
    if not values and wanted.has("date_of_birth"):
        values = _long_ago(findings) or _just_born(findings, wanted)
    if wanted.has("dependent_name") and len(values) > 1:
        count = max(1, len(dependent_names(findings, wanted)))
        values = sorted(values, key=lambda value: value.value)[-count:] if count == 1 else values
    return values


def _just_born(findings: Findings, wanted: Wanted) -> list[Value]:
    """Of a newborn the one date of the last weeks that is called nothing else."""
    said = any(speaks_of_newborn(reading.folded) for reading in findings.spoken)
    if not (said and wanted.has("dependent_name")):
        return []
    near = {
        one.mention.day: reading.passage.where
        for reading in findings.spoken
        for one in reading.dates
        if one.role is Role.NONE and not one.mention.is_month and 0 <= (findings.sent - one.mention.day).days <= _WEEKS
    }
    return [Value(day.isoformat(), where, 1) for day, where in near.items()] if len(near) == 1 else []


def _long_ago(findings: Findings) -> list[Value]:
    """A date of long ago that is called nothing else."""
    limit = findings.sent - timedelta(days=400)
    return [
        Value(one.mention.day.isoformat(), reading.passage.where, 1)
        for reading in findings.spoken
        for one in reading.dates
        if one.role is Role.NONE and one.mention.year_stated and not one.mention.is_month and one.mention.day < limit
    ][:4]


def payment_dates(findings: Findings, wanted: Wanted) -> list[Value]:
    if not wanted.has("payment_date"):
        return []
    past = [
        value
        for value in findings.of("payment_date")
        if value.where is not Where.FORM and value.value <= findings.sent.isoformat()
    ]
    return past[:1]
