"""Compare a message with the playbook's examples, so that a desk teaches a category by writing examples of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from mailbot.cases.rules import Playbook

COMPARED = {"w": "w", "s": "w", "c": "c", "t": "c"}
UNKNOWN_RARITY = 2.5
#: How much the likest example counts, the next, and the one after: several that are alike say more than one.
NEAREST = (0.5, 0.3, 0.2)


class Examples:
    """The examples of a playbook as the columns of a matrix with a row for each word and concept in them."""

    def __init__(
        self, playbook: Playbook, features: Callable[[str], Mapping[str, float]], rarity: Mapping[str, float]
    ) -> None:
        self._rarity = rarity
        written = [(code, text) for code, rules in playbook.categories.items() for text in rules.examples]
        vectors = [self._weighed(features(text)) for _, text in written]
        self._codes = tuple(dict.fromkeys(code for code, _ in written))
        columns = [code for code, _ in written]
        self._places = _places([columns.count(code) for code in self._codes])
        shares = np.array(NEAREST, dtype=np.float32)
        self._whole = np.array([shares[: columns.count(code)].sum() for code in self._codes], dtype=np.float32)
        self._rows = {name: row for row, name in enumerate(dict.fromkeys(n for vector in vectors for n in vector))}
        # The last column is like nothing: it stands for the examples that a category with few has not.
        self._matrix = np.zeros((len(self._rows), len(vectors) + 1), dtype=np.float32)
        for column, vector in enumerate(vectors):
            length = _length(vector)
            for name, value in vector.items():
                self._matrix[self._rows[name], column] = value / length

    def similarities(self, found: Mapping[str, float]) -> dict[str, float]:
        """The weighed mean of the greatest cosines with examples of each category that has one, 0 to 1."""
        weighed, places = self._weighed(found), self._rows
        length = _length(weighed)
        values = [value / length for name, value in weighed.items() if name in places]
        if not values:
            return dict.fromkeys(self._codes, 0.0)
        rows = [places[name] for name in weighed if name in places]
        likeness = np.array(values, dtype=np.float32) @ self._matrix.take(rows, axis=0)
        nearest = np.sort(likeness[self._places], axis=1)[:, : -1 - len(NEAREST) : -1]
        alike: list[float] = (nearest @ np.array(NEAREST, dtype=np.float32) / self._whole).tolist()
        return dict(zip(self._codes, alike, strict=True))

    def _weighed(self, found: Mapping[str, float]) -> dict[str, float]:
        """The words and concepts of `found` by weight and rarity; those of the subject count as text."""
        vector: dict[str, float] = {}
        rarity = self._rarity
        for name, value in found.items():
            merged_block = COMPARED.get(name[0])
            if merged_block is not None:
                merged = name if name[0] == merged_block else merged_block + name[1:]
                weight = value * rarity.get(merged, UNKNOWN_RARITY)
                if weight > vector.get(merged, 0.0):
                    vector[merged] = weight
        return vector


def _length(vector: Mapping[str, float]) -> float:
    return sqrt(sum([value * value for value in vector.values()]))


def _places(counts: Sequence[int]) -> NDArray[np.intp]:
    """A row for each category with the columns of its examples, filled up with the last column of all."""
    total = sum(counts)
    places = np.full((len(counts), max([len(NEAREST), *counts])), total, dtype=np.intp)
    begin = 0
    for row, count in enumerate(counts):
        places[row, :count] = range(begin, begin + count)
        begin += count
    return places
