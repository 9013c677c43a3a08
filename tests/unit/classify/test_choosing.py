"""Which names are one person, and which of several spellings stands for it."""

from __future__ import annotations

from difflib import SequenceMatcher

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.cases.understanding import Where
from mailbot.classify.choosing import distinct, same_person
from mailbot.classify.fields import Value, squeeze

SAME = [
    ("Ann Lee", "Ann Lee"),
    ("Ann Lee", "LEE Ann"),
    ("Ann", "Ann Lee"),
    ("Luis A. Ramirez", "Luis Ramirez"),
    ("Noor Haddad-Anquetil", "Noor Haddad Anquetil"),
    ("María Peña", "Maria Pena"),
    ("Georgette Tremaine", "Georgette Tremain"),
    ("Hector Dominguez", "Hectro Dominguez"),
]
OTHERS = [
    ("Ann Lee", "Bo Lee"),
    ("Ann Lee", "Anna Leigh"),
    ("A.", "A. B."),
    ("", ""),
    ("Georgette Tremaine", "Margarette Tremaine"),
    ("Bo Li", "Bo Le"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_names_with_the_same_words_or_a_slip_of_the_pen_are_one_person(one: str, other: str) -> None:
    assert same_person(one, other)
    assert same_person(other, one)


@pytest.mark.parametrize(("one", "other"), OTHERS)
def test_names_that_share_a_part_are_two(one: str, other: str) -> None:
    assert not same_person(one, other)
    assert not same_person(other, one)


@given(st.text(alphabet="abcd", min_size=6, max_size=12), st.text(alphabet="abcd", min_size=6, max_size=12))
def test_the_quick_look_hides_no_slip(one: str, other: str) -> None:
    first, second = f"ab{one}", f"ab{other}"
    slipped = SequenceMatcher(None, squeeze(first), squeeze(second)).ratio() > 0.9
    assert same_person(first, second) == (first == second or slipped)


def named(*names: str, where: Where = Where.BODY) -> list[Value]:
    return [Value(name, where) for name in names]


def test_each_person_stands_once_under_the_first_full_name() -> None:
    found = distinct(named("Ann", "Bo Chen", "Ann Lee", "Bo Chen", "Lee"))
    assert [value.value for value in found] == ["Ann Lee", "Bo Chen"]


def test_a_subject_gives_way_to_the_fuller_name_of_the_text() -> None:
    found = distinct([*named("Ann Lee", where=Where.SUBJECT), *named("Ann Marie Lee")])
    assert [value.value for value in found] == ["Ann Marie Lee"]
