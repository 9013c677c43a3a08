"""Compare a message with the playbook's examples, so that a desk teaches a category by writing examples of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from math import sqrt

from mailbot.cases.rules import Playbook

COMPARED_BLOCKS = frozenset("wbcpst")
_UNKNOWN_IDF = 6.0


class Examples:
    """The examples of a playbook by feature: `similarities` costs one look-up a feature of the message."""

    def __init__(
        self, playbook: Playbook, features: Callable[[str], Mapping[str, float]], idf: Mapping[str, float]
    ) -> None:
        self._idf = idf
        self._codes: list[str] = []
        self._index: dict[str, list[tuple[int, float]]] = {}
        for code, rules in playbook.categories.items():
            for example in rules.examples:
                self._learn(code, self._unit(features(example)))

    def _learn(self, code: str, vector: Mapping[str, float]) -> None:
        place = len(self._codes)
        self._codes.append(code)
        for name, value in vector.items():
            self._index.setdefault(name, []).append((place, value))

    def similarities(self, found: Mapping[str, float]) -> dict[str, float]:
        """The greatest cosine with an example of each category that has one, 0 to 1."""
        totals = [0.0] * len(self._codes)
        for name, value in self._unit(found).items():
            for place, weight in self._index.get(name, ()):
                totals[place] += value * weight
        best: dict[str, float] = {}
        for code, total in zip(self._codes, totals, strict=True):
            best[code] = max(best.get(code, 0.0), total)
        return best

    def _unit(self, found: Mapping[str, float]) -> dict[str, float]:
        """The words and concepts of `found` by weight and rarity, at length one; subject words count as words."""
        vector: dict[str, float] = {}
        for name, value in _as_body(found):
            vector[name] = max(vector.get(name, 0.0), value * self._idf.get(name, _UNKNOWN_IDF))
        length = sqrt(sum(value * value for value in vector.values()))
        return {name: value / length for name, value in vector.items()} if length else {}


def _as_body(found: Mapping[str, float]) -> Iterable[tuple[str, float]]:
    for name, value in found.items():
        block = name[0]
        if block in COMPARED_BLOCKS:
            yield ({"s": "w", "t": "c"}.get(block, block) + name[1:]), value
