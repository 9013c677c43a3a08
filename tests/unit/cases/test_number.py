"""Case numbers: minted with a check digit, found in mangled subjects, never when a digit is wrong."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.cases.number import SERIALS, check_digit, find, is_number, mint, tagged

DAY = date(2026, 11, 21)
NUMBER = mint(DAY, 42)
HEAD, TAIL = NUMBER.split("-")


@pytest.mark.parametrize(
    "subject",
    [
        tagged(NUMBER),
        f"Re: New dependent {tagged(NUMBER)}",
        f"RE: [EXT] [Case {NUMBER}]",
        f"Case {NUMBER}",
        NUMBER,
        f"AW: WG: {NUMBER} und mehr",
        f"Re: [Case {HEAD}-\r\n {TAIL}]",
        f"Re: [Case\r\n\t{NUMBER}]",
        f"Re: [Case {HEAD} - {TAIL}]",
        f"Re: [CASE {NUMBER}",
        f"re: case:{HEAD}{TAIL}",
        f"re: case # {HEAD} {TAIL}",
        f"Re: [Case{NUMBER}]",
        f"Re: Case_{NUMBER}_",
        f"Re: ({NUMBER})",
        f"Re: Case {HEAD}\N{EN DASH}{TAIL}",
        f"Re: Case {HEAD}\N{NON-BREAKING HYPHEN}{TAIL}",
        f"Re: Case {HEAD}\N{MINUS SIGN}{TAIL}.",
    ],
)
def test_a_mangled_subject_still_names_the_case(subject: str) -> None:
    assert find(subject) == (NUMBER,)


@pytest.mark.parametrize(
    "subject",
    [
        "",
        "New dependent",
        f"{HEAD}{TAIL}",  # thirteen digits may be anything
        f"invoice 1{NUMBER}",
        f"{NUMBER}1",
        f"A{HEAD}-{TAIL}",
        f"12-{NUMBER}",
        f"{HEAD}--{TAIL}",
        f"{HEAD}-{TAIL[:-1]}",
        f"{HEAD}\n\n\n\n-{TAIL}",
        "".join(chr(ord(letter) + 0xFEE0) if letter.isdigit() else letter for letter in NUMBER),  # full-width digits
        "x" * 2_000 + NUMBER,
    ],
)
def test_what_only_looks_like_a_number_names_nothing(subject: str) -> None:
    assert find(subject) == ()


@given(st.integers(0, SERIALS - 1), st.integers(0, 12), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(serial: int, position: int, change: int) -> None:
    digits = mint(DAY, serial).replace("-", "")
    wrong = digits[:position] + str((int(digits[position]) + change) % 10) + digits[position + 1 :]
    assert find(f"[Case {wrong[:6]}-{wrong[6:]}]") == ()


@given(st.integers(0, SERIALS - 1))
def test_two_swapped_neighbours_are_always_found(serial: int) -> None:
    digits = mint(DAY, serial).replace("-", "")
    for position, (one, other) in enumerate(pairwise(digits)):
        if one != other:
            swapped = digits[:position] + other + one + digits[position + 2 :]
            assert not is_number(f"{swapped[:6]}-{swapped[6:]}")


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.integers(0, SERIALS - 1))
def test_a_minted_number_shows_its_day_and_is_found_again(day: date, serial: int) -> None:
    number = mint(day, serial)
    assert is_number(number)
    assert number.startswith(f"{day:%y%m%d}-")
    assert find(f"Re: {tagged(number)}") == (number,)


def test_several_numbers_come_in_order_and_each_once() -> None:
    other = mint(DAY, 43)
    assert find(f"{other}, {NUMBER} and {other} again") == (other, NUMBER)


@pytest.mark.parametrize("text", ["", "261121-000042", NUMBER + "\n", f" {NUMBER}", "261121-00004२8"])
def test_a_number_with_anything_around_it_is_none(text: str) -> None:
    assert not is_number(text)


def test_the_table_of_the_check_digit_is_the_published_one() -> None:
    """H. Michael Damm's own example, and what makes his table find every mistake: no row or column repeats a digit."""
    assert check_digit("572") == 4
    table = [[check_digit(f"{one}{other}") for other in range(10)] for one in range(10)]
    for line in (*table, *zip(*table, strict=True)):
        assert sorted(line) == list(range(10))
    assert all(check_digit(f"{digit}{check_digit(str(digit))}") == 0 for digit in range(10))
