"""Fit the category model with scikit-learn (the extra `mailbot[train]`); the same lessons give the same arrays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import log
from random import Random
from typing import Any

import numpy as np

from mailbot.classify.calibration import Calibration
from mailbot.classify.features import read
from mailbot.classify.linear import Floats, LinearModel
from mailbot.classify.words import Lexicon
from mailbot.errors import UsageError
from mailbot.training.composing import Lesson

SEEN_AT_LEAST = 4
FEATURES = 16000
IDF_POWER = 0.5
STRENGTH = 8.0
CHANCES = {"w": 0.6, "b": 0.8, "s": 0.6, "c": 0.2, "t": 0.25, "p": 0.35, "a": 0.2}


@dataclass(frozen=True, slots=True)
class Sheet:
    """Lessons as features with their codes."""

    found: tuple[dict[str, float], ...]
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Forgetting:
    """The chance that a copy of a lesson loses a feature, by block.

    In our texts the words alone tell everything; in mail from others many words are new, and then concepts and
    signs must do: the copies teach that.
    """

    copies: int = 2
    chances: tuple[tuple[str, float], ...] = tuple(CHANCES.items())

    def applied(self, taught: Sheet) -> Sheet:
        """The lessons, and their thinned copies."""
        chances = dict(self.chances)
        found, codes = list(taught.found), list(taught.codes)
        for copy in range(self.copies):
            for place, (features, code) in enumerate(zip(taught.found, taught.codes, strict=True)):
                chance = Random(copy * 1_000_003 + place)  # noqa: S311 no secret
                found.append({n: v for n, v in features.items() if chance.random() >= chances.get(n[0], 0.0)})
                codes.append(code)
        return Sheet(tuple(found), tuple(codes))


def sheet(lessons: Sequence[Lesson], lexicon: Lexicon) -> Sheet:
    return Sheet(tuple(read(lesson.message, lexicon) for lesson in lessons), tuple(lesson.code for lesson in lessons))


def fit(taught: Sheet, forgetting: Forgetting | None = None) -> LinearModel:
    """The model that these lessons teach; UsageError when scikit-learn is not installed."""
    try:
        from sklearn.linear_model import LogisticRegression
    except ImportError as error:
        raise UsageError("learning needs scikit-learn; install it with: pip install 'mailbot[train]'") from error
    names, idf = _vocabulary(taught)
    taught = (forgetting or Forgetting()).applied(taught)
    codes = tuple(sorted(set(taught.codes)))
    known = {name: column for column, name in enumerate(names)}
    matrix = _matrix(taught.found, known, idf)
    places = {code: place for place, code in enumerate(codes)}
    learner = LogisticRegression(C=STRENGTH, max_iter=200, tol=1e-3, class_weight="balanced")
    learner.fit(matrix, np.array([places[code] for code in taught.codes]))
    weights = _rounded(learner.coef_.T * idf[:, None])
    return LinearModel(codes, names, weights, _rounded(learner.intercept_), _rounded(idf), Calibration())


def _matrix(found: Sequence[Mapping[str, float]], known: Mapping[str, int], idf: Floats) -> Any:
    """The lessons as a sparse matrix, a row each, with rarity applied."""
    from scipy.sparse import csr_matrix

    rows = [[(known[name], value) for name, value in features.items() if name in known] for features in found]
    columns = np.array([column for row in rows for column, _ in row], dtype=np.int32)
    values = np.array([value for row in rows for _, value in row], dtype=np.float64) * idf[columns]
    return csr_matrix((values, columns, np.cumsum([0, *map(len, rows)])), shape=(len(rows), len(known)))


def _vocabulary(taught: Sheet) -> tuple[tuple[str, ...], Floats]:
    """The features seen often enough, by name, with their rarity."""
    seen = Counter(name for found in taught.found for name in found)
    often = [(name, count) for name, count in seen.items() if count >= SEEN_AT_LEAST]
    kept = sorted(name for name, _ in sorted(often, key=lambda entry: (-entry[1], entry[0]))[:FEATURES])
    total = len(taught.found)
    rarity = [1.0 if name[0] in "gd" else log((1 + total) / (1 + seen[name])) ** IDF_POWER for name in kept]
    return tuple(kept), np.array(rarity, dtype=np.float32)


def averaged(parts: Sequence[LinearModel]) -> LinearModel:
    """One model with the mean of the weights: what only one part took for a sign counts for less.

    All parts know the same categories. The features with the smallest weights are left out beyond `FEATURES`.
    """
    totals: dict[str, Floats] = {}
    rarity: dict[str, float] = {}
    for part in parts:
        for name, row, idf in zip(part.names, part.weights, part.idf, strict=True):
            totals[name] = totals[name] + row if name in totals else row
            rarity[name] = max(rarity.get(name, 0.0), float(idf))
    largest = sorted(totals, key=lambda name: (-float(np.abs(totals[name]).max()), name))
    names = tuple(sorted(largest[:FEATURES]))
    return replace(
        parts[0],
        names=names,
        weights=_rounded(np.array([totals[name] / len(parts) for name in names])),
        bias=_rounded(np.mean([part.bias for part in parts], axis=0)),
        idf=_rounded(np.array([rarity[name] for name in names])),
    )


def _rounded(array: Any) -> Floats:
    """To the precision that is stored, so that a model is the same before and after."""
    rounded: Floats = array.astype(np.float16).astype(np.float32)
    return rounded


def temperature(held: Sequence[tuple[LinearModel, Sheet]]) -> float:
    """What to divide scores by so that lessons which a model has not seen are likeliest."""
    judged = [_scores(model, sheet_) for model, sheet_ in held]
    candidates = [0.4 * 1.05**step for step in range(60)]
    losses = [sum(_loss(scores / each, truth) for scores, truth in judged) for each in candidates]
    return round(candidates[int(np.argmin(losses))], 4)


def _scores(model: LinearModel, held: Sheet) -> tuple[Any, Any]:
    scores = np.array([model.scores(found)[0] for found in held.found], dtype=np.float64)
    return scores, np.array([model.codes.index(code) for code in held.codes])


def _loss(scores: np.ndarray, truth: np.ndarray) -> float:
    top = scores.max(axis=1, keepdims=True)
    total = top[:, 0] + np.log(np.exp(scores - top).sum(axis=1))
    return float((total - scores[np.arange(len(truth)), truth]).mean())
