"""Answers typed into an unmarked quote are found, and nothing else is taken for one."""

from __future__ import annotations

import pytest

from mailbot.ingest.inline import announces_answers, answers_within
from mailbot.ingest.lines import Line, Mark, plain_lines


@pytest.mark.parametrize(
    "text",
    [
        "See my answers in red below.",
        "Please see my responses inline.",
        "My comments are below in blue.",
        "Answers inline.",
    ],
)
def test_words_that_point_into_the_quote_are_known(text: str) -> None:
    assert announces_answers(text)


@pytest.mark.parametrize("text", ["Please add my son.", "", "See my answers in red below. " + "And more. " * 60])
def test_other_words_point_nowhere(text: str) -> None:
    assert not announces_answers(text)


def coloured(*texts: tuple[str, bool]) -> list[Line]:
    return [Line(text, 0, text, Mark.COLOURED if ink else Mark.NONE) for text, ink in texts]


def test_coloured_lines_are_the_answers() -> None:
    lines = coloured(("Question?", False), ("Answer", True), ("Another?", False))
    assert answers_within(lines, 0, [True] * 99) == {1}


def test_a_quote_that_is_coloured_for_the_most_part_has_no_coloured_answers() -> None:
    lines = coloured(("Question?", True), ("Answer", False), ("Another?", True))
    assert answers_within(lines, 0, [True] * 99) == set()


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        ("1. Name?\nAnn\n2. Born?\n1990", {1, 3}),
        ("1) Name?\n\nAnn\n\n2) Born?\n\n1990\nKind regards", {2, 6}),
        ("1. Name?\n2. Born?", set()),
        ("1. Name?\nAnn", set()),
        ("3. Name?\nAnn\n7. Born?\n1990", set()),
        ("1. Name?\n" + "prose\n" * 7 + "2. Born?\n1990", set()),
    ],
)
def test_lines_below_consecutive_numbers_are_the_answers(text: str, answers: set[int]) -> None:
    assert answers_within(plain_lines(text), 0, [True] * 99) == answers


def test_lines_above_the_quote_are_no_answers() -> None:
    assert answers_within(plain_lines("1. Mine\nx\n2. Mine\ny"), 4, [True] * 99) == set()
