"""How scores become probabilities, and what the playbook's examples do to them."""

from __future__ import annotations

from math import exp

import numpy as np
import pytest

from mailbot.classify.calibration import Calibration

PLAIN = Calibration(temperature=1.0, example_weight=2.0, taught_slope=15.0, taught_threshold=0.2)
SCORES = {"a": 2.0, "b": 1.0, "c": -3.0}


def ranked(
    scores: dict[str, float], alike: dict[str, float], taught: tuple[str, ...] = (), by: Calibration = PLAIN
) -> tuple[tuple[str, float], ...]:
    """The ranking of the categories that have scores, and of those that only examples know."""
    codes = (*scores, *taught)
    return by.ranked(codes, np.array([*scores.values()]), np.array([alike.get(code, 0.0) for code in codes]))


def shares(ranked: tuple[tuple[str, float], ...]) -> dict[str, float]:
    return dict(ranked)


@pytest.mark.parametrize("scores", [SCORES, {"a": 900.0, "b": -900.0}, {"a": 0.0}, {"a": 1e-9, "b": 0.0}])
def test_probabilities_add_up_to_one(scores: dict[str, float]) -> None:
    assert sum(share for _, share in ranked(scores, {})) == pytest.approx(1, abs=1e-5)


def test_the_greatest_score_comes_first() -> None:
    assert [code for code, _ in ranked(SCORES, {})] == ["a", "b", "c"]


def test_a_tie_is_in_the_order_of_the_codes_so_that_it_is_the_same_every_time() -> None:
    assert [code for code, _ in ranked({"b": 1.0, "c": 1.0, "a": 1.0}, {})] == ["b", "c", "a"]


def test_two_scores_are_apart_by_their_difference() -> None:
    found = shares(ranked({"a": 2.0, "b": 1.0}, {}))
    assert found["a"] / found["b"] == pytest.approx(exp(1.0), rel=1e-4)


@pytest.mark.parametrize(("cooler", "hotter"), [(0.5, 1.0), (1.0, 2.0), (2.0, 8.0)])
def test_a_higher_temperature_makes_less_sure_and_changes_no_order(cooler: float, hotter: float) -> None:
    sure, unsure = (ranked(SCORES, {}, by=Calibration(temperature=each)) for each in (cooler, hotter))
    assert sure[0][1] > unsure[0][1]
    assert [code for code, _ in sure] == [code for code, _ in unsure]


def test_likeness_to_an_example_lifts_a_known_category() -> None:
    lifted = ranked(SCORES, {"b": 1.0})
    assert lifted[0][0] == "b"


def test_a_category_that_only_examples_know_wins_where_they_are_alike() -> None:
    assert ranked(SCORES, {"new": 0.6, "a": 0.1}, ("new",))[0][0] == "new"


def test_a_category_that_only_examples_know_is_even_at_the_threshold() -> None:
    assert shares(ranked(SCORES, {"new": 0.2}, ("new",)))["new"] == pytest.approx(0.5, abs=1e-4)


def test_it_loses_where_an_example_of_a_known_category_is_more_alike() -> None:
    alone = shares(ranked(SCORES, {"new": 0.3, "a": 0.3}, ("new",)))["new"]
    beaten = shares(ranked(SCORES, {"new": 0.3, "a": 0.7}, ("new",)))["new"]
    assert beaten < 0.1 < alone


def test_without_a_likeness_it_is_next_to_nothing() -> None:
    assert shares(ranked(SCORES, {}, ("new",)))["new"] < 0.06


def test_a_desk_with_examples_alone_needs_no_known_category() -> None:
    found = ranked({}, {"one": 0.5, "two": 0.1}, ("one", "two"))
    assert found[0][0] == "one"
    assert sum(share for _, share in found) == pytest.approx(1, abs=1e-5)


def test_a_probability_has_six_digits_whatever_the_scores_are_kept_in() -> None:
    for kept in (np.float32, np.float64):
        (_, share), *_ = PLAIN.ranked(("a", "b"), np.array([2.0, 1.0], dtype=kept), np.zeros(2, dtype=kept))
        assert share == 0.731059
