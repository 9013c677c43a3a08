"""Score a model on labelled mail: accuracy, what it takes for what, and whether its confidence means something."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise

import numpy as np

from mailbot.classify.network import Network
from mailbot.training.sheets import Sheet, as_read

PRECISION = 0.98
BANDS = (0.0, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 1.0)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model said of one mail: its first two guesses, how sure it was, and the truth."""

    truth: str
    first: str
    second: str
    confidence: float

    @property
    def right(self) -> bool:
        return self.first == self.truth


@dataclass(frozen=True, slots=True)
class Band:
    """The answers between two confidences: how many, how sure on average, and how many of them right."""

    low: float
    high: float
    count: int
    confidence: float
    right: float


@dataclass(frozen=True, slots=True)
class Score:
    """Shares between 0 and 1. `coverage` is the largest share that a threshold keeps at `PRECISION`."""

    count: int
    top1: float
    top2: float
    family: float
    coverage: float
    confusions: tuple[tuple[str, str, int], ...]
    bands: tuple[Band, ...]

    def as_row(self) -> dict[str, object]:
        """The score as the keys and values of one JSON object."""
        return asdict(self)


def score(model: Network, judged: Sheet) -> Score:
    """The model alone, without a playbook's examples."""
    return score_of(list(answers(model, judged)))


def answers(model: Network, judged: Sheet) -> Iterator[Answer]:
    for found, truth in zip(judged.found, judged.codes, strict=True):
        scores = model.look(as_read(found)).scores
        ranked = model.calibration.ranked(model.codes, scores, np.zeros_like(scores))
        yield Answer(truth, ranked[0][0], ranked[1][0], ranked[0][1])


def score_of(given: Sequence[Answer]) -> Score:
    """The figures for answers; all zero for none."""
    count = len(given) or 1
    wrong = Counter((answer.truth, answer.first) for answer in given if not answer.right)
    return Score(
        count=len(given),
        top1=sum(answer.right for answer in given) / count,
        top2=sum(answer.truth in (answer.first, answer.second) for answer in given) / count,
        family=sum(_family(answer.truth) == _family(answer.first) for answer in given) / count,
        coverage=_coverage(given) / count,
        confusions=tuple(
            (truth, first, times) for (truth, first), times in sorted(wrong.items(), key=lambda w: (-w[1], w[0]))
        ),
        bands=tuple(_bands(given)),
    )


def _family(code: str) -> str:
    return code.partition(".")[0]


def _coverage(given: Sequence[Answer]) -> int:
    """The greatest number of answers that one threshold keeps at the wanted precision."""
    ranked = sorted(given, key=lambda answer: -answer.confidence)
    best = right = 0
    for place, answer in enumerate(ranked, 1):
        right += answer.right
        ends_tie = place == len(ranked) or ranked[place].confidence < answer.confidence
        if ends_tie and right / place >= PRECISION:
            best = place
    return best


def _bands(given: Sequence[Answer]) -> Iterator[Band]:
    for low, high in pairwise(BANDS):
        inside = [a for a in given if low <= a.confidence < high or (high == 1.0 and a.confidence == 1.0)]
        if inside:
            count = len(inside)
            sure = sum(answer.confidence for answer in inside) / count
            yield Band(low, high, count, sure, sum(answer.right for answer in inside) / count)
