"""Case numbers: `YYMMDD-NNNNNNN`, the last digit a check digit, written `[Case 261121-0000428]` in subjects.

A number is public: it says which case is meant and opens nothing.
"""

from __future__ import annotations

import re
from datetime import date

#: Serials of one day: six digits before the check digit.
SERIALS = 10**6
_SUBJECT_CAP = 2_000

# The table of H. Michael Damm's quasigroup of order 10: it finds every single wrong digit and every swap of neighbours.
_DAMM = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)
# Digits as mail programs leave them: a dash of any kind, and white space where a long line was wrapped. Without a
# dash thirteen digits may be anything, unless the word "case" stands before them.
_SPACE = r"[ \t\r\n]{0,3}"
_DASH = rf"{_SPACE}[-\u2010-\u2015\u2212]{_SPACE}"
_DASHED = rf"(?<![0-9A-Za-z-])([0-9]{{6}}){_DASH}([0-9]{{7}})(?![0-9A-Za-z])"
_NAMED = rf"case[ :#]{{0,3}}([0-9]{{6}})(?:{_DASH}|{_SPACE})([0-9]{{7}})(?![0-9A-Za-z])"
_CANDIDATE = re.compile(f"{_DASHED}|{_NAMED}", re.IGNORECASE)


def mint(day: date, serial: int) -> str:
    """The number for a day in the desk's time zone and a serial below SERIALS."""
    digits = f"{day:%y%m%d}{serial:06d}"
    return f"{digits[:6]}-{digits[6:]}{check_digit(digits)}"


def check_digit(digits: str) -> int:
    """The digit that brings the Damm walk over `digits` back to zero."""
    interim = 0
    for digit in digits:
        interim = _DAMM[interim][int(digit)]
    return interim


def is_number(text: str) -> bool:
    """Whether the text is a well-formed case number with the right check digit."""
    return bool(re.fullmatch(r"[0-9]{6}-[0-9]{7}", text)) and check_digit(text.replace("-", "")) == 0


def tagged(number: str) -> str:
    """The number as it stands in subjects."""
    return f"[Case {number}]"


def find(subject: str, cap: int = _SUBJECT_CAP) -> tuple[str, ...]:
    """Every case number in a subject, or in another text up to `cap` characters, each once, in order.

    One whose check digit is wrong is none.
    """
    found = (f"{match[1] or match[3]}-{match[2] or match[4]}" for match in _CANDIDATE.finditer(subject[:cap]))
    return tuple(dict.fromkeys(number for number in found if is_number(number)))
