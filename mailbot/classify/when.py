"""Tells what each date in a text is: the change asked for, a birth, a payment, or something else."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from operator import attrgetter
from typing import NamedTuple

from mailbot.classify.cues import cue
from mailbot.classify.dates import DateMention, find_dates
from mailbot.classify.folding import fold
from mailbot.classify.linear import Linear
from mailbot.classify.months import day_of, month_end, nearest, next_month
from mailbot.classify.taken import Taken
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


class _Cue(NamedTuple):
    start: int
    end: int
    role: Role
    weight: int


_CORRECTABLE = (Role.BIRTH, Role.PAYMENT, Role.ENDING)
_REACH_BACK = 42
_REACH_AHEAD = 26
_WINDOW, _SENTENCE = 120, 240
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
_place = attrgetter("start")
_CUES_TOGETHER = Together(expression.pattern for expression, _, _ in _CUES)
_BREAK = re.compile(r"[.!?。！？;；][ \t\n\f\r]|\n")
_FROM_BIRTH = cue("when.from_birth")
_NEWBORN = cue("flags.newborn")
_BIRTH_HINTS = ("birth", "dob", "born", "nac", "出生")
_SAME_DAY = cue("when.same_day")
_NEXT_DAY = cue("when.next_day")
_SAME_DAY_HINTS = ("that d", "same d", "this d", "said d", "day of", "date of", " date", "fecha", " dia", "从")
_NEXT_DAY_HINTS = ("next day", "following day", "day after", "siguiente", "第二天", "次日")
_WRONG_BEFORE = cue("when.wrong_before", tail=r"(?: (?:the|on|el|from|to|as of))? *$")
_WRONG_HINTS = (
    "not",
    "instead",
    "rather",
    "wrong",
    "incorrect",
    "mistake",
    "error",
    "showing",
    "no el",
    "en vez",
    "lugar",
    "是",
)
_WRONG_AFTER = cue("when.wrong_after", head=r"^,? (?:is|was|which is|which was|that is|by|as a) ?", tail=r"\b")
_FROM_ON = ("起", "开始", "生效")
_SUM_BEFORE = Linear(r"(?:\$ ?[\d,]+(?:\.\d\d)?|\d\.\d\d)(?: on| el| dated| del?)? ?$")
_CLAUSE = Linear(r"\b(?:because|since|after|when|but|although|as (?:she|he|they|we|i)|porque|pero|ya que)\b")
_PARENTHESIS_AFTER_NAME = Linear(r"[\p{L}.]{2,} ?[(（,] ?$")


def dated(text: str, sent: date, folded: str = "", *, day_first: bool = False) -> tuple[Dated, ...]:
    """The dates of a text with their roles; `folded` is the text folded, `day_first` as find_dates() takes it."""
    folded = folded or fold(text)
    mentions = find_dates(text, sent, folded, day_first=day_first)
    if not mentions:
        return ()
    # What stands in the lines behind the last date says nothing of any.
    end = text.find("\n", mentions[-1].end + _REACH_AHEAD) + 1 or len(text)
    breaks = [0, *[match.end() for match in _BREAK.finditer(text, 0, end)], len(text) + 1]
    scene = _Scene(text, folded, sorted(_cues(folded[:end]), key=_place), breaks, mentions)
    return tuple(_settled(_judged(scene, mention, sent), sent) for mention in mentions)


@dataclass(frozen=True, slots=True)
class _Scene:
    """A text with its cues, the ends of its sentences and its dates, in their order."""

    text: str
    folded: str
    cues: list[_Cue]
    breaks: list[int]
    mentions: tuple[DateMention, ...]

    def sentence(self, mention: DateMention) -> tuple[int, int]:
        """Where the sentence of a date begins and ends."""
        at = bisect_right(self.breaks, mention.start)
        behind = bisect_right(self.breaks, mention.end)
        return self.breaks[at - 1], min(self.breaks[min(behind, len(self.breaks) - 1)], len(self.text))

    def cues_near(self, start: int, end: int) -> list[_Cue]:
        """The cues that begin in a stretch of the text, in their order."""
        return self.cues[bisect_left(self.cues, start, key=_place) : bisect_left(self.cues, end, key=_place)]

    def mentions_from(self, start: int) -> tuple[DateMention, ...]:
        """The next date from a place on; none behind the last."""
        at = bisect_left(self.mentions, start, key=_place)
        return self.mentions[at : at + 1]

    def is_date_within(self, start: int, end: int) -> bool:
        """Whether a whole date stands in a stretch of the text."""
        at = bisect_left(self.mentions, start, key=_place)
        return at < len(self.mentions) and self.mentions[at].end <= end


def _cues(text: str) -> Iterator[_Cue]:
    taken = Taken(text)
    for place in _CUES_TOGETHER.present(text):
        expression, role, weight = _CUES[place]
        for match in expression.finditer(text):
            start, end = match.span()
            spanish_two = match[0] == "dos" and not text[end : end + 3].strip(" :.")[:1].isdigit()
            if not spanish_two and not taken.overlaps(start, end):
                taken.take(start, end)
                yield _Cue(start, end, role, weight)


def _judged(scene: _Scene, mention: DateMention, sent: date) -> Dated:
    """The nearest cue decides, one before the date rather than one behind it; none does for a date called wrong."""
    floor, ceiling = scene.sentence(mention)
    if mention.year_stated and not mention.is_month and _born_in_parenthesis(scene.text, mention, sent):
        return Dated(mention, Role.BIRTH, 2)
    lead = scene.folded[max(floor, mention.start - 24) : mention.start]
    if _is_called_wrong(lead, scene.folded[mention.end : mention.end + 28]):
        return Dated(mention, Role.OTHER, 2)
    near = scene.cues_near(max(floor, mention.start - _WINDOW), min(ceiling, mention.end + _REACH_AHEAD + 1))
    weighed = [
        (distance + _comma_between(scene.text, sign, mention), -sign.weight, at)
        for at, sign in enumerate(near)
        if (distance := _distance(sign, mention, scene)) is not None
    ]
    if scene.text.startswith(_FROM_ON, mention.end):
        return Dated(mention, Role.EFFECTIVE, 2)
    if not weighed:
        return Dated(mention, Role.PAYMENT, 1) if _SUM_BEFORE.search(lead) else Dated(mention, Role.NONE, 0)
    sign = near[min(weighed)[2]]
    if sign.role is Role.OTHER and lead.endswith(" for ") and scene.is_date_within(sign.end, mention.start):
        return Dated(mention, Role.NONE, 0)  # "Submitted 9/28 for 11/1": what was submitted is the first.
    role = _said_of(sign, scene.cues_near(max(floor, sign.start - _SENTENCE), sign.start))
    if role is Role.EFFECTIVE and sign.weight == _CORRECTED and _speaks_of_birth(scene, floor, sign):
        role = Role.BIRTH
    ahead = role is Role.BIRTH and sign.role is not role and mention.day > sent
    return Dated(mention, sign.role if ahead else role, sign.weight)


def _is_called_wrong(lead: str, tail: str) -> bool:
    """Whether the words around a date call it the wrong one; most dates stand near none of their letters."""
    before = any(map(lead.__contains__, _WRONG_HINTS)) and _WRONG_BEFORE.search(lead)
    return bool(before or (any(map(tail.__contains__, _WRONG_HINTS)) and _WRONG_AFTER.match(tail)))


def _speaks_of_birth(scene: _Scene, floor: int, sign: _Cue) -> bool:
    """Whether the sentence before is of a birth without its date: "The birth date is wrong. It should be …"."""
    before = scene.cues_near(floor - _WINDOW, sign.start)[-1:]
    return any(one.role is Role.BIRTH and not scene.is_date_within(one.end, sign.start) for one in before)


def _said_of(sign: _Cue, earlier: list[_Cue]) -> Role:
    """What "should be" is said of: the birth, payment or end before it; "as of" may be said of another's coverage."""
    if sign.role is not Role.EFFECTIVE or sign.weight == _STRONG:
        return sign.role
    wanted = _CORRECTABLE if sign.weight == _CORRECTED else (Role.ELSEWHERE, *CHANGES)
    said = next((one.role for one in reversed(earlier) if one.role in wanted), sign.role)
    return said if sign.weight == _CORRECTED or said is Role.ELSEWHERE else sign.role


def _distance(cue: _Cue, mention: DateMention, scene: _Scene) -> int | None:
    """How far a cue of the sentence is from the date, in letters; None where it belongs to another date."""
    if cue.end <= mention.start and mention.start - cue.end <= _REACH_BACK:
        return mention.start - cue.end + (14 if scene.is_date_within(cue.end, mention.start) else 0)
    if mention.end <= cue.start and cue.start - mention.end <= _REACH_AHEAD:
        between = any(other.start <= cue.start for other in scene.mentions_from(mention.end))
        parted = between or _CLAUSE.search(scene.folded[mention.end : cue.start])
        return None if parted else 2 * (cue.start - mention.end) + 8
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
    return any(map(text.__contains__, _BIRTH_HINTS)) and bool(_FROM_BIRTH.search(text))


def speaks_of_newborn(text: str) -> bool:
    """Whether folded text says that a child was just born."""
    return bool(_NEWBORN.search(text))


def same_day(text: str) -> int:
    """Where folded text says "as of that day", of a date before it; -1 where it does not."""
    match = _SAME_DAY.search(text) if any(map(text.__contains__, _SAME_DAY_HINTS)) else None
    return match.start() if match else -1


def next_day(text: str) -> int:
    """Where folded text says "the next day", of a date before it; -1 where it does not."""
    match = _NEXT_DAY.search(text) if any(map(text.__contains__, _NEXT_DAY_HINTS)) else None
    return match.start() if match else -1
