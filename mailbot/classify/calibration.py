"""Turn scores into probabilities that mean something, and let the playbook's examples weigh in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import exp, log


@dataclass(frozen=True, slots=True)
class Calibration:
    """`temperature` divides the scores; the rest says how much likeness to an example counts.

    `example_weight` is added to a known category's score per unit of likeness; a category that only examples know
    gets the odds `taught_slope` * (likeness - `taught_threshold`) against all others together.
    """

    temperature: float = 1.0
    example_weight: float = 2.0
    taught_slope: float = 15.0
    taught_threshold: float = 0.17

    def ranked(
        self, scores: Mapping[str, float], alike: Mapping[str, float], taught: Sequence[str]
    ) -> tuple[tuple[str, float], ...]:
        """Categories with probabilities that add up to one, likeliest first; ties in the order of the codes."""
        weighed = {c: (s + self.example_weight * alike.get(c, 0.0)) / self.temperature for c, s in scores.items()}
        if taught:
            weighed |= self._taught(weighed, alike, taught)
        total = _log_sum(weighed.values())
        ranked = sorted([(-exp(score - total), code) for code, score in weighed.items()])
        return tuple([(code, round(-share, 6)) for share, code in ranked])

    def _taught(
        self, weighed: Mapping[str, float], alike: Mapping[str, float], taught: Sequence[str]
    ) -> dict[str, float]:
        best_known = max((alike.get(code, 0.0) for code in weighed), default=0.0)
        total = _log_sum(weighed.values()) if weighed else 0.0
        likeness = {code: alike.get(code, 0.0) for code in taught}
        return {
            code: total + self.taught_slope * (like - self.taught_threshold + min(0.0, like - best_known))
            for code, like in likeness.items()
        }


def _log_sum(values: Iterable[float]) -> float:
    numbers = list(values)
    top = max(numbers)
    return top + log(sum([exp(number - top) for number in numbers]))
