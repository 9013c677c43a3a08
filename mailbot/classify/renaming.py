"""Settles the new name of somebody whose name changed or was misspelled."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher

from mailbot.cases.understanding import Where
from mailbot.classify.choosing import Wanted
from mailbot.classify.cues import cue
from mailbot.classify.fields import Findings, Reading, Value, persons, squeeze
from mailbot.classify.folding import fold
from mailbot.classify.linear import Linear
from mailbot.classify.people import Part, Person, new_name_weight

_RESPELLED = cue("renaming.respelled", tail=r"[ :\"'“‘]*(\p{L}[\p{L}'-]+)")
_ALIKE_WORD = 0.6
_SURNAME = Linear(
    r"(?i)(?:last name|surname|family name|married name|apellido(?: de casada)?|姓)"
    r"(?: (?:is|has|was|will be|should be|es))*"
    r"(?: (?:now|changed|being changed|legally|from \p{L}+|de \p{L}+))*(?: to| as| a| por|改为|:)?"
    r" (?-i:(\p{Lu}[\p{L}'’-]+))\b"
)


def new_names(findings: Findings, wanted: Wanted) -> list[Value]:
    """The name that the words call the new one; else the later of two that share a word."""
    if not wanted.has("new_name"):
        return []
    labelled = [value for value in findings.of("new_name") if value.where is not Where.FORM]
    if labelled:
        return labelled[:1]
    weighed = [
        (new_name_weight(reading.prose, person.mention), person, reading)
        for person, reading in persons(findings, Part.SUBSCRIBER, Part.WRITER, Part.NEW_NAME, Part.DEPENDENT)
        if len(person.mention.words) >= 2
    ]
    best = max(reversed(weighed), key=lambda one: one[0], default=None)
    if best and best[0] > 0:
        return [Value(best[1].name, best[2].passage.where)]
    if renamed := _renamed(weighed):
        return [renamed]
    if respelled := _respelled(weighed):
        return [respelled]
    full = [(weight, person, reading) for weight, person, reading in weighed if weight >= 0]
    distinct = {squeeze(person.name) for _, person, _ in weighed}
    if len(distinct) >= 2 and full and any(_related(full[-1][1], person) for _, person, _ in weighed):
        return [Value(full[-1][1].name, full[-1][2].passage.where)]
    return findings.of("new_name")[:1]


def _renamed(weighed: list[tuple[int, Person, Reading]]) -> Value | None:
    """ "Change Priya Nair's last name to Menon": the first name with the new surname."""
    for _, person, reading in weighed:
        match = _SURNAME.search(reading.prose[max(0, person.mention.start - 60) : person.mention.end + 90])
        if match and fold(match[1]) not in person.mention.words and not match[1].endswith(("'s", "’s")):
            return Value(" ".join([*person.name.split()[:-1], match[1]]), reading.passage.where)
    return None


def _respelled(weighed: list[tuple[int, Person, Reading]]) -> Value | None:
    """A single word that corrects one of the words of a name: "It says Hectro Diaz, it's Hector"."""
    for _, person, reading in weighed:
        for right in _corrections(reading.prose[person.mention.end : person.mention.end + 120]):
            for word in person.name.split():
                ratio = SequenceMatcher(None, fold(word), fold(right)).ratio()
                if _ALIKE_WORD < ratio < 1:
                    return Value(person.name.replace(word, right), reading.passage.where)
    return None


def _corrections(text: str) -> Iterator[str]:
    """The words behind "it is", "spelled" and the like; of "it is spelled Ann" both."""
    at = 0
    while match := _RESPELLED.search(text[at:]):
        yield match[1].capitalize() if match[1].isupper() else match[1]
        at += match.start(1)


def _related(one: Person, other: Person) -> bool:
    return one.name != other.name and bool(set(one.mention.words) & set(other.mention.words))
