"""Turn scores into probabilities that mean something, and let the playbook's examples weigh in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]


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

    def ranked(self, codes: Sequence[str], scores: Floats, alike: Floats) -> tuple[tuple[str, float], ...]:
        """Categories with probabilities that add up to one, likeliest first; ties in the order of `codes`.

        `codes` are first the known categories, which have scores, then those that only examples know; `alike` is how
        alike each is to its examples, 0 to 1.
        """
        known = len(scores)
        weighed = (scores.astype(np.float64) + self.example_weight * alike[:known]) / self.temperature
        if known < len(codes):
            weighed = np.concatenate([weighed, self._taught(weighed, alike[:known], alike[known:])])
        shares = np.exp(weighed - np.logaddexp.reduce(weighed))
        order = np.argsort(-shares, kind="stable").tolist()
        rounded = shares.round(6).tolist()
        return tuple([(codes[place], rounded[place]) for place in order])

    def _taught(self, known: Floats, alike: Floats, taught: Floats) -> Floats:
        """Scores beside those that are known, for categories whose likeness to examples is all that speaks for them."""
        together = np.logaddexp.reduce(known) if len(known) else 0.0
        behind = np.minimum(0.0, taught - alike.max(initial=0.0))
        scores: Floats = together + self.taught_slope * (taught - self.taught_threshold + behind)
        return scores
