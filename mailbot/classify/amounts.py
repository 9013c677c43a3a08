"""Finds amounts of money, billing periods and tax years, and tells a premium payment from other sums."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

import re2

from mailbot.classify.cues import cue
from mailbot.classify.dates import DateMention


@dataclass(frozen=True, slots=True)
class Amount:
    """A sum as a decimal without sign, mark or thousands ("1862.40"), at text[start:end]."""

    value: str
    start: int
    end: int
    marked: bool


_AMOUNT = re2.compile(
    r"(?i)(?:(?:US)?\$ ?|USD ?|\b)(\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?|\d+(?:\.\d{1,2})?)"
    r"(?: ?(?:dollars|usd|dólares|dolares|bucks|美元|元)\b?)?"
)
_NEAR = 9
_MONTHS = 12
_UP_TO = ("-", "–", "through", "thru", "to", "al", "a", "hasta", "至", "到")
_HINT = re.compile(r"\$|\d[.]\d\d|usd|dollar|bucks|lares|元", re.IGNORECASE)
_MARK_BEFORE = ("$", "usd")
_MARK_AFTER = re2.compile(r"(?i)^ ?(?:dollars|usd|d[óo]lares|bucks|美元|元)")
_PAID = cue("amounts.paid")
_NOT_PREMIUM = cue("amounts.not_premium")
_TAX_YEAR = re2.compile(r"(?i)\b((?:19|20)\d\d)\b")
_NO_DIGITS = ("-", "/", ".", "#")
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


def premiums(text: str, amounts: tuple[Amount, ...]) -> tuple[str, ...]:
    """The sums that were paid, drafted or are asked back, in their order, each once."""
    kept = []
    for amount in amounts:
        lead, tail = text[max(0, amount.start - 70) : amount.start], text[amount.end : amount.end + 40]
        lead = lead[lead.rfind("\n") + 1 :]
        near_lead, near_tail = lead[-28:], tail[:16]
        if _NOT_PREMIUM.search(near_lead) or _NOT_PREMIUM.search(near_tail):
            continue
        if _PAID.search(lead) or _PAID.search(tail):
            kept.append(amount.value)
    return tuple(dict.fromkeys(kept))


def billing_periods(text: str, dates: tuple[DateMention, ...]) -> tuple[str, ...]:
    """The months that a bill, statement or reconciliation is about, as YYYY-MM, in their order."""
    kept: list[str] = []
    last_end = -100
    for mention in dates:
        if not mention.is_month:
            continue
        lead, tail = text[max(0, mention.start - 45) : mention.start], text[mention.end : mention.end + 32]
        between = text[last_end : mention.start].strip().lower() if last_end >= 0 else ""
        if kept and mention.start - last_end <= _NEAR and between in _UP_TO:
            kept.extend(_months_between(kept[-1], mention.month))
        chained = mention.start - last_end <= _NEAR
        if (
            chained
            or _PERIOD_WORDS.search(lead[lead.rfind("\n") + 1 :])
            or _PERIOD_WORDS.search(tail.partition("\n")[0])
        ):
            kept.append(mention.month)
            last_end = mention.end
    return tuple(dict.fromkeys(kept))


def _months_between(first: str, last: str) -> list[str]:
    """The months after the first and before the last; none where they are not within a year."""
    start, end = (int(month[:4]) * 12 + int(month[5:]) - 1 for month in (first, last))
    return [f"{at // 12:04}-{at % 12 + 1:02}" for at in range(start + 1, end)] if end - start <= _MONTHS else []


def tax_years(text: str, sent: date) -> tuple[str, ...]:
    """Years that stand by themselves and lie in the past; a year inside a date or an id is none."""
    kept: list[str] = []
    if "20" not in text and "19" not in text:
        return ()
    for match in _TAX_YEAR.finditer(text):
        before, after = text[max(0, match.start() - 1) : match.start()], text[match.end() : match.end() + 1]
        alone = before not in (*_NO_DIGITS, "$") and after not in ("/", "-")
        if alone and sent.year - 8 <= int(match[1]) <= sent.year:
            kept.append(match[1])
    return tuple(dict.fromkeys(kept))
