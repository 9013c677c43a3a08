"""What staff's comments in a letter may not say: another case's reference, or anybody's full name, id or number."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import chain

from mailbot.cases import number, tokens
from mailbot.cases.facts import Facts
from mailbot.cases.tokens import Purpose, TokenKey

LONGEST = 4_000
#: The fields that say who somebody is (SOURCES B4).
_PERSONAL_NAMES = ("subscriber_name", "dependent_name", "new_name")
_PERSONAL_IDS = ("subscriber_id", "person_id")
_SSN = re.compile(r"(?<![0-9])[0-9]{3}([-. \u2010-\u2015]?)[0-9]{2}\1[0-9]{4}(?![0-9])")
_MARK = re.compile(rf"[0-9a-z]{{{tokens.LENGTH}}}", re.IGNORECASE)
_SHORTEST_ID = 5


def objection(comments: str, own_number: str, known: Sequence[Facts], keys: tuple[TokenKey, ...]) -> str:
    """One sentence on why these comments, or this answer, cannot go out, with the remedy; "" where they can.

    `own_number` is the case number that they may name; "" where they go to the senders of several cases, who must
    not hear of each other. `known` is what these cases know.
    """
    text = unicodedata.normalize("NFKC", comments)
    if not text.strip():
        return "such a letter needs comments: they are what the sender reads"
    if len(text) > LONGEST:
        return f"comments have at most {LONGEST:,} characters, these have {len(text):,}: say it shorter"
    return next(chain(_references(text, own_number, keys), _personal(text, known)), "")


def _references(text: str, own_number: str, keys: tuple[TokenKey, ...]) -> Iterator[str]:
    others = [found for found in number.find(text, LONGEST) if found != own_number]
    if others and own_number:
        yield f"the comments name case {others[0]}, which is not the one that they answer: leave it out"
    elif others:
        yield f"the comments go to the senders of several cases and name case {others[0]}: leave the number out"
    if any(tokens.check(keys, purpose, mark) for mark in _MARK.findall(text) for purpose in Purpose):
        yield "the comments hold the reference mark of a letter (ref:…:ref or an address with one): leave it out"


def _personal(text: str, known: Sequence[Facts]) -> Iterator[str]:
    words, plain = _words(text), _plain(text)
    for facts in known:
        for name in _PERSONAL_NAMES:
            if any(_names(words, value) for value in facts.values(name)):
                yield f"the comments hold the {name} in full: give initials, as the letter does"
        for name in _PERSONAL_IDS:
            ids = map(_plain, facts.values(name))
            if any(len(each) >= _SHORTEST_ID and each in plain for each in ids):
                yield f"the comments hold the {name} in full: give its last four characters, as the letter does"
        if any(f" {day} " in f" {' '.join(words)} " for day in _days(facts)):
            yield "the comments hold the date_of_birth: leave it out"
    if _SSN.search(_visible(text)):
        yield "the comments hold what looks like a Social Security number: leave it out, or give its last four digits"


def _names(words: list[str], name: str) -> bool:
    """Whether a name of two words or more stands in the text, first or last name first."""
    parts = _words(name)
    if len(parts) < 2:
        return False
    turned = [parts[-1], *parts[:-1]]
    return any(words[at : at + len(parts)] in (parts, turned) for at in range(len(words)))


def _days(facts: Facts) -> Iterator[str]:
    """The ways in which a day of birth is written, as words."""
    for value in facts.values("date_of_birth"):
        yield " ".join(_words(value))
        try:
            day = date.fromisoformat(value)
        except ValueError:
            continue
        short, long = f"{day:%b}".lower(), f"{day:%B}".lower()
        yield from (f"{day.month} {day.day} {day.year}", f"{day:%m %d %Y}", f"{day.month} {day.day} {day:%y}")
        yield from (f"{month} {day.day} {day.year}" for month in (short, long))
        yield from (f"{day.day} {month} {day.year}" for month in (short, long))


def _visible(text: str) -> str:
    """The text without signs that have no width: they would hide a number from us, not from its reader."""
    return "".join(sign for sign in text if unicodedata.category(sign) != "Cf")


def _words(text: str) -> list[str]:
    return "".join(sign if sign.isalnum() else " " for sign in _visible(text).casefold()).split()


def _plain(text: str) -> str:
    return "".join(sign for sign in _visible(text).casefold() if sign.isalnum())
