"""Pieces of text become lines: breaks add up, the strongest wins, cells stay in one line."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.ingest.layout import Writer
from mailbot.ingest.lines import Mark


def say(text: str) -> Callable[[Writer], None]:
    return lambda writer: writer.text(text, 0, Mark.NONE)


def br(writer: Writer) -> None:
    writer.line_break()


def block(writer: Writer) -> None:
    writer.block(blank=False)


def paragraph(writer: Writer) -> None:
    writer.block(blank=True)


def first_cell(writer: Writer) -> None:
    writer.cell(first=True)


def cell(writer: Writer) -> None:
    writer.cell(first=False)


def laid_out(*steps: Callable[[Writer], None]) -> list[str]:
    writer = Writer()
    for step in steps:
        step(writer)
    writer.close()
    return [line.text for line in writer.lines]


@pytest.mark.parametrize(
    ("steps", "lines"),
    [
        ((say("a"), say("b")), ["ab"]),
        ((say("a "), say(" b")), ["a b"]),
        ((say("a"), say(" "), say("b")), ["a b"]),
        ((say("a"), br, say("b")), ["a", "b"]),
        ((say("a"), br, br, say("b")), ["a", "", "b"]),
        ((say("a"), *[br] * 9, say("b")), ["a", "", "", "b"]),
        ((say("a"), block, block, say("b")), ["a", "b"]),
        ((say("a"), block, paragraph, block, say("b")), ["a", "", "b"]),
        ((br, br, say("a")), ["a"]),
        ((paragraph, say("a"), paragraph), ["a"]),
        ((first_cell, say("a"), cell, say("b")), ["a\tb"]),
        ((first_cell, say("a"), cell, cell, say("b")), ["a\t\tb"]),
        ((first_cell, say("a"), cell, block, br, say("b")), ["a\tb"]),
        ((say("a"), Writer.row, say("b")), ["a", "b"]),
        ((), []),
    ],
)
def test_breaks_wait_until_text_follows(steps: tuple[Callable[[Writer], None], ...], lines: list[str]) -> None:
    assert laid_out(*steps) == lines


@pytest.mark.parametrize(
    ("shown", "target", "line"),
    [
        ("the form", "https://plan.example/form", "the form <https://plan.example/form>"),
        ("plan.example", "https://www.plan.example/", "plan.example"),
        ("https://plan.example/form", "https://plan.example/form", "https://plan.example/form"),
        ("www.plan.example", "http://plan.example", "www.plan.example"),
        ("Dana", "dana@broker.example", "Dana <dana@broker.example>"),
        ("plan.example", "https://evil.example/", "plan.example <https://evil.example/>"),
    ],
)
def test_a_link_is_told_unless_its_text_says_it(shown: str, target: str, line: str) -> None:
    assert laid_out(say(shown), lambda writer: writer.link(target, 0)) == [line]


def test_a_picture_that_leads_somewhere_tells_nothing() -> None:
    assert laid_out(lambda writer: writer.link("https://plan.example", 0)) == []


def test_history_marks_the_next_line_with_text_only() -> None:
    writer = Writer()
    for step in (say("new"), Writer.history, paragraph, say("old"), br, say("older")):
        step(writer)
    writer.close()
    assert [line.mark for line in writer.lines if line.bare] == [Mark.NONE, Mark.HISTORY, Mark.NONE]


@given(st.lists(st.sampled_from(["one", "two ", " three", " ", "\n", "\n\n"]), max_size=40))
def test_no_text_is_lost_whatever_the_breaks(pieces: list[str]) -> None:
    steps = [{"\n": br, "\n\n": paragraph}.get(piece) or say(piece) for piece in pieces]
    written = "".join(piece.strip() for piece in pieces)
    assert "".join(laid_out(*steps)).replace(" ", "") == written
