"""What staff's comments may say: ordinary words pass, references and personal values never do."""

from __future__ import annotations

from datetime import date

import pytest

from mailbot.cases import number, tokens
from mailbot.cases.facts import Facts
from mailbot.cases.tokens import Purpose, TokenKey
from mailbot.cases.understanding import Found, Where
from mailbot.replies.comments import objection

KEY = TokenKey(b"ab", b"secret")
OWN, OTHER = (number.mint(date(2026, 11, 21), serial) for serial in (42, 43))
KNOWN = Facts(
    tuple(
        Found(name, value, Where.BODY)
        for name, value in {
            "subscriber_name": "Maria Lopez",
            "dependent_name": "May",
            "subscriber_id": "W883104417",
            "person_id": "42",
            "date_of_birth": "1987-03-09",
        }.items()
    )
)


def said(text: str, own: str = OWN) -> str:
    return objection(text, own, [KNOWN], (KEY,))


@pytest.mark.parametrize(
    "text",
    [
        "You may expect the card; call 800-555-0100 or 1-800-555-0100.",
        f"Case {OWN} is done.",
        "M. L., id ending in 4417, is enrolled as of 12/01/2026.",
        "Invoice 2026-42 for $1,234,567.89; 42 days.",
        "Claim 1234567890 and tracking 9400 1112 0255 5555 5555 55.",
        "Maria's plan and Lopez Street are fine.",
        "完成了。",
    ],
)
def test_ordinary_words_pass(text: str) -> None:
    assert said(text) == ""


@pytest.mark.parametrize(
    "text", ["maria LOPEZ", "Lopez, Maria", "Maria\nLopez", "Maria\u200b Lopez", "Ｍａｒｉａ Lopez"]
)
def test_a_full_name_does_not_pass(text: str) -> None:
    assert "subscriber_name" in said(f"We enrolled {text} today.")


@pytest.mark.parametrize("text", ["W883104417", "w-883-104-417", "W 883104417."])
def test_a_full_id_does_not_pass(text: str) -> None:
    assert "subscriber_id" in said(f"Id {text}")


@pytest.mark.parametrize(
    "text", ["1987-03-09", "3/9/1987", "03/09/1987", "3-9-87", "March 9, 1987", "9 Mar 1987", "Mar. 9 1987"]
)
def test_a_day_of_birth_does_not_pass_in_any_form(text: str) -> None:
    assert "date_of_birth" in said(f"Born {text}, enrolled.")


@pytest.mark.parametrize("text", ["13/9/1987", "1987-03-091", "March 9, 2026"])
def test_another_day_passes(text: str) -> None:
    assert said(f"On {text} it begins.") == ""


@pytest.mark.parametrize("text", ["123-45-6789", "123 45 6789", "123.45.6789", "123\u201145\u20116789", "123456789"])
def test_what_looks_like_a_social_security_number_does_not_pass(text: str) -> None:
    assert "Social Security" in said(f"number {text} is in")


def test_another_case_is_not_named_and_with_several_senders_none_at_all() -> None:
    assert "which is not the one" in said("x" * 3_000 + f" see {OTHER}")
    assert "senders of several cases" in said(f"Case {OWN}", own="")


@pytest.mark.parametrize("purpose", Purpose)
def test_no_genuine_token_passes_and_a_made_up_one_does(purpose: Purpose) -> None:
    assert "reference mark" in said(f"see <desk+{tokens.mint(KEY, purpose, OTHER)}@desk.example>")
    assert said(f"see ref:{'k' * tokens.LENGTH}:ref") == ""
