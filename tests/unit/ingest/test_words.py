"""Phrases as patterns: where in a text they are looked for, and that each way of asking agrees with the others."""

from __future__ import annotations

from importlib.resources import files

import pytest
import re2

from mailbot.ingest.words import Pattern, pattern
from tests.unit.ingest.growth import growth

AWAY = Pattern([r"\bout of (?:the )?office", "i'm away", r"au revoir$"])


@pytest.mark.parametrize("text", ["out of office", "I am OUT OF THE OFFICE today.", "Sorry, I’m away", "x\nau revoir"])
def test_a_phrase_is_found_anywhere_in_upper_and_lower_case(text: str) -> None:
    assert AWAY.found_in(text)


@pytest.mark.parametrize("text", ["", "office", "without of office", "au revoir x", "in the office"])
def test_what_only_resembles_a_phrase_is_not_found(text: str) -> None:
    assert not AWAY.found_in(text)
    assert AWAY.first_in(text) is None and AWAY.kinds_in(text, 3) == 0


@pytest.mark.parametrize(
    ("text", "starts", "fills"),
    [
        ("out of office", True, True),
        ("out of office until May", True, False),
        ("now out of office", False, False),
        ("I’m away", True, True),
        ("", False, False),
    ],
)
def test_a_phrase_begins_a_text_or_is_all_of_it(text: str, starts: bool, fills: bool) -> None:  # noqa: FBT001
    assert (AWAY.starts(text), AWAY.fills(text)) == (starts, fills)


def test_a_word_begins_after_a_mark_of_any_script() -> None:
    assert AWAY.found_in("抱歉，out of office") and AWAY.found_in("«out of office»")
    assert not AWAY.found_in("éout of office")


@pytest.mark.parametrize("text", ["é 好 out of office", "good morning", "i'm away, i'm away", "x\nau revoir"])
def test_found_is_what_has_a_place(text: str) -> None:
    assert AWAY.found_in(text) == (AWAY.first_in(text) is not None) == (AWAY.kinds_in(text, 9) > 0)


def test_the_place_is_told_in_characters() -> None:
    text = "é 好 i'm away"
    begin, end = AWAY.first_in(text) or (0, 0)
    assert text[begin:end] == "i'm away"


def test_a_phrase_that_comes_again_is_one_kind() -> None:
    assert AWAY.kinds_in("i'm away. I'm away. Out of office!", 9) == 2
    assert AWAY.kinds_in("i'm away. out of office!", 1) == 1


def test_a_pattern_that_is_no_expression_is_refused_when_it_is_first_asked() -> None:
    with pytest.raises(re2.error, match="unclosed"):
        Pattern(["(unclosed"]).found_in("x")


@pytest.mark.parametrize(
    ("name", "section"),
    [
        (file.name.removesuffix(".txt"), line[1:-1])
        for file in sorted(files("mailbot.ingest.words").iterdir(), key=lambda file: file.name)
        if file.name.endswith(".txt")
        for line in file.read_text("utf-8").splitlines()
        if line.startswith("[") and line.endswith("]")
    ],
)
def test_every_section_that_ships_is_an_expression_and_does_not_match_nothing(name: str, section: str) -> None:
    shipped = pattern(name, section)
    assert not shipped.found_in("") and not shipped.starts("") and not shipped.fills("")


@pytest.mark.parametrize(("name", "section"), [("absence", "absent"), ("notices", "sentence"), ("bulk", "selling")])
def test_a_long_text_costs_no_more_than_its_length(name: str, section: str) -> None:
    looked_for = pattern(name, section)
    filler = "we are out and would will be not able to "
    assert growth(lambda raw: looked_for.found_in(raw.decode()), lambda n: (filler * n).encode(), 4000) < 3
