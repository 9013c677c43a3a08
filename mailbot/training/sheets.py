"""Lessons as features by name, in the order of the mail, so that the same lessons teach the same model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from mailbot.classify.features import Block, Features, Heard, features, hear, pairs_of
from mailbot.classify.naming import Feature, by_block, name_of
from mailbot.classify.words import Lexicon
from mailbot.training.composing import Lesson


@dataclass(frozen=True, slots=True)
class Sheet:
    """Lessons as features with their codes."""

    found: tuple[dict[str, float], ...]
    codes: tuple[str, ...]


def sheet(lessons: Sequence[Lesson], lexicon: Lexicon) -> Sheet:
    found = tuple(_named(hear(lesson.message, lexicon)) for lesson in lessons)
    return Sheet(found, tuple(lesson.code for lesson in lessons))


def joined(first: Sheet, second: Sheet) -> Sheet:
    return Sheet(first.found + second.found, first.codes + second.codes)


def as_read(found: Mapping[str, float]) -> Features:
    """The features of a lesson as those that are read of a mail, for a model to look at."""
    blocks = by_block(found.items())
    return {name: Block(tuple(of), tuple((1, weight) for weight in of.values())) for name, of in blocks.items()}


def _named(heard: Heard) -> dict[str, float]:
    weights = {name: block.weighed() for name, block in features(heard).items()}
    return {name_of(name, feature): weights[name][feature] for name, met in _as_met(heard) for feature in met}


def _as_met(heard: Heard) -> Iterator[tuple[str, Iterable[Feature]]]:
    for sentence in heard.subject:
        yield from (("s", sentence.stems), ("t", sentence.concepts))
    for _, sentence in heard.body:
        yield from (("w", sentence.stems), ("b", pairwise(sentence.stems)), ("c", sentence.concepts))
    for sentence in (*heard.subject, *(sentence for _, sentence in heard.body)):
        yield "p", pairs_of(sentence)
    for sentence in heard.files:
        yield "a", sentence.concepts
    yield from (("d", heard.desks), ("g", heard.signs))
