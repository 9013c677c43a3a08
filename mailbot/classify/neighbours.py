"""Compare a message with the playbook's examples, so that a desk teaches a category by writing examples of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import chain, count, repeat

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


_Compared = Mapping[str, Mapping[Feature, float]]


class Examples:
    """The examples of categories as the columns of a matrix with a row for each word and concept that is known."""

    def __init__(
        self,
        written: Mapping[str, Sequence[str]],
        features: Callable[[str], Features],
        rarity: Mapping[str, Mapping[Feature, float]],
    ) -> None:
        examples = [_compared(features(text)) for texts in written.values() for text in texts]
        known = {b: dict.fromkeys(chain(rarity.get(b, ()), *(example[b] for example in examples))) for b in COMPARED}
        numbers = count()
        self._rows = {block: dict(zip(features, numbers, strict=False)) for block, features in known.items()}
        rare = [rarity.get(block, {}).get(feature, UNKNOWN_RARITY) for block in COMPARED for feature in known[block]]
        # The last row is of all that is unknown. The last column is like nothing: it stands for the examples that a
        # category with few has not.
        self._rarity = np.array([*rare, UNKNOWN_RARITY], dtype=np.float32)
        self._matrix = np.zeros((len(self._rarity), len(examples) + 1), dtype=np.float32)
        for column, example in enumerate(examples):
            rows, values = self._vector(example)
            self._matrix[rows, column] = values
        counts = [len(texts) for texts in written.values()]
        self._places = _places(counts)
        self._shares = np.array(NEAREST, dtype=np.float32)
        self._whole = np.array([self._shares[: max(1, each)].sum() for each in counts], dtype=np.float32)

    def similarities(self, found: Features) -> Floats:
        """For each category the weighed mean of the greatest cosines with its examples, 0 to 1; 0 without any."""
        rows, values = self._vector(_compared(found))
        likeness = values @ self._matrix.take(rows, axis=0)
        nearest = np.sort(likeness[self._places], axis=1)[:, : -1 - len(NEAREST) : -1]
        alike: Floats = nearest @ self._shares / self._whole
        return alike

    def _vector(self, compared: _Compared) -> tuple[NDArray[np.intp], Floats]:
        """The rows of words and concepts with their weights, rarity applied, as a vector of length one."""
        every = [map(self._rows[name].get, weights, repeat(-1)) for name, weights in compared.items()]
        rows = np.fromiter(chain.from_iterable(every), np.intp)
        weights = np.fromiter(chain.from_iterable([each.values() for each in compared.values()]), np.float32)
        weights *= self._rarity.take(rows)
        return rows, weights / (np.sqrt(weights @ weights) or 1.0)


def _compared(found: Features) -> _Compared:
    """Words and concepts with the greater of their weights in the subject and in the text."""
    return {name: _greater(found[name], found.get(of_subject, NOTHING)) for name, of_subject in COMPARED.items()}


def _greater(block: Block, other: Block) -> dict[Feature, float]:
    merged = block.weighed()
    for feature, weight in other.weighed().items():
        if weight > merged.get(feature, 0.0):
            merged[feature] = weight
    return merged


def _places(counts: Sequence[int]) -> NDArray[np.intp]:
    """A row for each category with the columns of its examples, filled up with the last column of all."""
    total = sum(counts)
    places = np.full((len(counts), max([len(NEAREST), *counts])), total, dtype=np.intp)
    begin = 0
    for row, number in enumerate(counts):
        places[row, :number] = range(begin, begin + number)
        begin += number
    return places
