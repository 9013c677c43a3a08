"""The shapes of dates in English, Spanish and Chinese, and how each is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from mailbot.classify.linear import Linear
from mailbot.classify.months import MONTHS, WEEKDAYS, day_of, full_year, month_end, nearest, next_month

_COUNTED = (
    *("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"),
    *("eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth"),
    *("nineteenth", "twentieth", "twenty-first", "twenty-second", "twenty-third", "twenty-fourth", "twenty-fifth"),
    *("twenty-sixth", "twenty-seventh", "twenty-eighth", "twenty-ninth", "thirtieth", "thirty-first"),
)
_ORDINALS = {
    **{word: day for day, word in enumerate(_COUNTED, 1)},
    **{word.replace("-", " "): day for day, word in enumerate(_COUNTED, 1)},
    "primero": 1,
    "uno": 1,
    "一": 1,
    "quince": 15,
    "十五": 15,
}
_IN_WORDS = "|".join(sorted((word.replace("-", "[ -]") for word in _COUNTED), key=len, reverse=True))
_NAMES = "|".join(sorted(MONTHS, key=len, reverse=True))
_MONTH = rf"({_NAMES})\b\.?"
_DAY = r"(\d{1,2})(?:st|nd|rd|th|ro|º|°|er)?"
_YEAR = r"(\d{4}|'\d{2})"


#: From a match and the day of sending to a day, whether it is a whole month, and whether the year was stated.
Reader = Callable[[Any, date], tuple[date, bool, bool] | None]


@dataclass(frozen=True, slots=True)
class Pattern:
    """An expression, and how its match is read: day, whole month, year stated."""

    expression: Any
    read: Reader


def _dated(year: str | None, month: int, day: int, sent: date) -> tuple[date, bool, bool] | None:
    if year is None:
        made = nearest(month, day, sent)
        return (made, False, False) if made else None
    made = day_of(full_year(year, sent), month, day)
    return (made, False, True) if made and 1900 <= made.year <= sent.year + 5 else None


_HAN_DIGITS = "一二三四五六七八九十"
_HAN_NUMBERS = {
    **{digit: number for number, digit in enumerate(_HAN_DIGITS, 1)},
    **{f"十{digit}": 10 + number for number, digit in enumerate(_HAN_DIGITS[:9], 1)},
    **{f"二十{digit}": 20 + number for number, digit in enumerate(_HAN_DIGITS[:9], 1)},
    "二十": 20,
    "三十": 30,
    "三十一": 31,
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


def _slashed_day_first(match: Any, sent: date) -> tuple[date, bool, bool] | None:
    first, second = int(match[1]), int(match[2])
    return _dated(match[3], first, second, sent) if second > 12 else _dated(match[3], second, first, sent)


def _spaced(match: Any, sent: date) -> tuple[date, bool, bool] | None:
    """ "07 24 1989", which is no date where the first number can be no month."""
    month, day = int(match[1]), int(match[2])
    return _dated(match[3], month, day, sent) if 1 <= month <= 12 else None


def _month_day(match: Any, sent: date) -> tuple[date, bool, bool] | None:
    return _dated(match[3], MONTHS[match[1].lower()], int(match[2]), sent)


def _month_counted(match: Any, sent: date) -> tuple[date, bool, bool] | None:
    """ "December fifteenth"; "may first" without a year may be a verb and an adverb."""
    day = _ORDINALS[match[2].lower()]
    return None if match[1] == "may" and not match[3] else _dated(match[3], MONTHS[match[1].lower()], day, sent)


def _day_month(match: Any, sent: date) -> tuple[date, bool, bool] | None:
    first = match[1].lower()
    day = _ORDINALS.get(first) or int("".join(letter for letter in first if letter.isdigit()) or 0)
    return _dated(match[3], MONTHS[match[2].lower()], day, sent)


def _chinese(match: Any, sent: date) -> tuple[date, bool, bool] | None:
    return _dated(_han_year(match[2], sent), _number(match[3]), _number(match[4]), sent)


def _month_only(match: Any, sent: date) -> tuple[date, bool, bool] | None:
    return _whole_month(MONTHS[match[1]], match[2], sent)


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
        (MONTHS[word] for word in words.replace(".", " ").replace(",", " ").split()[1:] if word in MONTHS), None
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
    """The first of the next month: the first of this one is always past when somebody writes so.

    A rule, as "the first of the month following 30 days", names no day.
    """
    rest = match.string[match.end() : match.end() + 24].lstrip()
    rule = rest and match[1].endswith(("following", "after"))
    return (
        None
        if rule or rest.startswith(("following", "after", "on or ", "coincid"))
        else (next_month(sent), False, False)
    )


def _at_once(match: Any, sent: date) -> tuple[date, bool, bool] | None:
    return (sent, False, False)


def _new_year(match: Any, sent: date) -> tuple[date, bool, bool] | None:
    return (date(sent.year + 1, 1, 1), False, False)


def day_of_month(match: Any, sent: date) -> tuple[date, bool, bool] | None:
    """ "The 15th": the one nearest to the day of sending."""
    digits = "".join(letter for letter in match[1] if letter.isdigit())
    day = int(digits) if digits else _ORDINALS.get(match[1].lower().split()[-1], 0)
    made = [
        found
        for first in (next_month(sent, shift) for shift in (-1, 0, 1))
        if (found := day_of(first.year, first.month, day))
    ]
    closest = min(made, key=lambda found: abs((found - sent).days), default=None)
    return (closest, False, False) if closest else None


def _next_month_day(match: Any, sent: date) -> tuple[date, bool, bool] | None:
    day = _ORDINALS.get(match[2]) or (int(match[2]) if match[2].isdigit() else 0)
    first = next_month(sent)
    made = day_of(first.year, first.month, day)
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


def shifted(match: Any, sent: date) -> tuple[date, bool, bool] | None:
    return (sent + timedelta(days=_SHIFTS[match[1].lower()]), False, False)


def weekday(match: Any, sent: date) -> tuple[date, bool, bool] | None:
    """A named weekday: the coming one after "next" and "this", else the last one before the day of sending."""
    lead, name = (match[2] or "").lower(), match[3].lower()
    back = (sent.weekday() - WEEKDAYS[name]) % 7
    if any(word in lead for word in ("next", "this", "coming", "próximo", "proximo", "下", "本", "这")):
        return (sent + timedelta(days=(7 - back) if back else 7), False, False)
    return (sent - timedelta(days=back or 7), False, False)


def _compiled(expression: str) -> Any:
    return Linear("(?i)" + expression)


def _short(match: Any, sent: date) -> tuple[date, bool, bool] | None:
    """Month and day without a year; 24/7 and the like are none."""
    month, day = int(match[1]), int(match[2])
    return _dated(None, month, day, sent) if 1 <= month <= 12 and day >= 1 else None


def _short_day_first(match: Any, sent: date) -> tuple[date, bool, bool] | None:
    day, month = int(match[1]), int(match[2])
    return _dated(None, month, day, sent) if 1 <= month <= 12 and day >= 1 else None


DAY_FIRST: Mapping[Reader, Reader] = {_slashed: _slashed_day_first, _short: _short_day_first}
"""How dates in figures are read where the day stands first, by how they are read elsewhere."""

_WEEKDAY_NAMES = (
    "monday|tues(?:day)?|wednesday|thursday|friday|saturday|sunday|lunes|martes|miercoles|jueves|viernes|sabado|domingo"
)
_HAN_DAY = r"(\d{1,2}|[一二三四五六七八九十]{1,3}) ?[日号號]"
_HAN_MONTH = r"(?:(\d{4}|明年|今年|去年) ?年? ?)?(\d{1,2}|[一二三四五六七八九十]{1,2}) ?月"
_LEADS = "on|as of|by|until|through|thru|effective|eff|the"

# Matched against folded text, so without accents; the more exact shapes come first.
PATTERNS = (
    Pattern(_compiled(r"((?:19|20)\d\d)[-/.](\d{1,2})[-/.](\d{1,2})"), _iso),
    Pattern(_compiled(r"(?:^|\D)(\d{1,2}) ?[-/.] ?(\d{1,2}) ?[-/.] ?(\d{4}|\d{2})"), _slashed),
    Pattern(_compiled(r"(\d{1,2})/(\d{1,2})()"), _short),
    Pattern(_compiled(r"\b(\d{1,2}) (\d{1,2}) ((?:19|20)\d\d)\b"), _spaced),
    Pattern(_compiled(rf"\b{_MONTH}[ -]?(?:the )?{_DAY}(?:,? ?(?:of |del? )?{_YEAR})?"), _month_day),
    Pattern(
        _compiled(rf"\b{_MONTH} (?:the )?({_IN_WORDS})\b(?:,? (?:of )?{_YEAR})?"),
        _month_counted,
    ),
    Pattern(_compiled(rf"\b(\d{{1,2}}) de {_MONTH} del? (\d{{2}})\b"), _day_month),
    Pattern(
        _compiled(
            rf"\b(\d{{1,2}}(?:st|nd|rd|th|ro|º|°|er)?|{_IN_WORDS}|primero|uno)(?: day)?[ -](?:of |de )?"
            rf"{_MONTH}(?:,?[ -](?:of |del? )?(?:ano )?{_YEAR})?"
        ),
        _day_month,
    ),
    Pattern(_compiled(f"({_HAN_MONTH} ?{_HAN_DAY})"), _chinese),
    Pattern(_compiled(f"({_HAN_MONTH})(?:份|的|账|保|起|$)?"), _chinese_month),
    Pattern(_compiled(r"((\d{1,2}) ?月(?:底|末))"), _chinese_month_end),
    Pattern(_compiled(r"((?:下个?月|下個月)(一|十五|\d{1,2}) ?[日号號])"), _next_month_day),
    Pattern(_compiled("((?:下个?月|下個月)初)"), _first_of),
    Pattern(_compiled("((?:本|这个|這個|下个?|当|當)?月(?:底|末))"), _end_of_month),
    Pattern(
        _compiled(
            r"\b((?:the )?(?:first|1st|1)(?: day)? of (?:the |next |the next |the following |the coming )?month"
            r"(?: following)?|(?:el )?(?:dia )?(?:primero|1º?|uno) (?:del? )?"
            r"(?:proximo mes|mes (?:que viene|proximo|entrante|siguiente)|mes)|"
            r"(?:beginning|start) of (?:the )?(?:next |following |coming )?month)"
        ),
        _first_of,
    ),
    Pattern(
        _compiled(
            r"\b((?:the )?(?:first|1st|start|beginning) of (?:the |next |the next )?(?:new )?(?:plan |calendar )?year|"
            r"(?:starting|effective|beginning|eff\.?|from|for|as of|in) (?:the )?(?:next|new) (?:plan |calendar )?year|"
            r"(?:a )?(?:principios?|inicios?|comienzos?) (?:del?|de) (?:proximo )?ano|new year'?s day)"
        ),
        _new_year,
    ),
    Pattern(_compiled("(明年(?:年初|初|开始))"), _new_year),
    Pattern(
        _compiled(
            rf"\b((?:the )?(?:end|last day) of (?:the |this |next |last )?(?:month|{_NAMES})|"
            rf"(?:month[- ']?s? ?end|eom|fin(?:al(?:es)?|es)? de(?:l|l presente|l proximo| este)? ?(?:mes|{_NAMES})|"
            rf"(?:el )?ultimo dia (?:del? )?(?:mes|{_NAMES})))\b"
        ),
        _end_of_month,
    ),
    Pattern(_compiled(rf"\b((?:(?:{_LEADS}) )+\d{{1,2}}(?:st|nd|rd|th)|el (?:dia )?\d{{1,2}})\b"), day_of_month),
    Pattern(
        _compiled(rf"\b((?:{_LEADS}|starting|starts?) the (?:first|fifteenth))(?:[.,;)!?]|$| and | please)"),
        day_of_month,
    ),
    Pattern(_compiled(r"\b((this|last|next|current|previous|prior) month(?:'s)?)\b"), _relative_month),
    Pattern(_compiled(r"\b((este) mes|(?:el )?mes (pasado|proximo|anterior|que viene))\b"), _relative_month),
    Pattern(_compiled("((本|这|上|下)个?月)"), _relative_month),
    Pattern(
        _compiled(
            r"\b(?:effective|eff\.?|"
            r"termed?|terminate|cancel|as of|start(?:ing)?) (immediately|right away|today|now)\b"
        ),
        _at_once,
    ),
    Pattern(_compiled("(立即生效|即日起|今天起)"), _at_once),
    Pattern(
        _compiled(r"\b(today|yesterday|tomorrow|hoy|ayer)\b"),
        shifted,
    ),
    Pattern(_compiled("(今天|昨天|明天)"), shifted),
    Pattern(
        _compiled(rf"\b((?:(last|next|this|on|coming|past|el|el proximo|el pasado) )?({_WEEKDAY_NAMES}))\b"),
        weekday,
    ),
    Pattern(_compiled("((上周|下周|本周|这周|上星期|下星期|周|星期)([一二三四五六日天]))"), weekday),
    Pattern(_compiled(r"\b((?:19|20)\d\d)[-/](\d{1,2})\b"), _numbered_month),
    Pattern(_compiled(r"\b(\d{1,2})/((?:19|20)\d\d)\b"), _numbered_month),
    Pattern(_compiled(rf"\b{_MONTH}(?:,? ?(?:of |del? )?(\d{{4}}))?"), _month_only),
)
