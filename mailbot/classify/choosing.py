"""What the rules for single fields share: what is wanted, and how candidates are weighed and told apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from mailbot.cases.understanding import Where
from mailbot.classify.fields import Findings, Reading, Value, is_read, persons, squeeze
from mailbot.classify.folding import fold
from mailbot.classify.name_words import ORGANISATION
from mailbot.classify.people import Part

_ALIKE = 0.9


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the category requires ("a|b" taken apart), and whether its date of effect counts though not required."""

    fields: frozenset[str]
    dated: bool = False
    ends_coverage: bool = False

    def has(self, name: str) -> bool:
        return name in self.fields


def best(values: list[Value]) -> list[Value]:
    labelled = [value for value in values if value.weight >= 2] or values
    typed = [value for value in labelled if value.where is not Where.FORM]
    return typed or labelled


def spoken(findings: Findings) -> Iterator[Reading]:
    return (
        reading for reading in findings.readings if reading.passage.where is not Where.SIGNATURE and is_read(reading)
    )


def same_person(one: str, other: str) -> bool:
    first, second = (
        set(fold(one).replace("-", " ").replace(".", " ").split()),
        set(fold(other).replace("-", " ").replace(".", " ").split()),
    )
    first, second = {word for word in first if len(word) > 1}, {word for word in second if len(word) > 1}
    return bool(first and second) and (first <= second or second <= first or _slip(one, other))


def _slip(one: str, other: str) -> bool:
    """Two spellings of one name, a letter or two apart."""
    first, second = squeeze(one), squeeze(other)
    return (
        first[:2] == second[:2]
        and min(len(first), len(second)) >= 8
        and SequenceMatcher(None, first, second).ratio() > _ALIKE
    )


def is_a_firm(name: str) -> bool:
    """Whether a word behind the first says what kind of business it is."""
    return any(fold(word).strip(".,") in ORGANISATION for word in name.split()[1:])


def distinct(values: list[Value]) -> list[Value]:
    """Each person once, under the fullest name that the text first gives."""
    kept: list[Value] = []
    for value in values:
        if not any(same_person(value.value, other.value) for other in kept):
            kept.append(value)
    return kept


def named_as(findings: Findings, *parts: Part, least: int = 1) -> list[Value]:
    values = [
        Value(person.name, reading.passage.where, person.weight)
        for person, reading in persons(findings, *parts)
        if person.weight >= least
        and not (person.weight < 2 and len(person.mention.words) < 2 and not person.mention.title)
    ]
    return sorted(values, key=lambda value: len(value.value.split()) < 2)


def labelled_as(findings: Findings, name: str, *, forms: bool) -> list[Value]:
    return [
        Value(one.value, reading.passage.where, 3)
        for reading in findings.readings
        if is_read(reading)
        and (reading.passage.where is Where.FORM) == forms
        and reading.passage.where is not Where.SIGNATURE
        for one in reading.labels
        if one.name == name and not is_a_firm(one.value)
    ]
