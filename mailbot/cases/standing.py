"""What the directory adds to a mail: values that its sender need not write, contradictions, and groups not theirs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from mailbot.cases.facts import Facts, still_missing
from mailbot.cases.people import Person, Role
from mailbot.cases.states import State
from mailbot.cases.understanding import Found, Understanding, Where

#: Why staff should look at a case whose sender is agent of record of other groups only.
NOT_THEIRS = "the producer is not agent of record of a group that is named"
#: Words that any two organisations may share.
_LEGAL_FORMS = frozenset("inc llc llp ltd co corp corporation company group pc pa the and of".split())  # noqa: SIM905


@dataclass(frozen=True, slots=True)
class CaseStanding:
    """How a case stands, for its correspondent: dates only where they were told and are still to come."""

    number: str
    state: State
    opened_at: datetime
    answer_due: datetime | None = None
    reply_due: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """How what a mail says agrees with the directory. `conflicts` are reasons for a review, without values.

    `foreign_group`: the case of a producer is about a group whose agent of record they are not (SOURCES D2).
    """

    conflicts: tuple[str, ...] = ()
    foreign_group: bool = False


def standing(person: Person | None, said: Facts, known: Facts) -> Standing:
    """What to make of somebody's words; `known` is all that the case knows with them."""
    if person is None:
        return Standing()
    return Standing(tuple(_conflicts(person, said)), is_foreign(person, known))


def is_foreign(person: Person, facts: Facts) -> bool:
    """Whether a producer is not agent of record of a group that is named."""
    return person.role is Role.PRODUCER and not all(map(person.has_group, facts.values("group_number")))


def fill(facts: Facts, person: Person | None) -> Facts:
    """The facts with what the directory knows of their sender, never over what is there (SOURCES A2)."""
    added = tuple(
        Found(name, value, Where.DIRECTORY)
        for name, value in (_values(person) if person else ())
        if value and name not in facts.names
    )
    return replace(facts, fields=facts.fields + added) if added else facts


def informed(understanding: Understanding, person: Person | None) -> Understanding:
    """The understanding with what the directory knows of the sender; it counts as said.

    Their language is that of a mail that does not tell its own.
    """
    if person and person.language and not understanding.language_told:
        understanding = replace(understanding, language=person.language.partition("-")[0])
    said = Facts(understanding.fields)
    whole = fill(said, person)
    if whole is said:
        return understanding
    return replace(understanding, fields=whole.fields, missing=still_missing(understanding.missing, whole))


def spoken(facts: Facts) -> Facts:
    """The facts without those of the directory: what somebody has said."""
    said = tuple([found for found in facts.fields if found.where is not Where.DIRECTORY])
    return facts if len(said) == len(facts.fields) else replace(facts, fields=said)


def _values(person: Person) -> Iterator[tuple[str, str]]:
    """The fields that follow from who somebody is; a group only where it is the one of an employer."""
    yield "npn", person.npn
    yield "npi", person.npi
    if person.role is Role.PROVIDER:
        yield "practice_name", person.organisation
    if person.role is Role.EMPLOYER:
        yield "group_name", person.organisation
        yield "group_number", person.groups[0] if len(person.groups) == 1 else ""


def _conflicts(person: Person, said: Facts) -> Iterator[str]:
    if is_foreign(person, said):
        yield NOT_THEIRS
    for name, known in (("npn", person.npn), ("npi", person.npi)):
        values = said.values(name)
        if known and values and not any(_digits(value) == _digits(known) for value in values):
            yield f"the directory has another {name.upper()} for the sender"
    if person.role is Role.EMPLOYER and person.groups and not all(map(person.has_group, said.values("group_number"))):
        yield "the directory has another group for the sender"
    name = "practice_name" if person.role is Role.PROVIDER else "group_name"
    if person.role in (Role.PROVIDER, Role.EMPLOYER) and not _is_called(person.organisation, said.values(name)):
        yield "the directory has another organisation for the sender"


def _is_called(organisation: str, names: tuple[str, ...]) -> bool:
    """Whether one of the names may be the organisation's: names are written in many ways, so one word is enough."""
    own = _words(organisation)
    return not own or not names or any(not _words(name) or own & _words(name) for name in names)


def _words(name: str) -> frozenset[str]:
    plain = "".join(letter if letter.isalnum() else " " for letter in name.casefold().replace("'", ""))
    return frozenset(plain.split()) - _LEGAL_FORMS


def _digits(text: str) -> str:
    return "".join(letter for letter in text if letter.isdigit()).lstrip("0")
