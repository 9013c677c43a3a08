"""Compare a message with the playbook's examples, so that a desk teaches a category by writing examples of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import chain, repeat

import numpy as np
from numpy.typing import NDArray

from mailbot.classify.features import NOTHING, Block, Features
from mailbot.classify.naming import Feature

Floats = NDArray[np.float32]

#: What is compared, words and concepts, each with the block of the subject that counts like it.
COMPARED = {"w": "s", "c": "t"}
UNKNOWN_RARITY = 2.5
#: How much the likest example counts, the next, and the one after: several that are alike say more than one.
NEAREST = (0.5, 0.3, 0.2)

#: Words and concepts with their weights, by block.
_Compared = Mapping[str, Mapping[Feature, float]]


class Examples:
    """The examples of categories as the columns of a matrix with a row for each word and concept in them."""

    def __init__(
        self,
        written: Mapping[str, Sequence[str]],
        features: Callable[[str], Features],
        rarity: Mapping[str, Mapping[Feature, float]],
    ) -> None:
        examples = [_compared(features(text)) for texts in written.values() for text in texts]
        known = dict.fromkeys(chain.from_iterable(map(_named, examples)))
        rows = len(known)
        # What no example has comes after them: it has no row, and says only how rare it is.
        known.update(dict.fromkeys(_named({name: rarity.get(name, {}) for name in COMPARED})))
        self._places: dict[str, dict[Feature, int]] = {name: {} for name in COMPARED}
        for place, (name, feature) in enumerate(known):
            self._places[name][feature] = place
        rare = [rarity.get(name, {}).get(feature, UNKNOWN_RARITY) for name, feature in known]
        self._rarity = np.array([*rare, UNKNOWN_RARITY], dtype=np.float32)
        # The last column is like nothing: it stands for the examples that a category with few has not.
        self._matrix = np.zeros((rows, len(examples) + 1), dtype=np.float32)
        for column, example in enumerate(examples):
            inside, values = self._vector(example)
            self._matrix[inside, column] = values
        counts = [len(texts) for texts in written.values()]
        self._columns = _columns(counts)
        self._shares = np.array(NEAREST, dtype=np.float32)
        self._whole = np.array([self._shares[: max(1, each)].sum() for each in counts], dtype=np.float32)

    def similarities(self, found: Features) -> Floats:
        """For each category the weighed mean of the greatest cosines with its examples, 0 to 1; 0 without any."""
        rows, values = self._vector(_compared(found))
        likeness = values @ self._matrix.take(rows, axis=0)
        nearest = np.sort(likeness[self._columns], axis=1)[:, : -1 - len(NEAREST) : -1]
        alike: Floats = nearest @ self._shares / self._whole
        return alike

    def _vector(self, compared: _Compared) -> tuple[NDArray[np.intp], Floats]:
        """The rows of words and concepts, and their weights with rarity applied, as parts of a vector of length one."""
        unknown = len(self._rarity) - 1
        every = [map(self._places[name].get, weights, repeat(unknown)) for name, weights in compared.items()]
        places = np.fromiter(chain.from_iterable(every), np.intp)
        weights = np.fromiter(chain.from_iterable([each.values() for each in compared.values()]), np.float32)
        weights *= self._rarity.take(places)
        length = np.sqrt(weights @ weights) or 1.0
        has_row = places < len(self._matrix)
        return places[has_row], weights[has_row] / length


def _named(compared: _Compared) -> list[tuple[str, Feature]]:
    return [(name, feature) for name, weights in compared.items() for feature in weights]


def _compared(found: Features) -> _Compared:
    """Words and concepts with the greater of their weights in the subject and in the text."""
    return {name: _greater(found[name], found.get(of_subject, NOTHING)) for name, of_subject in COMPARED.items()}


def _greater(block: Block, other: Block) -> dict[Feature, float]:
    merged = block.weighed()
    for feature, weight in other.weighed().items():
        if weight > merged.get(feature, 0.0):
            merged[feature] = weight
    return merged


def _columns(counts: Sequence[int]) -> NDArray[np.intp]:
    """A row for each category with the columns of its examples, filled up with the last column of all."""
    total = sum(counts)
    columns = np.full((len(counts), max([len(NEAREST), *counts])), total, dtype=np.intp)
    begin = 0
    for row, number in enumerate(counts):
        columns[row, :number] = range(begin, begin + number)
        begin += number
    return columns
