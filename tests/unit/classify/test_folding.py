"""Folding takes letter for letter, whatever the length, so that a place in the folded text is one in the text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.classify.folding import count_han, fold

LETTERS = "aZ09 éÑÜßİıŁ–’\u00a0\u3000×号生🙂ĄǼẞ"


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Renovación", "renovacion"),
        ("ÑANDÚ’s", "nandu's"),
        ("GROUP 12", "group 12"),
        ("员工 Ann", "员工 ann"),
        ("a\u00a0b\u3000c–d", "a b c-d"),
        ("", ""),
    ],
)
def test_capitals_and_accents_go(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text(alphabet=LETTERS, max_size=200))
def test_a_long_text_is_folded_as_its_letters_are(text: str) -> None:
    assert fold(text) == "".join(map(fold, text))
    assert len(fold(text)) == len(text)


@given(st.text(max_size=200))
def test_any_text_keeps_its_length_if_it_is_not_ascii(text: str) -> None:
    assert len(fold(text)) == len(text)


@pytest.mark.parametrize(("text", "count"), [("", 0), ("abc", 0), ("张伟 and 3", 2), ("é", 0)])
def test_chinese_characters_are_counted(text: str, count: int) -> None:
    assert count_han(text) == count
