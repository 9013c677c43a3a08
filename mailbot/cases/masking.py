"""How people, ids and companies appear where their full form may not: in letters, and in views without more right."""

from __future__ import annotations

from collections.abc import Iterable

from mailbot.cases.facts import Facts
from mailbot.cases.understanding import Found, Where

#: More than this is no list for a letter.
MOST_SHOWN = 20
_MOST_INITIALS = 4
_LONGEST_COMPANY = 60
_LONGEST_GROUP = 20
_SSN_DIGITS = 9


def initials(name: str) -> str:
    """ "Maria Lopez Ruiz" as "M. L. R."; a name in a script without blanks as its first sign."""
    return " ".join([f"{word[0].upper()}." for word in name.split() if word[0].isalpha()][:_MOST_INITIALS])


def last_four(number: str) -> str:
    """The last four letters and digits behind dots; all of it is hidden where there are not more than four."""
    plain = [sign for sign in number if sign.isalnum()]
    return "\u2026" + "".join(plain[-4:]) if len(plain) > 4 else ""


def members_of(facts: Facts) -> tuple[str, ...]:
    """Whom a case is about: initials and the last four characters of an id, never more (SOURCES B4).

    A name stands with its id where there is one of each. What came in by a merge from another sender is left out.
    """
    own = [found for found in facts.fields if found.where is not Where.MERGED]
    names, ids = _values(own, "subscriber_name"), _values(own, "subscriber_id", "person_id")
    if len(names) == 1 and len(ids) == 1 and initials(names[0]) and last_four(ids[0]):
        shown = [f"{initials(names[0])} ({last_four(ids[0])})"]
    else:
        shown = [*map(initials, names), *map(last_four, ids)]
    shown += map(initials, _values(own, "dependent_name"))
    return tuple(dict.fromkeys(filter(None, shown)))[:MOST_SHOWN]


def company_of(facts: Facts) -> str:
    """The company in letters, blanks and plain signs: a stranger wrote it, and it must carry nothing else.

    Digits are masked where they could be somebody's number, and no dot stands where it would make a link.
    """
    name = next((found.value for found in facts.fields if found.name == "group_name"), "")
    masked = "#" if sum(letter.isdigit() for letter in name) > 4 else ""
    plain = "".join(masked or letter if letter.isdigit() else letter if _plain(letter) else " " for letter in name)
    return " ".join(plain.replace(".", " ").split())[:_LONGEST_COMPANY].strip()


def groups_of(facts: Facts) -> tuple[str, ...]:
    """The group numbers, but for what is too long for one or has the digits of a Social Security number."""
    numbers = (value.strip() for value in facts.values("group_number"))
    return tuple(dict.fromkeys(number for number in numbers if _is_group(number)))[:MOST_SHOWN]


def _is_group(number: str) -> bool:
    digits = sum(sign.isdigit() for sign in number)
    sound = all(sign.isascii() and (sign.isalnum() or sign in "- ") for sign in number)
    return sound and 0 < digits != _SSN_DIGITS and len(number) <= _LONGEST_GROUP


def _plain(letter: str) -> bool:
    return letter.isalpha() or letter in " .,&'-()"


def _values(found: Iterable[Found], *names: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.value for each in found if each.name in names))
