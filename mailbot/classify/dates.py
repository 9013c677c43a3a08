"""Finds the dates in a text in English, Spanish and Chinese, written out or relative to the day of sending."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from mailbot.classify.date_patterns import DAY_FIRST, PATTERNS, day_of_month, shifted, weekday
from mailbot.classify.folding import fold
from mailbot.classify.linear import Linear
from mailbot.classify.months import MONTHS
from mailbot.classify.taken import Taken
from mailbot.classify.together import Together


@dataclass(frozen=True, slots=True)
class DateMention:
    """A day, or a whole month (`day` is then the first), as it stands at text[start:end].

    `year_stated` is false where the year was inferred from the day of sending; `is_relative` marks "yesterday" and
    "Friday"; `is_day_only` "the 3rd".
    """

    start: int
    end: int
    day: date
    is_month: bool = False
    year_stated: bool = True
    is_relative: bool = False
    is_day_only: bool = False

    @property
    def month(self) -> str:
        """The month as YYYY-MM."""
        return f"{self.day.year:04}-{self.day.month:02}"


# A digit, a month, a weekday or a word that a relative date is made of.
_HINT = (
    rf"\p{{Nd}}|\b(?:{'|'.join(MONTHS)})\b|month|year|ano|now\b|immediately|right away|today|first\b|fifteenth|primero|"
    r"yesterday|tomorrow|day\b|eom|mes\b|hoy|ayer|即日|立即|明年|月|日|天|周"
)
_TOGETHER = Together([_HINT, *(pattern.expression.pattern for pattern in PATTERNS)])
_MONTH_FIRST = re.compile(r"\b\d{1,2}[/-](?:1[3-9]|2\d|3[01])\b")
_RANGE_ON = Linear(r"^-\d{1,2}/")
_RANGE_BACK = Linear(r"/\d{1,4}-$")


def is_month_first(text: str) -> bool:
    """Whether some date in figures can only have its month first, as 10/31/2026."""
    return bool(_MONTH_FIRST.search(text))


def find_dates(text: str, sent: date, folded: str = "", *, day_first: bool = False) -> tuple[DateMention, ...]:
    """All dates in the order of the text; where two readings overlap the more exact one stands.

    `folded` is the text folded; `day_first`: 05/11/2026 is the fifth of November.
    """
    lower = folded or fold(text)
    hinted, *present = _TOGETHER.present(lower) or (None,)
    if hinted != 0:
        return ()
    found: list[DateMention] = []
    taken = Taken(text)
    for pattern in (PATTERNS[place - 1] for place in present):
        for match in pattern.expression.finditer(lower):
            start, end = match.start(1), match.end()
            if taken.overlaps(start, end) or not _stands_alone(text, start, end):
                continue
            read = (DAY_FIRST.get(pattern.read, pattern.read) if day_first else pattern.read)(match, sent)
            if read and not (read[1] and _is_no_month(text[start:end])):
                relative, day_only = pattern.read in (shifted, weekday), pattern.read is day_of_month
                taken.take(start, end)
                found.append(DateMention(start, end, *read, is_relative=relative, is_day_only=day_only))
    return tuple(sorted(found, key=lambda mention: mention.start))


def _is_no_month(written: str) -> bool:
    """ "May" as a verb, "SEP" for a special enrollment period, and the like."""
    return written == "SEP" or (
        written.islower() and written.rstrip(".") in ("may", "mar", "march", "jan", "ago", "set", "sep", "dec", "jun")
    )


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Not a part of a longer number or id, as 26-44017-2 or 118-40-22917."""
    before, after = text[max(0, start - 2) : start], text[end : end + 2]
    glued_before = before[-1:].isascii() and before[-1:].isalnum() and text[start].isdigit()
    linked_before = before[-1:] in ("-", "/", ".", "#", "$") and (before[-1:] in "#$" or before[:1].isdigit())
    linked_after = (
        after[:1] in ("-", "/", ".") and after[1:2].isascii() and after[1:2].isalnum() and text[end - 1].isdigit()
    )
    glued_after = after[:1].isascii() and after[:1].isalnum()
    if "/" in text[start:end] and (
        _RANGE_ON.match(text[end : end + 5]) or _RANGE_BACK.search(text[max(0, start - 6) : start])
    ):
        return True
    return not (glued_before or linked_before or linked_after or glued_after)
