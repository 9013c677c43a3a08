"""Signed tokens: genuine ones name their case, everything else names nothing."""

from __future__ import annotations

import hmac
from datetime import date
from os.path import commonprefix

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.cases import tokens
from mailbot.cases.number import mint as mint_number
from mailbot.cases.tokens import LENGTH, Purpose, TokenKey, check, mint

KEY = TokenKey(b"\x01\x02", b"k" * 32)
NEW_KEY = TokenKey(b"\x03\x04", b"n" * 32)
NUMBER = mint_number(date(2026, 11, 21), 42)
OTHER = mint_number(date(2026, 11, 21), 43)
TOKEN = mint(KEY, Purpose.REPLY, NUMBER)


@given(st.sampled_from(Purpose), st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.integers(0, 999_999))
def test_a_token_names_the_case_it_was_minted_for(purpose: Purpose, day: date, serial: int) -> None:
    number = mint_number(day, serial)
    token = mint(KEY, purpose, number)
    assert check((KEY,), purpose, token) == number
    assert len(token) == LENGTH
    assert token.isalnum()
    assert token == token.lower()


def test_a_token_survives_a_server_that_changes_case() -> None:
    assert check((KEY,), Purpose.REPLY, TOKEN.upper()) == NUMBER
    assert check((KEY,), Purpose.REPLY, TOKEN.title()) == NUMBER


@pytest.mark.parametrize("position", range(LENGTH))
def test_a065_a_token_with_one_letter_changed_is_refused(position: int) -> None:
    other = "z" if TOKEN[position] != "z" else "0"
    assert check((KEY,), Purpose.REPLY, TOKEN[:position] + other + TOKEN[position + 1 :]) is None


def test_a065_the_token_of_the_next_case_cannot_be_made_from_this_one() -> None:
    mac = TOKEN[-20:]
    plain = mint(KEY, Purpose.REPLY, OTHER)[:-20]
    assert check((KEY,), Purpose.REPLY, plain + mac) is None


@pytest.mark.parametrize(
    "token",
    [
        "",
        TOKEN[:-1],
        TOKEN + "0",
        TOKEN[:14],
        NUMBER,
        "0" * LENGTH,
        "z" * LENGTH,
        "a" * LENGTH,  # no letter of the alphabet
        TOKEN[:10] + "\N{ZERO WIDTH SPACE}" + TOKEN[11:],
        TOKEN[:10] + "\N{SOFT HYPHEN}" + TOKEN[10:],
        TOKEN[:-1] + "\N{KELVIN SIGN}",
        "".join(chr(ord(letter) + 0xFEE0) for letter in TOKEN),
        TOKEN.replace(TOKEN[0], " "),
    ],
)
def test_a070_a048_anything_but_the_whole_token_is_refused(token: str) -> None:
    assert check((KEY,), Purpose.REPLY, token) is None


@pytest.mark.parametrize("minted_for", Purpose)
@pytest.mark.parametrize("shown_as", Purpose)
def test_a070_a_token_is_good_for_its_own_purpose_only(minted_for: Purpose, shown_as: Purpose) -> None:
    named = check((KEY,), shown_as, mint(KEY, minted_for, NUMBER))
    assert named == (NUMBER if minted_for is shown_as else None)


def test_a070_a_token_of_another_key_is_refused() -> None:
    same_name = TokenKey(KEY.key_id, b"x" * 32)
    assert check((NEW_KEY,), Purpose.REPLY, TOKEN) is None
    assert check((same_name,), Purpose.REPLY, TOKEN) is None
    assert check((), Purpose.REPLY, TOKEN) is None


def test_a_token_of_the_key_before_is_still_good_after_a_change_of_keys() -> None:
    assert check((NEW_KEY, KEY), Purpose.REPLY, TOKEN) == NUMBER


def test_a070_a_signed_number_whose_check_digit_is_wrong_is_refused() -> None:
    assert check((KEY,), Purpose.REPLY, mint(KEY, Purpose.REPLY, NUMBER[:-1] + str((int(NUMBER[-1]) + 1) % 10))) is None


def test_a065_a_guess_has_less_than_one_chance_in_ten_to_the_thirty() -> None:
    one, other = (mint(KEY, purpose, NUMBER) for purpose in (Purpose.REPLY, Purpose.REF))
    letters = set("".join(mint(KEY, Purpose.REPLY, mint_number(date(2026, 11, 21), serial)) for serial in range(200)))
    assert len(letters) ** (LENGTH - len(commonprefix([one, other]))) > 10**30


def test_a070_a_letter_that_only_folds_to_one_of_ours_is_refused() -> None:
    """The Kelvin sign is a "k" in lower case."""
    minted = (mint(KEY, Purpose.REPLY, mint_number(date(2026, 11, 21), serial)) for serial in range(200))
    token = next(token for token in minted if "k" in token)
    assert check((KEY,), Purpose.REPLY, token)
    assert check((KEY,), Purpose.REPLY, token.replace("k", "\N{KELVIN SIGN}")) is None


def test_a125_macs_are_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[tuple[int, int]] = []
    digests_equal = hmac.compare_digest

    def compare(one: str, other: str) -> bool:
        compared.append((len(one), len(other)))
        return digests_equal(one, other)

    monkeypatch.setattr(tokens.hmac, "compare_digest", compare)
    check((KEY,), Purpose.REPLY, TOKEN[:-20] + "0" * 20)
    check((KEY,), Purpose.REPLY, TOKEN)
    assert compared == [(20, 20)] * 2


@given(st.text(max_size=60))
def test_a065_no_text_at_all_makes_the_check_raise(text: str) -> None:
    assert check((KEY,), Purpose.REPLY, text) is None
