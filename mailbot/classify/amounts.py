"""Finds amounts of money, billing periods and tax years, and tells a premium payment from other sums."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from mailbot.classify.cues import cue
from mailbot.classify.dates import DateMention
from mailbot.classify.linear import Linear
from mailbot.classify.months import month_end


@dataclass(frozen=True, slots=True)
class Amount:
    """A sum as a decimal without sign, mark or thousands ("1862.40"), at text[start:end]."""

    value: str
    start: int
    end: int
    marked: bool


_AMOUNT = Linear(
    r"(?i)(?:(?:US)?\$ ?|USD ?|\b)(\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?|\d+(?:\.\d{1,2})?)"
    r"(?: ?(?:dollars|usd|dólares|dolares|bucks|美元|元)\b?)?"
)
_NEAR = 9
_MONTHS = 12
_UP_TO = ("-", "–", "through", "thru", "to", "al", "a", "hasta", "至", "到")
_HINT = Linear(r"(?i)\$|\p{Nd}[.]\p{Nd}\p{Nd}|usd|dollar|bucks|lares|元")
_MARK_BEFORE = ("$", "usd")
_MARK_AFTER = Linear(r"(?i)^ ?(?:dollars|usd|d[óo]lares|bucks|美元|元)")
_PAID = cue("amounts.paid")
_NOT_PREMIUM = cue("amounts.not_premium")
_LAST_YEAR = Linear(r"(?i)\blast year(?:'s|’s)?\b|\b(?:el |del )?año pasado\b|\bprior year\b|\bprevious year\b|去年")
_TAX_YEAR = Linear(r"(?i)\b((?:19|20)\d\d)\b")
_NO_DIGITS = ("-", "/", ".", "#")
_NEVER_PREMIUM = cue("amounts.never_premium")
_ASKED = cue("amounts.asked")
_PER_MONTH = Linear(r"(?i)^ ?(?:a|per|each|every|/|al|por) ?(?:month|mo\b|mes)")
_QUARTER_HINT = Linear(r"(?i)q[1-4](?:[^\p{L}\p{N}_]|$)|quarter|trimestre|季度")
_QUARTERS = {
    "first": 1, "1st": 1, "primer": 1, "一": 1, "second": 2, "2nd": 2, "segundo": 2, "二": 2, "third": 3, "3rd": 3,
    "tercer": 3, "三": 3, "fourth": 4, "4th": 4, "cuarto": 4, "四": 4,
}  # fmt: skip
_QUARTER = Linear(
    r"(?i)(?:\bQ([1-4])\b|"
    r"\b(first|1st|second|2nd|third|3rd|fourth|4th|primer|segundo|tercer|cuarto) (?:quarter|trimestre)|"
    r"第?([一二三四])季度)(?:,? (?:of |del? )?(20\d\d))?"
)
_PERIOD_WORDS = cue("amounts.period_words")


def find_amounts(text: str) -> tuple[Amount, ...]:
    """Sums with a currency mark or with cents; bare whole numbers are none."""
    found: list[Amount] = []
    if not _HINT.search(text):
        return ()
    for match in _AMOUNT.finditer(text):
        digits, start, end = match[1], match.start(1), match.end(1)
        before, after = text[max(0, start - 5) : start].lower().rstrip(), text[end : end + 12]
        marked = before.endswith(_MARK_BEFORE) or bool(_MARK_AFTER.match(after))
        glued = (
            after[:1] in ("/", "%", "-", ":")
            or (after[:1].isalnum() and not marked)
            or before.endswith(("/", "-", "#", ":0"))
        )
        if (marked or _has_cents(digits)) and not glued and len(digits) <= 14:
            found.append(Amount(_decimal(digits), match.start(), end, marked))
    return tuple(found)


def _has_cents(digits: str) -> bool:
    return digits[-3:-2] == "." and digits[-2:].isdigit()


def _decimal(digits: str) -> str:
    return digits.replace(",", "")


def premiums(text: str, amounts: tuple[Amount, ...]) -> tuple[tuple[str, int], ...]:
    """The sums that may be premium, in their order, each once: 3 for those asked back, 2 paid, 1 else."""
    kept: dict[str, int] = {}
    for amount in amounts:
        lead, tail = text[max(0, amount.start - 70) : amount.start], text[amount.end : amount.end + 40]
        lead = lead[lead.rfind("\n") + 1 :]
        paid = bool(_PAID.search(lead) or _PAID.search(tail))
        asked = bool(_ASKED.search(lead[-40:]))
        other = not asked and (_NOT_PREMIUM.search(lead[-28:]) or _NOT_PREMIUM.search(tail[:16]))
        weight = 3 if asked else 2 if paid and not _PER_MONTH.match(tail) else 1
        if not other and not _NEVER_PREMIUM.search(lead[-28:]) and not _NEVER_PREMIUM.search(tail[:16]):
            kept[amount.value] = max(kept.get(amount.value, 0), weight)
    return tuple(kept.items())


@dataclass(slots=True)
class _Months:
    """Months that stand together ("July, August and September"), and whether words near them speak of bills."""

    months: list[str]
    end: int
    billed: bool


def billing_periods(
    text: str, dates: tuple[DateMention, ...], passing: frozenset[int] = frozenset()
) -> tuple[tuple[str, int], ...]:
    """The months that are named, as YYYY-MM, each once: with 2 where a bill or reconciliation is about them, 1 else.

    `passing` are the places of months that are said of something else, which count only with a bill.
    """
    runs: list[_Months] = []
    for mention in dates:
        if not mention.is_month:
            continue
        lead, tail = text[max(0, mention.start - 45) : mention.start], text[mention.end : mention.end + 32]
        billed = _PERIOD_WORDS.search(lead[lead.rfind("\n") + 1 :]) or _PERIOD_WORDS.search(tail.partition("\n")[0])
        chained = bool(runs) and mention.start - runs[-1].end <= _NEAR
        if not billed and not chained and mention.start in passing:
            continue
        if not chained:
            runs.append(_Months([], mention.end, billed=False))
        elif text[runs[-1].end : mention.start].strip().lower() in _UP_TO:
            runs[-1].months.extend(_months_between(runs[-1].months[-1], mention.month))
        runs[-1].months.append(mention.month)
        runs[-1].end, runs[-1].billed = mention.end, runs[-1].billed or bool(billed)
    runs.extend(_whole_months(text, dates))
    ordered = sorted(runs, key=lambda run: not run.billed)
    kept = {month: 2 if run.billed else 1 for run in reversed(ordered) for month in run.months}
    return tuple((month, kept[month]) for month in dict.fromkeys(month for run in runs for month in run.months))


def _whole_months(text: str, dates: tuple[DateMention, ...]) -> Iterator[_Months]:
    """ "10/01/2026 - 10/31/2026": from the first of a month to the last of one."""
    for first, last in pairwise(dates):
        between = text[first.end : last.start].strip().lower()
        if first.day.day == 1 and between in _UP_TO and last.day == month_end(last.day) and last.day > first.day:
            rest = [last.month] if last.month != first.month else []
            yield _Months([first.month, *_months_between(first.month, last.month), *rest], last.end, billed=True)


def quarters(text: str, sent: date) -> tuple[str, ...]:
    """The months of a quarter that is named, as YYYY-MM: of the year stated, else the last such quarter."""
    match = _QUARTER.search(text) if _QUARTER_HINT.search(text) else None
    if match is None:
        return ()
    number = int(match[1] or 0) or _QUARTERS[(match[2] or match[3]).lower()]
    first = 3 * number - 2
    year = int(match[4]) if match[4] else sent.year - (first > sent.month)
    return tuple(f"{year:04}-{month:02}" for month in range(first, first + 3))


def _months_between(first: str, last: str) -> list[str]:
    """The months after the first and before the last; none where they are not within a year."""
    start, end = (int(month[:4]) * 12 + int(month[5:]) - 1 for month in (first, last))
    return [f"{at // 12:04}-{at % 12 + 1:02}" for at in range(start + 1, end)] if end - start <= _MONTHS else []


def tax_years(text: str, sent: date) -> tuple[str, ...]:
    """Years that stand by themselves and lie in the past; a year inside a date or an id is none."""
    kept: list[str] = []
    if _LAST_YEAR.search(text):
        kept.append(str(sent.year - 1))
    if "20" not in text and "19" not in text:
        return tuple(kept)
    for match in _TAX_YEAR.finditer(text):
        before, after = text[max(0, match.start() - 1) : match.start()], text[match.end() : match.end() + 1]
        alone = before not in (*_NO_DIGITS, "$") and after not in ("/", "-")
        if alone and sent.year - 8 <= int(match[1]) <= sent.year:
            kept.append(match[1])
    return tuple(dict.fromkeys(kept))
