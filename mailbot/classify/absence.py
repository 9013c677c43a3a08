"""Until when somebody is away, as an automatic reply says it in English, Spanish or Chinese."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from mailbot.classify.cues import cue
from mailbot.classify.dates import DateMention, find_dates
from mailbot.classify.folding import fold
from mailbot.classify.linear import Linear

_TEXT_CAP = 3_000
#: Whoever is away for longer has somebody else to read the mail.
_LONGEST = timedelta(days=60)
_WEEK = timedelta(days=7)
_UNTIL = cue("absence.until")
_END = Linear(r"[.!?]\s|[。！？；;]|\n\s*\n")


def back_on(text: str, sent: date) -> date | None:
    """The day on which the writer is back, or the last day away; None where the text names none that lies ahead.

    `sent` is the day that "Monday" counts from. Of several days that are named so the last one counts.
    """
    text = text[:_TEXT_CAP]
    folded, dates = fold(text), find_dates(text, sent)
    days = [day for start, end in _sentences(folded) for day in _named(folded, start, end, dates, sent)]
    return max((day for day in days if sent < day <= sent + _LONGEST), default=None)


def _named(folded: str, start: int, end: int, dates: tuple[DateMention, ...], sent: date) -> Iterator[date]:
    """The days that a sentence names together with a word for an end; written-out ones rather than "Monday"."""
    if not _UNTIL.search(folded[start:end]):
        return
    here = [each for each in dates if start <= each.start < end and not each.is_month]
    written = [each for each in here if not each.is_relative]
    for each in written or here:
        yield each.day if written else _ahead(each.day, sent)


def _ahead(day: date, sent: date) -> date:
    """ "Monday" is the next one for somebody who is away."""
    while day <= sent:
        day += _WEEK
    return day


def _sentences(folded: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in _END.finditer(folded):
        yield start, match.end()
        start = match.end()
    yield start, len(folded)
