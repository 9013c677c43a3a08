"""Tells what each date in a text is: the change asked for, a birth, a payment, or something else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

import re2

from mailbot.classify.cues import cue
from mailbot.classify.dates import DateMention, find_dates
from mailbot.classify.folding import fold
from mailbot.classify.months import nearest
from mailbot.classify.together import Together


class Role(StrEnum):
    """What a date is about."""

    EFFECTIVE = "effective_date"
    ENDING = "ending"
    BIRTH = "date_of_birth"
    PAYMENT = "payment_date"
    OTHER = "other"
    NONE = "none"


CHANGES = (Role.EFFECTIVE, Role.ENDING)
"""The roles of a date on which coverage changes."""


@dataclass(frozen=True, slots=True)
class Dated:
    """A date with its role; `weight` is how plainly the words say so, 0 to 3."""

    mention: DateMention
    role: Role
    weight: int


@dataclass(frozen=True, slots=True)
class _Cue:
    start: int
    end: int
    role: Role
    weight: int


_REACH_BACK = 42
_REACH_AHEAD = 26


_CUES = (
    (cue("when.birth"), Role.BIRTH, 3),
    (cue("when.hired"), Role.OTHER, 3),
    (cue("when.ending_strong"), Role.ENDING, 3),
    (cue("when.strong"), Role.EFFECTIVE, 3),
    (cue("when.as_of"), Role.EFFECTIVE, 2),
    (cue("when.paid"), Role.PAYMENT, 2),
    (cue("when.other"), Role.OTHER, 2),
    (cue("when.ending"), Role.ENDING, 2),
    (cue("when.medium"), Role.EFFECTIVE, 2),
)
_CUES_TOGETHER = Together(expression.pattern for expression, _, _ in _CUES)
_BREAK = re2.compile(r"[.!?。！？;；]\s|\n")
_FROM_BIRTH = cue("when.from_birth")
_PARENTHESIS_AFTER_NAME = re2.compile(r"[\p{L}.]{2,} ?[(（,] ?$")


def dated(text: str, sent: date, *, day_first: bool = False) -> tuple[Dated, ...]:
    """The dates of a text with their roles; `day_first` as find_dates() takes it."""
    folded = fold(text)
    mentions = find_dates(text, sent, day_first=day_first)
    if not mentions:
        return ()
    cues = list(_cues(folded))
    breaks = [match.end() for match in _BREAK.finditer(text)]
    found = [_judged(text, mention, cues, breaks, mentions, sent) for mention in mentions]
    return tuple(_settled(one, sent) for one in found)


def _cues(text: str) -> Iterator[_Cue]:
    taken: list[tuple[int, int]] = []
    for place in _CUES_TOGETHER.present(text):
        expression, role, weight = _CUES[place]
        for match in expression.finditer(text):
            start, end = match.span()
            if not any(start < other_end and other_start < end for other_start, other_end in taken):
                taken.append((start, end))
                yield _Cue(start, end, role, weight)


def _judged(
    text: str, mention: DateMention, cues: list[_Cue], breaks: list[int], mentions: tuple[DateMention, ...], sent: date
) -> Dated:
    """The nearest cue decides, one before the date rather than one behind it."""
    floor = max((at for at in breaks if at <= mention.start), default=0)
    ceiling = min((at for at in breaks if at > mention.end), default=len(text))
    if mention.year_stated and not mention.is_month and _born_in_parenthesis(text, mention, sent):
        return Dated(mention, Role.BIRTH, 2)
    weighed = [
        (distance + _comma_between(text, sign, mention), at)
        for at, sign in enumerate(cues)
        if (distance := _distance(sign, mention, floor, ceiling, mentions)) is not None
    ]
    if not weighed:
        return Dated(mention, Role.NONE, 0)
    nearest_sign = cues[min(weighed)[1]]
    return Dated(mention, nearest_sign.role, nearest_sign.weight)


def _distance(
    cue: _Cue, mention: DateMention, floor: int, ceiling: int, mentions: tuple[DateMention, ...]
) -> int | None:
    """How far a cue is from the date, in letters; None where it belongs to another sentence or date."""
    if floor <= cue.start and cue.end <= mention.start and mention.start - cue.end <= _REACH_BACK:
        between = any(cue.end <= other.start and other.end <= mention.start for other in mentions)
        return mention.start - cue.end + (14 if between else 0)
    if mention.end <= cue.start < ceiling and cue.start - mention.end <= _REACH_AHEAD:
        between = any(mention.end <= other.start <= cue.start for other in mentions)
        return None if between else 2 * (cue.start - mention.end) + 8
    return None


def _comma_between(text: str, cue: _Cue, mention: DateMention) -> int:
    """A comma parts what is said of one date from what is said of the next."""
    between = text[cue.end : mention.start] if cue.end <= mention.start else text[mention.end : cue.start]
    han = any(mark in between for mark in "，、")
    return 24 if han else 10 * ("," in between)


def _born_in_parenthesis(text: str, mention: DateMention, sent: date) -> bool:
    """ "Georgette Tremaine (7-16-1978)": a date of long ago right behind a name."""
    return mention.day < sent - timedelta(days=400) and bool(
        _PARENTHESIS_AFTER_NAME.search(text[max(0, mention.start - 24) : mention.start])
    )


def _settled(one: Dated, sent: date) -> Dated:
    """A birth without a year is no date of birth; a payment without one lies in the past."""
    mention = one.mention
    if one.role is Role.BIRTH and (mention.is_month or mention.day > sent + timedelta(days=30)):
        return replace(one, role=Role.OTHER)
    if one.role in CHANGES and mention.is_relative and one.weight < 3:
        return replace(one, role=Role.OTHER)
    if one.role in CHANGES and mention.year_stated and mention.day < sent - timedelta(days=1500):
        return replace(one, role=Role.BIRTH if not mention.is_month else Role.OTHER, weight=1)
    if one.role is Role.PAYMENT and not mention.year_stated and mention.day > sent + timedelta(days=45):
        past = nearest(mention.day.month, mention.day.day, sent - timedelta(days=180))
        return replace(one, mention=replace(mention, day=past or mention.day))
    return one


def starts_at_birth(text: str) -> bool:
    """Whether coverage is asked for from the day of birth, in words and without the date."""
    return bool(_FROM_BIRTH.search(text))
