"""Whether a mail says what is wrong or wanted: enough different words, wherever in the text they stand."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.classify.cues import words
from mailbot.classify.folding import fold
from mailbot.classify.issues import is_described

VAGUE = sorted(words("issues.vague"))
TELLING = ["invoice", "doubled", "premium", "october", "deducted", "twice", "carrier", "refused"]


def counted(text: str) -> int:
    """How many different words say something, counted one by one."""
    found = re.findall(r"[a-z0-9ñ][a-z0-9ñ'-]*", fold(text))
    return len({word for word in found if word not in VAGUE and len(word) > 1 and not word.isdigit()})


def test_a_greeting_and_general_words_describe_nothing() -> None:
    assert not is_described("", " ".join(["Hello,", *VAGUE[:40]]))


def test_six_words_that_say_something_are_enough() -> None:
    text = " ".join(TELLING[:6]).title()
    assert is_described("", text)
    assert is_described("", text, folded=fold(text))


@pytest.mark.parametrize("blank", [" ", "\n"])
def test_the_words_may_all_stand_far_behind_the_beginning(blank: str) -> None:
    greeting = blank.join(["hello"] * 100)
    assert len(greeting) > 400
    assert is_described("", f"{greeting}{blank}{blank.join(TELLING[:6])}")


def test_the_same_word_counts_once() -> None:
    assert not is_described("", " ".join(["invoice"] * 60))


def test_a_word_that_the_end_of_the_beginning_cuts_counts_as_the_word_that_it_is() -> None:
    """The first letters of "invoices" would else be one word more than there are."""
    for gap in range(380, 402):
        text = f"{'x' * gap} invoices doubled premium october"
        assert not is_described("", text) and counted(text) == 5


def test_the_writers_own_name_says_nothing() -> None:
    assert is_described("", "Dana Reed invoice doubled premium october")
    assert not is_described("", "Dana Reed invoice doubled premium october", "Reed, Dana")


@given(st.lists(st.sampled_from([*TELLING, *VAGUE[:20], "12345", "a", "ñandú", "DON'T"]), max_size=120))
def test_six_are_found_wherever_they_stand_and_no_matter_how_often(said: list[str]) -> None:
    text = " ".join(said)
    if counted(text) >= 6:
        assert is_described("", text)
    elif counted(text) == 0:
        assert not is_described("", text)
