"""What the rules for single fields share: what is wanted, and how candidates are weighed and told apart."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import lru_cache

from mailbot.cases.understanding import Where
from mailbot.classify.fields import Findings, Value, persons, squeeze
from mailbot.classify.folding import fold
from mailbot.classify.name_words import is_firm
from mailbot.classify.people import Part

_ALIKE = 0.9
_LONG = 8
#: Names are compared with each other: nobody names more people in running text, and tables are read as they stand.
_MOST_NAMES = 100
_NAMED = (Part.SUBSCRIBER, Part.DEPENDENT, Part.WRITER)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the category requires ("a|b" taken apart), and whether its date of effect counts though not required.

    `choices` are the fields of which one serves.
    """

    fields: frozenset[str]
    dated: bool = False
    ends_coverage: bool = False
    choices: tuple[frozenset[str], ...] = ()

    def has(self, name: str) -> bool:
        return name in self.fields

    def served(self, name: str, chosen: Collection[str]) -> bool:
        """Whether the field, or another one that serves as well, is among those chosen."""
        return name in chosen or any(name in choice and not choice.isdisjoint(chosen) for choice in self.choices)


def best(values: list[Value]) -> list[Value]:
    labelled = [value for value in values if value.weight >= 2] or values
    typed = [value for value in labelled if value.where is not Where.FORM]
    return typed or labelled


def same_person(one: str, other: str) -> bool:
    """Whether one name has all words of the other, or is a slip of the pen away from it; initials do not count."""
    (first, squeezed), (second, also) = _spelled(one), _spelled(other)
    return bool(first and second) and (first <= second or second <= first or _slip(squeezed, also))


@lru_cache(maxsize=1024)  # the few names of a mail: each is compared with all others, for one field after another
def _spelled(name: str) -> tuple[frozenset[str], str]:
    spaced = fold(name).replace("-", " ").replace(".", " ").split()
    return frozenset([word for word in spaced if len(word) > 1]), squeeze(name)


def _slip(one: str, other: str) -> bool:
    """Two spellings of one name, a letter or two apart."""
    if one[:2] != other[:2] or min(len(one), len(other)) < _LONG:
        return False
    compared = SequenceMatcher(None, one, other)
    return compared.quick_ratio() > _ALIKE and compared.ratio() > _ALIKE  # the first is quick, and never less


def distinct(values: list[Value]) -> list[Value]:
    """Each person once, under the name that the text first gives in full; a subject often shortens it."""
    if len(values) < 2:
        return values
    kept: list[Value] = []
    for value in values:
        told = enumerate(kept[:_MOST_NAMES])
        at = next((at for at, other in told if same_person(value.value, other.value)), None)
        if at is None:
            kept.append(value)
        elif _is_fuller(value, kept[at]):
            kept[at] = value
    return kept


def _is_fuller(value: Value, known: Value) -> bool:
    """Whether a name says more than one of a single word, or than one that only the subject has."""
    words, fewer = _full_words(value.value), _full_words(known.value)
    short = fewer <= 1 or (known.where is Where.SUBJECT and value.where is not Where.FORM)
    return short and words > fewer and value.where is not Where.SIGNATURE


def _full_words(name: str) -> int:
    return sum(len(word.strip(".")) > 1 for word in name.split()) or name.count(" ") + 1


def in_full(findings: Findings, values: list[Value]) -> list[Value]:
    """The names, a single given name made longer where the mail names that person in full anywhere."""
    full = [
        person.name
        for person, reading in persons(findings, *_NAMED)
        if reading.passage.where is not Where.FORM and len(person.mention.words) > 1
    ][:_MOST_NAMES]
    known = {squeeze(value.value) for value in values}
    longer: list[Value] = []
    for value in values:
        name = next(
            (
                name
                for name in full
                if " " not in value.value
                and fold(name).startswith(f"{fold(value.value)} ")
                and squeeze(name) not in known
            ),
            value.value,
        )
        longer.append(replace(value, value=name))
    return longer


def named_as(findings: Findings, *parts: Part, least: int = 1) -> list[Value]:
    values = [
        Value(person.name, reading.passage.where, person.weight)
        for person, reading in persons(findings, *parts)
        if person.weight >= least and not (person.weight < 2 and " " not in person.name and not person.mention.title)
    ]
    return sorted(values[:_MOST_NAMES], key=_is_single) if len(values) > 1 else values


def _is_single(value: Value) -> bool:
    return len(value.value.split()) < 2


def labelled_as(findings: Findings, name: str, *, forms: bool) -> list[Value]:
    return [
        Value(one.value, reading.passage.where, 3)
        for reading in findings.spoken
        for one in reading.labels
        if one.name == name and (reading.passage.where is Where.FORM) == forms and not is_firm(one.value.split())
    ][:_MOST_NAMES]
