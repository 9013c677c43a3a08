"""An entry of the directory as the cells of a sheet: what each column may hold, and what must not stand together."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from stdnum import luhn

from mailbot.cases.answering import deliverable
from mailbot.cases.people import ALL_GROUPS, ANYBODY, DIRECTORY_ROLES, Notices, Permission, Person, Role
from mailbot.mail import Address, OwnAddresses

COLUMNS = (
    "address",
    "name",
    "role",
    "organisation",
    "npn",
    "npi",
    "groups",
    "language",
    "teams",
    "permissions",
    "active",
    "notices",
)
#: At a domain of one of these anybody can have an address: no organisation is known by it.
PUBLIC_DOMAINS = frozenset(
    [
        "aol.com",
        "gmail.com",
        "gmx.com",
        "googlemail.com",
        "hotmail.com",
        "icloud.com",
        "live.com",
        "mail.com",
        "me.com",
        "msn.com",
        "outlook.com",
        "proton.me",
        "protonmail.com",
        "qq.com",
        "yahoo.com",
        "ymail.com",
        "126.com",
        "163.com",
    ]
)
LONGEST_TEXT = 200
MOST_VALUES = 5_000
_BETWEEN = "; "
_SEPARATORS = re.compile(r"[;,|]")
_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\]{1,64}@[^\s@<>,;:\"()\[\]\\]{1,250}")
_GROUP = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{0,19}")
_NPN = re.compile(r"[0-9]{1,10}")
_NPI = re.compile(r"[0-9]{10}")
_LANGUAGE = re.compile(r"[a-z]{2}(-[A-Za-z]{2,4})?")
_YES, _NO = ("yes", "true", "1", "y"), ("no", "false", "0", "n")

Trouble = tuple[str, str]
"""A column, and a sentence that says what is wrong in it and what to do."""


class _Wrong(Exception):
    """One cell cannot be used; its text is the sentence."""


def read_cells(cells: Mapping[str, str]) -> tuple[Person, list[Trouble]]:
    """The entry that these cells tell, and what is wrong with them; where anything is, the entry means nothing.

    A column that is not there counts as empty.
    """
    values: dict[str, Any] = {}
    troubles: list[Trouble] = []
    for column in COLUMNS:
        try:
            values[column] = _READERS[column](cells.get(column, ""))
        except _Wrong as wrong:
            troubles.append((column, str(wrong)))
    if troubles:
        return Person(Address(""), Role.UNKNOWN), troubles
    address = Address(values.pop("address"), values.pop("name"))
    chosen = values.pop("notices") or (Notices.DIGEST if values["role"] is Role.STAFF else Notices.NONE)
    return Person(address, notices=chosen, **values), []


def cells_of(person: Person) -> dict[str, str]:
    """The entry as text by column; `read_cells` makes the same entry of it."""
    return {
        "address": person.address.address,
        "name": person.name,
        "role": person.role.value,
        "organisation": person.organisation,
        "npn": person.npn,
        "npi": person.npi,
        "groups": _BETWEEN.join(person.groups),
        "language": person.language,
        "teams": _BETWEEN.join(person.teams),
        "permissions": _BETWEEN.join(person.permissions),
        "active": "yes" if person.active else "no",
        "notices": person.notices.value,
    }


def amended(before: Person, now: Person, columns: frozenset[str]) -> Person:
    """The entry after a sheet that has these columns only; its other columns stay as they were."""
    taken = {name: getattr(now, name) for name in columns - {"address", "name"}}
    name = now.name if "name" in columns else before.name
    return replace(before, address=Address(now.address.address, name), **taken)


def troubles_of(person: Person, own: OwnAddresses) -> Iterator[Trouble]:
    """What must not stand together in one entry, or never in the directory of this desk."""
    yield from _troubles_of_address(person, own)
    for column, roles in _ONLY_FOR.items():
        if getattr(person, column) and person.role not in roles:
            yield column, f"this is only for {_listed(roles)}; leave it empty for this role"
    if ALL_GROUPS in person.groups and (person.role is not Role.PRODUCER or len(person.groups) > 1):
        yield "groups", f'"{ALL_GROUPS}" means every group: it stands alone, and only for a producer'
    if person.notices is not Notices.NONE and person.role is not Role.STAFF:
        yield "notices", "only staff get notices; leave it empty for this role"


def _troubles_of_address(person: Person, own: OwnAddresses) -> Iterator[Trouble]:
    address = person.address
    if own.owns(address.address):
        yield "address", "this is an address of the desk itself, which is nobody in the directory; take the line out"
    if not person.is_domain:
        return
    if person.role in (Role.STAFF, Role.CONSUMER):
        yield "address", f"a whole domain cannot be {person.role}: give each person a line"
    if address.domain in PUBLIC_DOMAINS:
        yield "address", "anybody can have an address at this domain: give each person a line"
    if any(address.domain == key.rpartition("@")[2] for key in own.keys):
        yield "address", "this is the domain of the desk itself: give each person a line"


def changes_sides(before: Person, now: Person) -> bool:
    """Whether somebody active would turn from staff into somebody outside, or the other way round."""
    return before.active and (before.role is Role.STAFF) != (now.role is Role.STAFF)


def nearest(word: str, known: tuple[str, ...]) -> str:
    """What somebody meant who wrote this word, for the end of a sentence."""
    near = get_close_matches(word.casefold(), {each.casefold(): each for each in known}, n=1)
    meant = next((each for each in known if near and each.casefold() == near[0]), None)
    return f"did you mean {meant}?" if meant else f"it can be {', '.join(known)}"


_ONLY_FOR: Mapping[str, tuple[Role, ...]] = {
    "npn": (Role.PRODUCER, Role.NAVIGATOR),
    "npi": (Role.PROVIDER,),
    "groups": (Role.PRODUCER, Role.EMPLOYER),
    "teams": (Role.STAFF,),
    "permissions": (Role.STAFF,),
}


def _listed(words: tuple[Role, ...]) -> str:
    return " and ".join(words)


def _address(text: str) -> str:
    if not text:
        raise _Wrong("an address is needed")
    address = f"{ANYBODY}{text}" if text.startswith("@") else text
    if not _ADDRESS.fullmatch(address) or not deliverable(address):
        raise _Wrong("this is no address: write name@broker.example, or *@broker.example for everybody there")
    return address


def _role(text: str) -> Role:
    if text.casefold() not in DIRECTORY_ROLES:
        known = tuple(DIRECTORY_ROLES)
        raise _Wrong(f"a role is needed: {', '.join(known)}" if not text else f"no role: {nearest(text, known)}")
    return Role(text.casefold())


def _text(text: str) -> str:
    if len(text) > LONGEST_TEXT:
        raise _Wrong(f"longer than {LONGEST_TEXT} characters; shorten it")
    return text


def _fitting(pattern: re.Pattern[str], must_be: str) -> Callable[[str], str]:
    """A reader of a cell that is empty or fits the pattern as a whole."""

    def read(text: str) -> str:
        if text and not pattern.fullmatch(text):
            raise _Wrong(f"must be {must_be}")
        return text

    return read


def _npi(text: str) -> str:
    number = _fitting(_NPI, "ten digits")(text)
    if number and not luhn.is_valid(f"80840{number}"):
        raise _Wrong("the check digit of this NPI is wrong; look it up again")
    return number


def _groups(text: str) -> tuple[str, ...]:
    found = _several(" ".join(_SEPARATORS.split(text)).split())
    if any(group != ALL_GROUPS and not _GROUP.fullmatch(group) for group in found):
        raise _Wrong("group numbers have letters, digits and dashes; put ; between several")
    return found


def _teams(text: str) -> tuple[str, ...]:
    return _several(_text(part.strip()) for part in _SEPARATORS.split(text))


def _permissions(text: str) -> tuple[str, ...]:
    known = tuple(Permission)
    found = _several(part.casefold() for part in " ".join(_SEPARATORS.split(text)).split())
    for word in found:
        if word not in known:
            raise _Wrong(f"{word[:20]} is no permission: {nearest(word, known)}")
    return found


def _several(values: Any) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(value for value in values if value))
    if len(found) > MOST_VALUES:
        raise _Wrong(f"more than {MOST_VALUES} values in one cell")
    return found


def _active(text: str) -> bool:
    if text.casefold() not in (*_YES, *_NO, ""):
        raise _Wrong("must be yes or no")
    return text.casefold() not in _NO


def _notices(text: str) -> Notices | None:
    if text and text.casefold() not in tuple(Notices):
        raise _Wrong(f"must be {', '.join(Notices)}")
    return Notices(text.casefold()) if text else None


_READERS: Mapping[str, Callable[[str], Any]] = {
    "address": _address,
    "name": _text,
    "role": _role,
    "organisation": _text,
    "npn": _fitting(_NPN, "at most ten digits"),
    "npi": _npi,
    "groups": _groups,
    "language": _fitting(_LANGUAGE, "a language of two letters, as es"),
    "teams": _teams,
    "permissions": _permissions,
    "active": _active,
    "notices": _notices,
}
