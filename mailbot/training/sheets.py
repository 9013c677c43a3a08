"""Lessons as features by name, in the order of the mail, so that the same lessons teach the same model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from mailbot.classify.features import Block, Features, Noted, note, scaled
from mailbot.classify.naming import Feature, by_block, name_of
from mailbot.classify.words import Lexicon
from mailbot.training.composing import Lesson

#: The blocks in their order; those named together take turns, sentence by sentence.
_IN_TURNS = ("st", "wbc", "p", "a", "d", "g")


@dataclass(frozen=True, slots=True)
class Sheet:
    """Lessons as features with their codes."""

    found: tuple[dict[str, float], ...]
    codes: tuple[str, ...]


def sheet(lessons: Sequence[Lesson], lexicon: Lexicon) -> Sheet:
    found = tuple(_named(note(lesson.message, lexicon)) for lesson in lessons)
    return Sheet(found, tuple(lesson.code for lesson in lessons))


def joined(first: Sheet, second: Sheet) -> Sheet:
    return Sheet(first.found + second.found, first.codes + second.codes)


def as_read(found: Mapping[str, float]) -> Features:
    """The features of a lesson as those that are read of a mail, for a model to look at."""
    blocks = by_block(found.items())
    return {name: Block(tuple(of), tuple((1, weight) for weight in of.values())) for name, of in blocks.items()}


def _named(noted: Noted) -> dict[str, float]:
    weights = {name: dict(zip(block.features, block.weights(), strict=True)) for name, block in scaled(noted).items()}
    return {name_of(block, feature): weights[block][feature] for block, feature in _as_met(noted)}


def _as_met(noted: Noted) -> Iterator[tuple[str, Feature]]:
    for blocks in _IN_TURNS:
        for notes in zip(*(noted[block] for block in blocks), strict=True):
            for block, (_, features) in zip(blocks, notes, strict=True):
                yield from ((block, feature) for feature in features)
