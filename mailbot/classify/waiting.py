"""Works out the day on which coverage begins from the day of hire and the waiting period that the mail names."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from mailbot.classify.choosing import Wanted
from mailbot.classify.fields import Findings, Value
from mailbot.classify.linear import Linear
from mailbot.classify.months import next_month
from mailbot.classify.when import Role

_DAYS = {"thirty": 30, "sixty": 60, "ninety": 90}
_COUNT = r"(\d{2}|thirty|sixty|ninety)[ -]?(?:calendar )?days?"
_HIRE = r"(?:(?:the |his |her |their )?(?:date of hire|hire date|hire|doh|start date|date of employment))"
_FIRST = Linear(
    rf"\b(?:1st|first) (?:day )?of (?:the )?month (?P<on>on or |coincid\w+ with or )?(?:following|after)"
    rf" (?:{_COUNT}|{_HIRE})"
)
_WAITED = Linear(
    rf"\b{_COUNT}(?: of)?(?: waiting| probation\w*| wait)?(?: period)?,? (?:and )?(?:then )?(?:the )?"
    r"(?:1st|first) (?:day )?of (?:the )?(?:next |following )?month"
)
_STRAIGHT = Linear(rf"\b{_COUNT} (?:after|from|following) {_HIRE}")


def after_waiting(findings: Findings, wanted: Wanted) -> list[Value]:
    """The first day of coverage; nothing where the mail names no rule, or not one day of hire."""
    if not wanted.has("effective_date") or wanted.ends_coverage:
        return []
    hired = {one.mention.day for reading in findings.spoken for one in reading.dates if one.role is Role.HIRED}
    if len(hired) != 1:
        return []
    (day,) = hired
    for reading in findings.spoken:
        if begins := _begins(reading.folded, day):
            return [Value(begins.isoformat(), reading.passage.where, 1)]
    return []


def _begins(text: str, hired: date) -> date | None:
    if match := _FIRST.search(text):
        waited = hired + timedelta(days=_count(match[2]))
        return waited if waited.day == 1 and match["on"] else next_month(waited)
    if match := _WAITED.search(text):
        return next_month(hired + timedelta(days=_count(match[1])))
    if match := _STRAIGHT.search(text):
        return hired + timedelta(days=_count(match[1]))
    return None


def _count(days: Any) -> int:
    """Days in figures or in words; 0 for none."""
    return int(days) if days and days.isdigit() else _DAYS.get(days or "", 0)
