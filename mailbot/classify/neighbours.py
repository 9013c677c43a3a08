"""Compare a message with the playbook's examples, so that a desk teaches a category by writing examples of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import sqrt

import numpy as np

from mailbot.cases.rules import Playbook

COMPARED = {"w": "w", "s": "w", "c": "c", "t": "c"}
UNKNOWN_RARITY = 2.5


class Examples:
    """The examples of a playbook as the columns of a matrix with a row for each word and concept in them."""

    def __init__(
        self, playbook: Playbook, features: Callable[[str], Mapping[str, float]], rarity: Mapping[str, float]
    ) -> None:
        self._rarity = rarity
        written = [(code, text) for code, rules in playbook.categories.items() for text in rules.examples]
        vectors = [self._unit(features(text)) for _, text in written]
        self._codes = tuple(dict.fromkeys(code for code, _ in written))
        columns = [code for code, _ in written]
        self._firsts = np.array([columns.index(code) for code in self._codes], dtype=np.intp)
        self._rows = {name: row for row, name in enumerate(dict.fromkeys(n for vector in vectors for n in vector))}
        self._matrix = np.zeros((len(self._rows), len(vectors)), dtype=np.float32)
        for column, vector in enumerate(vectors):
            for name, value in vector.items():
                self._matrix[self._rows[name], column] = value

    def similarities(self, found: Mapping[str, float]) -> dict[str, float]:
        """The greatest cosine with an example of each category that has one, 0 to 1."""
        known = [(self._rows[name], value) for name, value in self._unit(found).items() if name in self._rows]
        if not known:
            return dict.fromkeys(self._codes, 0.0)
        rows, values = zip(*known, strict=True)
        likeness = np.array(values, dtype=np.float32) @ self._matrix.take(rows, axis=0)
        best: list[float] = np.maximum.reduceat(likeness, self._firsts).tolist()
        return dict(zip(self._codes, best, strict=True))

    def _unit(self, found: Mapping[str, float]) -> dict[str, float]:
        """The words and concepts of `found` by weight and rarity, at length one; those of the subject count as text."""
        vector: dict[str, float] = {}
        rarity = self._rarity
        for name, value in found.items():
            block = name[0]
            if block in COMPARED:
                merged = COMPARED[block] + name[1:] if COMPARED[block] != block else name
                weight = value * rarity.get(merged, UNKNOWN_RARITY)
                if weight > vector.get(merged, 0.0):
                    vector[merged] = weight
        length = sqrt(sum([value * value for value in vector.values()]))
        return {name: value / length for name, value in vector.items()} if length else {}
