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
from mailbot.classify.months import day_of, month_end, nearest, next_month
from mailbot.classify.together import Together


class Role(StrEnum):
    """What a date is about."""

    EFFECTIVE = "effective_date"
    ENDING = "ending"
    BIRTH = "date_of_birth"
    PAYMENT = "payment_date"
    HIRED = "hired"
    ELSEWHERE = "elsewhere"
    LAST_DAY = "last_day"
    DEATH = "death"
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


_CORRECTABLE = (Role.BIRTH, Role.PAYMENT, Role.ENDING)
_REACH_BACK = 42
_REACH_AHEAD = 26
_STRONG, _CORRECTED = 3, 4

_CUES = (
    (cue("when.birth"), Role.BIRTH, 3),
    (cue("when.hired"), Role.HIRED, 3),
    (cue("when.corrected"), Role.EFFECTIVE, _CORRECTED),
    (cue("when.ending_strong"), Role.ENDING, 3),
    (cue("when.strong"), Role.EFFECTIVE, 3),
    (cue("when.as_of"), Role.EFFECTIVE, 2),
    (cue("when.paid"), Role.PAYMENT, 2),
    (cue("when.other"), Role.OTHER, 2),
    (cue("when.died"), Role.DEATH, 2),
    (cue("when.last_day"), Role.LAST_DAY, 2),
    (cue("when.elsewhere"), Role.ELSEWHERE, 2),
    (cue("when.ending"), Role.ENDING, 2),
    (cue("when.medium"), Role.EFFECTIVE, 2),
)
_CUES_TOGETHER = Together(expression.pattern for expression, _, _ in _CUES)
_BREAK = re2.compile(r"[.!?。！？;；]\s|\n")
_FROM_BIRTH = cue("when.from_birth")
_NEWBORN = cue("flags.newborn")
_BIRTH_HINTS = ("birth", "dob", "born", "nac", "出生")
_SAME_DAY = cue("when.same_day")
_NEXT_DAY = cue("when.next_day")
_SAME_DAY_HINTS = ("that d", "same d", "this d", "said d", "day of", "date of", " date", "fecha", " dia", "从")
_NEXT_DAY_HINTS = ("next day", "following day", "day after", "siguiente", "第二天", "次日")
_WRONG_BEFORE = cue("when.wrong_before", tail=r"(?: (?:the|on|el|from|to|as of))? *$")
_WRONG_AFTER = cue("when.wrong_after", head=r"^,? (?:is|was|which is|which was|that is|by|as a) ?", tail=r"\b")
_FROM_ON = re2.compile(r"^(?:起|开始|生效)")
_SUM_BEFORE = re2.compile(r"(?:\$ ?[\d,]+(?:\.\d\d)?|\d\.\d\d)(?: on| el| dated| del?)? ?$")
_PARENTHESIS_AFTER_NAME = re2.compile(r"[\p{L}.]{2,} ?[(（,] ?$")


def dated(text: str, sent: date, *, day_first: bool = False) -> tuple[Dated, ...]:
    """The dates of a text with their roles; `day_first` as find_dates() takes it."""
    folded = fold(text)
    mentions = find_dates(text, sent, day_first=day_first)
    if not mentions:
        return ()
    scene = _Scene(text, folded, tuple(_cues(folded)), tuple(match.end() for match in _BREAK.finditer(text)), mentions)
    return tuple(_settled(_judged(scene, mention, sent), sent) for mention in mentions)


@dataclass(frozen=True, slots=True)
class _Scene:
    """A text with its cues, the ends of its sentences and its dates, in their order."""

    text: str
    folded: str
    cues: tuple[_Cue, ...]
    breaks: tuple[int, ...]
    mentions: tuple[DateMention, ...]


def _cues(text: str) -> Iterator[_Cue]:
    taken: list[tuple[int, int]] = []
    for place in _CUES_TOGETHER.present(text):
        expression, role, weight = _CUES[place]
        for match in expression.finditer(text):
            start, end = match.span()
            spanish_two = match[0] == "dos" and not text[end : end + 3].strip(" :.")[:1].isdigit()
            if not spanish_two and not any(start < other_end and other_start < end for other_start, other_end in taken):
                taken.append((start, end))
                yield _Cue(start, end, role, weight)


def _judged(scene: _Scene, mention: DateMention, sent: date) -> Dated:
    """The nearest cue decides, one before the date rather than one behind it; none does for a date called wrong."""
    floor = max((at for at in scene.breaks if at <= mention.start), default=0)
    ceiling = min((at for at in scene.breaks if at > mention.end), default=len(scene.text))
    if mention.year_stated and not mention.is_month and _born_in_parenthesis(scene.text, mention, sent):
        return Dated(mention, Role.BIRTH, 2)
    lead = scene.folded[max(floor, mention.start - 24) : mention.start]
    if _WRONG_BEFORE.search(lead) or _WRONG_AFTER.match(scene.folded[mention.end : mention.end + 28]):
        return Dated(mention, Role.OTHER, 2)
    weighed = [
        (distance + _comma_between(scene.text, sign, mention), at)
        for at, sign in enumerate(scene.cues)
        if (distance := _distance(sign, mention, floor, ceiling, scene.mentions)) is not None
    ]
    if _FROM_ON.match(scene.text[mention.end : mention.end + 4]):
        return Dated(mention, Role.EFFECTIVE, 2)
    if not weighed:
        return Dated(mention, Role.PAYMENT, 1) if _SUM_BEFORE.search(lead) else Dated(mention, Role.NONE, 0)
    sign = scene.cues[min(weighed)[1]]
    if sign.role is Role.OTHER and lead.endswith(" for ") and _is_between(sign, mention, scene.mentions):
        return Dated(mention, Role.NONE, 0)  # "Submitted 9/28 for 11/1": what was submitted is the first.
    role = _said_of(sign, scene.cues, floor)
    ahead = role is Role.BIRTH and sign.role is not role and mention.day > sent
    return Dated(mention, sign.role if ahead else role, sign.weight)


def _is_between(sign: _Cue, mention: DateMention, mentions: tuple[DateMention, ...]) -> bool:
    """Whether another date stands between a cue and a date behind it."""
    return any(sign.end <= other.start and other.end <= mention.start for other in mentions)


def _said_of(sign: _Cue, cues: tuple[_Cue, ...], floor: int) -> Role:
    """What "should be" is said of: the birth, payment or end before it; "as of" may be said of another's coverage."""
    if sign.role is not Role.EFFECTIVE or sign.weight == _STRONG:
        return sign.role
    wanted = _CORRECTABLE if sign.weight == _CORRECTED else (Role.ELSEWHERE, *CHANGES)
    before = [one for one in cues if floor <= one.start < sign.start and one.role in wanted]
    said = max(before, key=lambda one: one.start).role if before else sign.role
    return said if sign.weight == _CORRECTED or said is Role.ELSEWHERE else sign.role


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
    """A birth without a year is no date of birth; a payment without one lies in the past; cover ends with a month."""
    mention = one.mention
    if one.role is Role.LAST_DAY:
        whole_month = mention.day == month_end(mention.day) or mention.is_month
        return replace(one, role=Role.ENDING if whole_month else Role.OTHER)
    if one.role is Role.BIRTH and (mention.is_month or mention.day > sent + timedelta(days=30)):
        return replace(one, role=Role.OTHER)
    if one.role in CHANGES and mention.is_relative and one.weight < 3:
        return replace(one, role=Role.OTHER)
    if one.role in CHANGES and mention.year_stated and mention.day < sent - timedelta(days=1500):
        return replace(one, role=Role.BIRTH if not mention.is_month else Role.OTHER, weight=1)
    if one.role is Role.PAYMENT and mention.is_day_only and mention.day > sent:
        past = day_of(next_month(mention.day, -1).year, next_month(mention.day, -1).month, mention.day.day)
        return replace(one, mention=replace(mention, day=past or mention.day))
    if one.role is Role.PAYMENT and not mention.year_stated and mention.day > sent + timedelta(days=45):
        past = nearest(mention.day.month, mention.day.day, sent - timedelta(days=180))
        return replace(one, mention=replace(mention, day=past or mention.day))
    return one


def starts_at_birth(text: str) -> bool:
    """Whether coverage is asked for from the day of birth, in words and without the date."""
    return any(word in text for word in _BIRTH_HINTS) and bool(_FROM_BIRTH.search(text))


def speaks_of_newborn(text: str) -> bool:
    """Whether folded text says that a child was just born."""
    return bool(_NEWBORN.search(text))


def same_day(text: str) -> int:
    """Where folded text says "as of that day", of a date before it; -1 where it does not."""
    match = _SAME_DAY.search(text) if any(word in text for word in _SAME_DAY_HINTS) else None
    return match.start() if match else -1


def next_day(text: str) -> int:
    """Where folded text says "the next day", of a date before it; -1 where it does not."""
    match = _NEXT_DAY.search(text) if any(word in text for word in _NEXT_DAY_HINTS) else None
    return match.start() if match else -1
