"""Scoring: accuracy, confusions, calibration and coverage of given answers."""

from __future__ import annotations

from mailbot.training.scoring import Answer, score_of


def right(confidence: float) -> Answer:
    return Answer("a.x", "a.x", "a.y", confidence)


def wrong(confidence: float) -> Answer:
    return Answer("a.x", "a.y", "a.x", confidence)


def test_shares_count_the_first_the_first_two_and_the_family() -> None:
    score = score_of([right(0.9), wrong(0.5), Answer("a.x", "b.z", "b.q", 0.4), right(0.8)])
    assert (score.count, score.top1, score.top2, score.family) == (4, 0.5, 0.75, 0.75)


def test_coverage_is_the_most_that_a_threshold_keeps_at_98_percent() -> None:
    assert score_of([right(0.9)] * 9 + [wrong(0.2)]).coverage == 0.9
    assert score_of([wrong(0.9)] + [right(0.5)] * 9).coverage == 0
    assert score_of([right(0.9)] * 99 + [wrong(0.2)]).coverage == 1.0


def test_coverage_does_not_cut_through_equal_confidences() -> None:
    assert score_of([right(0.9), right(0.5), wrong(0.5)]).coverage == 1 / 3


def test_confusions_come_with_the_most_frequent_first() -> None:
    score = score_of([wrong(0.5), wrong(0.5), Answer("b.x", "a.x", "b.x", 0.2)])
    assert score.confusions == (("a.x", "a.y", 2), ("b.x", "a.x", 1))


def test_bands_compare_what_was_said_with_what_was_right() -> None:
    (low, high) = score_of([right(0.55), wrong(0.57), right(1.0)]).bands
    assert (low.count, low.right) == (2, 0.5)
    assert (high.count, high.right, high.confidence) == (1, 1.0, 1.0)


def test_no_answers_are_no_error() -> None:
    assert score_of([]).top1 == 0
