"""Fit the category model with scikit-learn (the extra `mailbot[train]`); the same lessons give the same arrays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import log
from typing import Any

import numpy as np

from mailbot.classify.calibration import Calibration
from mailbot.classify.network import Floats, Network
from mailbot.errors import UsageError
from mailbot.training.sheets import Sheet, as_read

SEEN_AT_LEAST = 4
FEATURES = 14000
IDF_POWER = 0.5
UNITS = 32
BATCH = 256
STEPS_AT_LEAST = 400
STRENGTH = 8.0
#: The linear part sees the lessons of these rounds together, the layer those of the others one after another.
LINEAR_ROUNDS = 2
#: The chance that a lesson loses a feature in one round, by block.
CHANCES = {"w": 0.6, "b": 0.8, "s": 0.6, "c": 0.2, "t": 0.25, "p": 0.35, "a": 0.2}
_FINEST = 127


@dataclass(frozen=True, slots=True)
class Practice:
    """How often the lessons are gone through, each time once whole and once with features lost by chance.

    In our texts the words alone tell everything; in mail from others many words are new, and then concepts and
    signs must do: the thinned lessons teach that.
    """

    rounds: int = 10
    seed: int = 0


def fit(taught: Sheet, practice: Practice | None = None) -> Network:
    """What these lessons of three or more categories teach; UsageError without scikit-learn."""
    try:
        from sklearn.linear_model import LogisticRegression
        from sklearn.neural_network import MLPClassifier
    except ImportError as error:
        raise UsageError("learning needs scikit-learn; install it with: pip install 'mailbot[train]'") from error
    practice = practice or Practice()
    names, idf = _vocabulary(taught)
    codes = tuple(sorted(set(taught.codes)))
    places = {code: place for place, code in enumerate(codes)}
    truth = np.array([places[code] for code in taught.codes])
    matrix = _matrix(taught.found, {name: column for column, name in enumerate(names)}, idf)
    linear = LogisticRegression(C=STRENGTH, max_iter=200, tol=1e-3, class_weight="balanced")
    layer = MLPClassifier((UNITS,), alpha=1e-3, batch_size=_batch(len(truth), practice), random_state=practice.seed)
    rounds = _rounds(matrix, truth, _chances(names), practice)
    linear.fit(*_stacked([next(rounds) for _ in range(LINEAR_ROUNDS)]))
    for lessons in rounds:
        layer.partial_fit(*lessons, classes=np.unique(truth))
    (first, second), (unit_bias, bias) = layer.coefs_, layer.intercepts_
    fine, steps = _fine(first * idf[:, None])
    return Network(
        codes, names, fine, steps, _rounded(unit_bias), _rounded(second), _rounded(linear.coef_.T * idf[:, None]),
        _rounded(bias + linear.intercept_), _rounded(idf), Calibration(),
    )  # fmt: skip


def _rounded(array: Any) -> Floats:
    """To the precision that is stored, so that a model is the same before and after."""
    rounded: Floats = array.astype(np.float16).astype(np.float32)
    return rounded


def _batch(lessons: int, practice: Practice) -> int:
    """So many lessons at a time that there are steps enough to learn from few."""
    return max(8, min(BATCH, 2 * lessons * practice.rounds // STEPS_AT_LEAST))


def _rounds(matrix: Any, truth: Any, chances: Floats, practice: Practice) -> Iterator[tuple[Any, Any]]:
    """The lessons of each round: the whole ones and newly thinned ones."""
    chance = np.random.default_rng(practice.seed)
    for _ in range(practice.rounds + LINEAR_ROUNDS):
        thinned = matrix.copy()
        thinned.data *= chance.random(thinned.nnz) >= chances[thinned.indices]
        yield _stacked([(matrix, truth), (thinned, truth)])


def _stacked(lessons: Sequence[tuple[Any, Any]]) -> tuple[Any, Any]:
    from scipy.sparse import vstack

    return vstack([matrix for matrix, _ in lessons], format="csr"), np.concatenate([truth for _, truth in lessons])


def _chances(names: Sequence[str]) -> Floats:
    return np.array([CHANCES.get(name[0], 0.0) for name in names], dtype=np.float32)


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


def _fine(weights: Any) -> tuple[Any, Floats]:
    """Weights in single bytes, and the worth of one for each unit."""
    steps = _rounded(np.maximum(np.abs(weights).max(axis=0), 1e-3) / _FINEST)
    return np.rint(weights / steps).clip(-_FINEST, _FINEST).astype(np.int8), steps


def averaged(parts: Sequence[Network]) -> Network:
    """One network with the units of all, which says the mean of what they say.

    All parts know the same categories. The features with the smallest weights are left out beyond `FEATURES`.
    """
    every = sorted({name for part in parts for name in part.names})
    rows = {name: row for row, name in enumerate(every)}
    fine = np.zeros((len(every), sum(part.fine.shape[1] for part in parts)), dtype=np.int8)
    straight = np.zeros((len(every), len(parts[0].codes)), dtype=np.float32)
    idf = np.zeros(len(every), dtype=np.float32)
    begin = 0
    for part in parts:
        places = [rows[name] for name in part.names]
        fine[places, begin : begin + part.fine.shape[1]] = part.fine
        straight[places] += part.straight / len(parts)
        idf[places] = np.maximum(idf[places], part.idf)
        begin += part.fine.shape[1]
    kept = _weightiest(every, straight)
    return replace(
        parts[0],
        names=tuple(every[row] for row in kept),
        fine=fine[kept],
        straight=_rounded(straight[kept]),
        idf=idf[kept],
        steps=np.concatenate([part.steps for part in parts]),
        unit_bias=np.concatenate([part.unit_bias for part in parts]),
        second=_rounded(np.concatenate([part.second for part in parts]) / len(parts)),
        bias=_rounded(np.mean([part.bias for part in parts], axis=0)),
    )


def _weightiest(names: Sequence[str], straight: Floats) -> list[int]:
    """The rows to keep, in the order of the names."""
    order = sorted(range(len(names)), key=lambda row: (-float(np.abs(straight[row]).max()), names[row]))
    return sorted(order[:FEATURES])


def temperature(held: Sequence[tuple[Network, Sheet]]) -> float:
    """What to divide scores by so that lessons which a model has not seen are likeliest."""
    judged = [_scores(model, sheet_) for model, sheet_ in held]
    candidates = [0.4 * 1.05**step for step in range(60)]
    losses = [sum(_loss(scores / each, truth) for scores, truth in judged) for each in candidates]
    return round(candidates[int(np.argmin(losses))], 4)


def _scores(model: Network, held: Sheet) -> tuple[Any, Any]:
    scores = np.array([model.look(as_read(found)).scores for found in held.found], dtype=np.float64)
    return scores, np.array([model.codes.index(code) for code in held.codes])


def _loss(scores: np.ndarray, truth: np.ndarray) -> float:
    top = scores.max(axis=1, keepdims=True)
    total = top[:, 0] + np.log(np.exp(scores - top).sum(axis=1))
    return float((total - scores[np.arange(len(truth)), truth]).mean())
