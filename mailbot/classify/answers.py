"""Answers by number: an information request lists what is missing, and people answer "1. 0458812, 2) October 1"."""

from __future__ import annotations

import re
from datetime import date

from mailbot.cases.understanding import FIELDS, Found, Where
from mailbot.classify.choosing import Wanted
from mailbot.classify.fields import read_all
from mailbot.classify.passages import Passage
from mailbot.classify.settle import settle

_TEXT_CAP = 10_000
_LONGEST_ANSWER = 300
_NUMBERED = re.compile(
    r"^[ \t]{0,8}(?:#|no\.? ?|item )?([0-9]{1,2})[ \t]{0,2}[.):：、\-–][ \t]{0,4}(\S.{0,299})$", re.IGNORECASE
)


def numbered_answers(new_text: str) -> dict[int, str]:
    """The answers by the number that stands before them; of two with one number the first."""
    found: dict[int, str] = {}
    for line in new_text[:_TEXT_CAP].splitlines():
        match = _NUMBERED.match(line[: _LONGEST_ANSWER + 20])
        if match:
            found.setdefault(int(match[1]), match[2].strip())
    return found


def read_answers(new_text: str, asked: tuple[str, ...], sent: date) -> tuple[Found, ...]:
    """What numbered answers say, each read as the field that its item asked for ("a|b": as whichever it is).

    `asked` is the list of the last request in its order, `sent` the day that relative dates count from. Items
    that ask for a document, and answers that are no value of their field, bring nothing.
    """
    answers = numbered_answers(new_text)
    found: list[Found] = []
    for position, item in enumerate(asked, 1):
        if position in answers:
            found += _first_that_fits(answers[position], item.split("|"), sent)
    return tuple(found)


def _first_that_fits(answer: str, fields: list[str], sent: date) -> tuple[Found, ...]:
    for field in fields:
        if field in FIELDS:
            line = f"{field.replace('_', ' ').capitalize()}: {answer}"
            findings = read_all((Passage(Where.BODY, line),), sent)
            values = tuple(v for v in settle(findings, Wanted(frozenset({field}), dated=True)) if v.name == field)
            if values:
                return values
    return ()
