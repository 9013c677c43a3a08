"""How scores become probabilities, and what the playbook's examples do to them."""

from __future__ import annotations

from math import exp

import pytest

from mailbot.classify.calibration import Calibration

PLAIN = Calibration(temperature=1.0, example_weight=2.0, taught_slope=15.0, taught_threshold=0.2)
SCORES = {"a": 2.0, "b": 1.0, "c": -3.0}


def shares(ranked: tuple[tuple[str, float], ...]) -> dict[str, float]:
    return dict(ranked)


@pytest.mark.parametrize("scores", [SCORES, {"a": 900.0, "b": -900.0}, {"a": 0.0}, {"a": 1e-9, "b": 0.0}])
def test_probabilities_add_up_to_one(scores: dict[str, float]) -> None:
    assert sum(share for _, share in PLAIN.ranked(scores, {}, ())) == pytest.approx(1, abs=1e-5)


def test_the_greatest_score_comes_first() -> None:
    assert [code for code, _ in PLAIN.ranked(SCORES, {}, ())] == ["a", "b", "c"]


def test_a_tie_is_broken_by_the_code_so_that_it_is_the_same_every_time() -> None:
    assert [code for code, _ in PLAIN.ranked({"b": 1.0, "c": 1.0, "a": 1.0}, {}, ())] == ["a", "b", "c"]


def test_two_scores_are_apart_by_their_difference() -> None:
    found = shares(PLAIN.ranked({"a": 2.0, "b": 1.0}, {}, ()))
    assert found["a"] / found["b"] == pytest.approx(exp(1.0), rel=1e-4)


@pytest.mark.parametrize(("cooler", "hotter"), [(0.5, 1.0), (1.0, 2.0), (2.0, 8.0)])
def test_a_higher_temperature_makes_less_sure_and_changes_no_order(cooler: float, hotter: float) -> None:
    sure, unsure = (Calibration(temperature=each).ranked(SCORES, {}, ()) for each in (cooler, hotter))
    assert sure[0][1] > unsure[0][1]
    assert [code for code, _ in sure] == [code for code, _ in unsure]


def test_likeness_to_an_example_lifts_a_known_category() -> None:
    lifted = PLAIN.ranked(SCORES, {"b": 1.0}, ())
    assert lifted[0][0] == "b"


def test_a_category_that_only_examples_know_wins_where_they_are_alike() -> None:
    assert PLAIN.ranked(SCORES, {"new": 0.6, "a": 0.1}, ("new",))[0][0] == "new"


def test_a_category_that_only_examples_know_is_even_at_the_threshold() -> None:
    assert shares(PLAIN.ranked(SCORES, {"new": 0.2}, ("new",)))["new"] == pytest.approx(0.5, abs=1e-4)


def test_it_loses_where_an_example_of_a_known_category_is_more_alike() -> None:
    alone = shares(PLAIN.ranked(SCORES, {"new": 0.3, "a": 0.3}, ("new",)))["new"]
    beaten = shares(PLAIN.ranked(SCORES, {"new": 0.3, "a": 0.7}, ("new",)))["new"]
    assert beaten < 0.1 < alone


def test_without_a_likeness_it_is_next_to_nothing() -> None:
    assert shares(PLAIN.ranked(SCORES, {}, ("new",)))["new"] < 0.06


def test_a_desk_with_examples_alone_needs_no_known_category() -> None:
    ranked = PLAIN.ranked({}, {"one": 0.5, "two": 0.1}, ("one", "two"))
    assert ranked[0][0] == "one"
    assert sum(share for _, share in ranked) == pytest.approx(1, abs=1e-5)
