"""Finds the dates in a text in English, Spanish and Chinese, written out or relative to the day of sending."""

from __future__ import annotations

import calendar
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import re2

from mailbot.classify.folding import fold

_MONTHS = {
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
_WEEKDAYS = {
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
_ORDINALS = {"first": 1, "primero": 1, "uno": 1, "一": 1, "fifteenth": 15, "quince": 15, "十五": 15}

_NAMES = "|".join(sorted(_MONTHS, key=len, reverse=True))
_MONTH = rf"({_NAMES})\b\.?"
_DAY = r"(\d{1,2})(?:st|nd|rd|th|ro|º|°|er)?"
_YEAR = r"(\d{4}|'\d{2})"


@dataclass(frozen=True, slots=True)
class DateMention:
    """A day, or a whole month (`day` is then the first), as it stands at text[start:end].

    `year_stated` is false where the year was inferred from the day of sending; `is_relative` marks "yesterday" and "Friday".
    """

    start: int
    end: int
    day: date
    is_month: bool = False
    year_stated: bool = True
    is_relative: bool = False

    @property
    def month(self) -> str:
        """The month as YYYY-MM."""
        return f"{self.day.year:04}-{self.day.month:02}"


@dataclass(frozen=True, slots=True)
class _Pattern:
    expression: Any
    read: Callable[[Any, date], tuple[date, bool, bool] | None]
    needs: tuple[str, ...] = ()


_RANGE_ON = re2.compile(r"^-\d{1,2}/")
_RANGE_BACK = re2.compile(r"/\d{1,4}-$")


def find_dates(text: str, sent: date) -> tuple[DateMention, ...]:
    """All dates in the order of the text; where two readings overlap the more exact one stands."""
    lower = fold(text)
    found: list[DateMention] = []
    for pattern in _PATTERNS:
        if pattern.needs and not any(word in lower for word in pattern.needs):
            continue
        for match in pattern.expression.finditer(lower):
            start, end = match.start(1), match.end()
            if any(start < taken.end and taken.start < end for taken in found) or not _stands_alone(text, start, end):
                continue
            read = pattern.read(match, sent)
            if read and not (read[1] and _is_no_month(text[start:end])):
                found.append(DateMention(start, end, *read, is_relative=pattern.read in (_shifted, _weekday)))
    return tuple(sorted(found, key=lambda mention: mention.start))


def _is_no_month(written: str) -> bool:
    """ "May" as a verb, "SEP" for a special enrollment period, and the like."""
    return written == "SEP" or (
        written.islower() and written in ("may", "mar", "march", "jan", "ago", "set", "sep", "dec", "jun")
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
        _RANGE_ON.match(text[end : end + 5]) or _RANGE_BACK.search(text[max(0, start - 5) : start])
    ):
        return True
    return not (glued_before or linked_before or linked_after or glued_after)


def nearest(month: int, day: int, sent: date) -> date | None:
    """The day without a year that lies nearest to the day of sending."""
    days = [made for year in (sent.year - 1, sent.year, sent.year + 1) if (made := _made(year, month, day))]
    return min(days, key=lambda made: abs((made - sent).days), default=None)


def month_end(day: date) -> date:
    """The last day of the month that a day lies in."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def next_month(day: date, months: int = 1) -> date:
    """The first of a following month."""
    at = day.year * 12 + day.month - 1 + months
    return date(at // 12, at % 12 + 1, 1)


def _made(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _full_year(text: str, sent: date) -> int:
    """Two digits are the century that does not lie more than a year and a half ahead."""
    text = text.strip("'")
    if len(text) == 4:
        return int(text)
    year = 2000 + int(text)
    return year if year <= sent.year + 1 else year - 100


def _dated(year: str | None, month: int, day: int, sent: date) -> tuple[date, bool, bool] | None:
    if year is None:
        made = nearest(month, day, sent)
        return (made, False, False) if made else None
    made = _made(_full_year(year, sent), month, day)
    return (made, False, True) if made and 1900 <= made.year <= sent.year + 5 else None


_HAN_NUMBERS = {
    name: number
    for number, name in enumerate(
        [
            "一",
            "二",
            "三",
            "四",
            "五",
            "六",
            "七",
            "八",
            "九",
            "十",
            "十一",
            "十二",
            "十三",
            "十四",
            "十五",
            "十六",
            "十七",
            "十八",
            "十九",
            "二十",
            "二十一",
            "二十二",
            "二十三",
            "二十四",
            "二十五",
            "二十六",
            "二十七",
            "二十八",
            "二十九",
            "三十",
            "三十一",
        ],
        1,
    )
}
_YEAR_WORDS = {"明年": 1, "今年": 0, "去年": -1}


def _number(text: str) -> int:
    """A number in digits or in Chinese numerals; 0 for none."""
    return int(text) if text.isdigit() else _HAN_NUMBERS.get(text, 0)


def _han_year(text: str | None, sent: date) -> str | None:
    """A year as written, or as "next year" counts from the day of sending."""
    return str(sent.year + _YEAR_WORDS[text]) if text in _YEAR_WORDS else text


def _iso(match: Any, sent: date) -> tuple[date, bool, bool] | None:
    return _dated(match[1], int(match[2]), int(match[3]), sent)


def _slashed(match: Any, sent: date) -> tuple[date, bool, bool] | None:
    """Month first, as the desk's correspondents write; day first where the first number can be no month."""
    first, second = int(match[1]), int(match[2])
    return _dated(match[3], second, first, sent) if first > 12 else _dated(match[3], first, second, sent)


def _month_day(match: Any, sent: date) -> tuple[date, bool, bool] | None:
    return _dated(match[3], _MONTHS[match[1].lower()], int(match[2]), sent)


def _day_month(match: Any, sent: date) -> tuple[date, bool, bool] | None:
    first = match[1].lower()
    day = _ORDINALS.get(first) or int("".join(letter for letter in first if letter.isdigit()) or 0)
    return _dated(match[3], _MONTHS[match[2].lower()], day, sent)


def _chinese(match: Any, sent: date) -> tuple[date, bool, bool] | None:
    return _dated(_han_year(match[2], sent), _number(match[3]), _number(match[4]), sent)


def _month_only(match: Any, sent: date) -> tuple[date, bool, bool] | None:
    return _whole_month(_MONTHS[match[1]], match[2], sent)


def _chinese_month(match: Any, sent: date) -> tuple[date, bool, bool] | None:
    return _whole_month(_number(match[3]), _han_year(match[2], sent), sent) if 1 <= _number(match[3]) <= 12 else None


def _numbered_month(match: Any, sent: date) -> tuple[date, bool, bool] | None:
    first, second = match[1], match[2]
    year, month = (first, second) if len(first) == 4 else (second, first)
    return _whole_month(int(month), year, sent) if 1 <= int(month) <= 12 else None


def _whole_month(month: int, year: str | None, sent: date) -> tuple[date, bool, bool] | None:
    first = _dated(year, month, 1, sent)
    return (first[0], True, first[2]) if first else None


def _end_of_month(match: Any, sent: date) -> tuple[date, bool, bool] | None:
    """The last day of the month that is named, of the next one, or of this one."""
    words = match[1].lower()
    named = next(
        (_MONTHS[word] for word in words.replace(".", " ").replace(",", " ").split()[1:] if word in _MONTHS), None
    )
    if named:
        return (month_end(nearest(named, 15, sent) or sent), False, False)
    if any(word in words for word in ("next", "próximo", "proximo", "que viene", "下")):
        return (month_end(next_month(sent)), False, False)
    if any(word in words for word in ("last month", "pasado", "上")):
        return (month_end(next_month(sent, -1)), False, False)
    return (month_end(sent), False, False)


def _chinese_month_end(match: Any, sent: date) -> tuple[date, bool, bool] | None:
    middle = nearest(int(match[2]), 15, sent) if 1 <= int(match[2]) <= 12 else None
    return (month_end(middle), False, False) if middle else None


def _first_of(match: Any, sent: date) -> tuple[date, bool, bool] | None:
    """The first of the next month: the first of this one is always past when somebody writes so."""
    return (next_month(sent), False, False)


def _day_of_month(match: Any, sent: date) -> tuple[date, bool, bool] | None:
    """ "The 15th": the one nearest to the day of sending."""
    digits = "".join(letter for letter in match[1] if letter.isdigit())
    day = int(digits) if digits else _ORDINALS.get(match[1].lower().split()[-1], 0)
    made = [
        found
        for first in (next_month(sent, shift) for shift in (-1, 0, 1))
        if (found := _made(first.year, first.month, day))
    ]
    closest = min(made, key=lambda found: abs((found - sent).days), default=None)
    return (closest, False, False) if closest else None


def _next_month_day(match: Any, sent: date) -> tuple[date, bool, bool] | None:
    day = _ORDINALS.get(match[2]) or (int(match[2]) if match[2].isdigit() else 0)
    first = next_month(sent)
    made = _made(first.year, first.month, day)
    return (made, False, False) if made else None


_MONTH_SHIFTS = {
    "this": 0,
    "current": 0,
    "last": -1,
    "previous": -1,
    "prior": -1,
    "next": 1,
    "este": 0,
    "pasado": -1,
    "proximo": 1,
    "próximo": 1,
    "anterior": -1,
    "que viene": 1,
    "本": 0,
    "这": 0,
    "上": -1,
    "下": 1,
}


def _relative_month(match: Any, sent: date) -> tuple[date, bool, bool] | None:
    """ "Last month", "mes pasado", "上个月"."""
    word = (match[2] or match[3]).lower()
    return (next_month(sent, _MONTH_SHIFTS[word]), True, False)


_SHIFTS = {
    "today": 0,
    "hoy": 0,
    "今天": 0,
    "yesterday": -1,
    "ayer": -1,
    "昨天": -1,
    "tomorrow": 1,
    "mañana": 1,
    "明天": 1,
}


def _shifted(match: Any, sent: date) -> tuple[date, bool, bool] | None:
    return (sent + timedelta(days=_SHIFTS[match[1].lower()]), False, False)


def _weekday(match: Any, sent: date) -> tuple[date, bool, bool] | None:
    """A named weekday: the coming one after "next" and "this", else the last one before the day of sending."""
    lead, name = (match[2] or "").lower(), match[3].lower()
    back = (sent.weekday() - _WEEKDAYS[name]) % 7
    if any(word in lead for word in ("next", "this", "coming", "próximo", "proximo", "下", "本", "这")):
        return (sent + timedelta(days=(7 - back) if back else 7), False, False)
    return (sent - timedelta(days=back or 7), False, False)


def _compiled(expression: str) -> Any:
    return re2.compile("(?i)" + expression)


_PATTERNS = (
    _Pattern(_compiled(r"((?:19|20)\d\d)[-/.](\d{1,2})[-/.](\d{1,2})"), _iso),
    _Pattern(_compiled(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})"), _slashed),
    _Pattern(_compiled(r"(\d{1,2})/(\d{1,2})()"), lambda match, sent: _short(match, sent), ("/",)),
    _Pattern(
        _compiled(r"\b" + _MONTH + r"[ -]?(?:the )?" + _DAY + r"(?:,? ?(?:of |del? )?" + _YEAR + ")?"), _month_day
    ),
    _Pattern(
        _compiled(
            r"\b(\d{1,2}(?:st|nd|rd|th|ro|º|°|er)?|first|primero|uno|fifteenth)(?: day)?[ -](?:of |de )?"
            + _MONTH
            + r"(?:,?[ -](?:of |del? )?(?:ano )?"
            + _YEAR
            + ")?"
        ),
        _day_month,
    ),
    _Pattern(
        _compiled(
            r"((?:(\d{4}|明年|今年|去年) ?年? ?)?(\d{1,2}|[一二三四五六七八九十]{1,2}) ?月 ?(\d{1,2}|[一二三四五六七八九十]{1,3}) ?[日号號])"
        ),
        _chinese,
        ("月",),
    ),
    _Pattern(
        _compiled(
            r"((?:(\d{4}|明年|今年|去年) ?年? ?)?(\d{1,2}|[一二三四五六七八九十]{1,2}) ?月)(?:份|的|账|保|起|$)?"
        ),
        _chinese_month,
        ("月",),
    ),
    _Pattern(_compiled(r"((\d{1,2}) ?月(?:底|末))"), _chinese_month_end, ("月底", "月末")),
    _Pattern(
        _compiled(r"((?:下个?月|下個月)(一|十五|\d{1,2}) ?[日号號])"), _next_month_day, ("下个月", "下月", "下個月")
    ),
    _Pattern(_compiled(r"((?:下个?月|下個月)初)"), _first_of, ("月初",)),
    _Pattern(_compiled(r"((?:本|这个|這個|下个?|当|當)?月(?:底|末))"), _end_of_month, ("月底", "月末")),
    _Pattern(
        _compiled(
            r"\b((?:the )?(?:first|1st|1)(?: day)? of (?:the |next |the next |the following |the coming )?month(?: following)?|"
            r"(?:el )?(?:d[ií]a )?(?:primero|1º?|uno) (?:del? )?(?:pr[óo]ximo mes|mes (?:que viene|pr[óo]ximo|entrante|siguiente)|mes)|"
            r"(?:beginning|start) of (?:the )?(?:next |following |coming )?month)"
        ),
        _first_of,
        ("month", "mes"),
    ),
    _Pattern(
        _compiled(
            r"\b((?:the )?(?:end|last day) of (?:the |this |next |last )?(?:month|" + _NAMES + r")|"
            r"(?:month[- ’']?s? ?end|eom|fin(?:al(?:es)?|es)? de(?:l|l presente|l próximo|l proximo| este)? ?(?:mes|"
            + _NAMES
            + r")|"
            r"(?:el )?[úu]ltimo d[ií]a (?:del? )?(?:mes|" + _NAMES + r")))\b"
        ),
        _end_of_month,
        ("month", "eom", "mes", "end of", "fin", "last day of", "ltimo"),
    ),
    _Pattern(
        _compiled(
            r"\b((?:on |as of |by |until |through |thru |effective |eff |the )+\d{1,2}(?:st|nd|rd|th)|el (?:d[ií]a )?\d{1,2})\b"
        ),
        _day_of_month,
    ),
    _Pattern(
        _compiled(
            r"\b((?:on|as of|by|until|through|effective|eff\.?|start(?:ing|s)?) the (?:first|fifteenth))(?:[.,;)!?]|$| and | please)"
        ),
        _day_of_month,
        (" the fi",),
    ),
    _Pattern(_compiled(r"\b((this|last|next|current|previous|prior) month(?:['’]s)?)\b"), _relative_month, ("month",)),
    _Pattern(
        _compiled(r"\b((este) mes|(?:el )?mes (pasado|pr[oó]ximo|anterior|que viene))\b"), _relative_month, ("mes",)
    ),
    _Pattern(_compiled(r"((本|这|上|下)个?月)"), _relative_month, ("月",)),
    _Pattern(
        _compiled(r"\b(today|yesterday|tomorrow|hoy|ayer)\b"),
        _shifted,
        ("today", "yesterday", "tomorrow", "hoy", "ayer"),
    ),
    _Pattern(_compiled(r"(今天|昨天|明天)"), _shifted, ("今天", "昨天", "明天")),
    _Pattern(
        _compiled(
            r"\b((?:(last|next|this|on|coming|past|el|el pr[óo]ximo|el pasado) )?(monday|tues(?:day)?|wednesday|thursday|friday|saturday|sunday|lunes|martes|mi[ée]rcoles|jueves|viernes|s[áa]bado|domingo))\b"
        ),
        _weekday,
        ("day", "tues", "lunes", "martes", "rcoles", "jueves", "viernes", "bado", "domingo"),
    ),
    _Pattern(_compiled(r"((上周|下周|本周|这周|上星期|下星期|周|星期)([一二三四五六日天]))"), _weekday, ("周", "星期")),
    _Pattern(_compiled(r"\b((?:19|20)\d\d)[-/](\d{1,2})\b"), _numbered_month, ("/", "-")),
    _Pattern(_compiled(r"\b(\d{1,2})/((?:19|20)\d\d)\b"), _numbered_month, ("/",)),
    _Pattern(_compiled(r"\b" + _MONTH + r"(?:,? ?(?:of |del? )?(\d{4}))?"), _month_only),
)


def _short(match: Any, sent: date) -> tuple[date, bool, bool] | None:
    """Month and day without a year; 24/7 and the like are none."""
    month, day = int(match[1]), int(match[2])
    return _dated(None, month, day, sent) if 1 <= month <= 12 and day >= 1 else None
