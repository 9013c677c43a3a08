"""Social Security numbers are found in every shape and masked wherever they are shown."""

from __future__ import annotations

import pytest

from mailbot.classify.privacy import contains_ssn, mask

FOUND = [
    "SSN 123-45-6789",
    "his social is 900 55 3108 and dob 12-1-1977",
    "soc 900-12-6648",
    "社安号 987-65-4323",
    "número de seguro social 666-12-3456",
    "ssn: 123456789",
    "Date of birth / SSN: 07-04-1999 900-77-1043",
    "000-61-4471",
    "SSN# 900417725",
    "Soc. Sec. No. 900 41 7725",
    "SSN 900 417 725",
    "ITIN 912-70-1234",
    "900–41–7725",
    "900\u201141\u20117725",
    "900\u00a041\u00a07725 is her social",
    "社会安全号：９００-４１-７７２５",
    "123.45.6789",
]
NOT_FOUND = [
    "ID# 118-40-22917-W",
    "her Social ends in 4471",
    "SSN xxx-xx-1182",
    "call 410-555-0117",
    "member ID XJW 884 21 0733 01",
    "claim 330-77-19022",
    "invoice 123456789",
    "claim 900 417 725",
    "EIN 52-1188204",
    "2026-10-20 and 2026-11-01",
    "1-800-555-0100",
    "NPI 1245319599",
    "90041772512",
    "routing 900-41-7725-1",
    "",
]


@pytest.mark.parametrize("text", FOUND)
def test_a_full_number_is_found_also_of_a_range_that_is_never_issued(text: str) -> None:
    assert contains_ssn(text)


@pytest.mark.parametrize("text", NOT_FOUND)
def test_other_numbers_and_the_last_four_digits_are_none(text: str) -> None:
    assert not contains_ssn(text)


@pytest.mark.parametrize("text", FOUND)
def test_a097_a_masked_text_shows_the_last_four_digits_only(text: str) -> None:
    shown = mask(text)
    assert not contains_ssn(shown)
    assert len(shown) == len(text)
    assert "•" in shown


@pytest.mark.parametrize("dash", "-\u2010\u2011\u2012\u2013\u2014\u2212\ufe63\uff0d")
def test_a097_no_kind_of_dash_hides_a_number(dash: str) -> None:
    assert mask(f"SSN 900{dash}41{dash}7725.") == f"SSN •••{dash}••{dash}7725."
    assert mask(f"4111{dash}1111{dash}1111{dash}1111") == f"••••{dash}••••{dash}••••{dash}1111"


@pytest.mark.parametrize("text", ["José: 900-41-7725", "José: 900–41–7725", "José: ９００-41-7725"])
def test_a097_no_accent_hides_a_number(text: str) -> None:
    assert contains_ssn(f"SSN of {text}")


@pytest.mark.parametrize("blank", " \u00a0\u2007\u2009\u202f\u3000")
def test_a097_no_kind_of_blank_hides_a_number(blank: str) -> None:
    assert mask(f"SSN 900{blank}41{blank}7725.") == f"SSN •••{blank}••{blank}7725."


def test_a097_every_number_of_a_text_is_masked() -> None:
    text = "Ann 900-41-7725, Bo 900-41-7726; card 4111111111111111"
    assert mask(text) == "Ann •••-••-7725, Bo •••-••-7726; card ••••••••••••1111"


@pytest.mark.parametrize(
    "number", ["4111 1111 1111 1112", "9111 1111 1111 1111", "4111 1111 1111", "x4111111111111111"]
)
def test_what_cannot_be_a_payment_card_is_shown(number: str) -> None:
    assert mask(f"number {number} here") == f"number {number} here"


def test_a097_payment_cards_are_masked_and_other_words_kept() -> None:
    assert mask("Card 4111 1111 1111 1111, group 0072215") == "Card •••• •••• •••• 1111, group 0072215"


@pytest.mark.parametrize("text", NOT_FOUND)
def test_what_is_no_secret_is_shown_as_it_is(text: str) -> None:
    assert mask(text) == text
