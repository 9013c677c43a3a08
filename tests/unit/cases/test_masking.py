"""Members, companies and groups as letters show them: enough to be recognised, never enough to be used."""

from __future__ import annotations

import pytest

from mailbot.cases.facts import Facts, join
from mailbot.cases.masking import MOST_SHOWN, company_of, groups_of, initials, last_four, members_of
from mailbot.cases.understanding import Found, Where


def facts(**values: str) -> Facts:
    return Facts(tuple(Found(name, value, Where.BODY) for name, value in values.items()))


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Maria Lopez Ruiz", "M. L. R."),
        ("李娜", "李."),
        ("", ""),
        ("123", ""),
        ("a b c d e f", "A. B. C. D."),
        ("ß x", "SS. X."),
    ],
)
def test_a_name_is_its_initials(name: str, shown: str) -> None:
    assert initials(name) == shown


@pytest.mark.parametrize(("number", "shown"), [("W-883104417", "…4417"), ("4417", ""), ("", ""), ("12345", "…2345")])
def test_an_id_is_its_last_four_where_that_hides_something(number: str, shown: str) -> None:
    assert last_four(number) == shown


def test_one_name_and_one_id_stand_together_and_several_apart() -> None:
    one = facts(subscriber_name="Maria Lopez", subscriber_id="W883104417", dependent_name="Leo Lopez")
    assert members_of(one) == ("M. L. (…4417)", "L. L.")
    several = Facts((*one.fields, Found("subscriber_name", "Ed Eve", Where.BODY)))
    assert members_of(several) == ("M. L.", "E. E.", "…4417", "L. L.")


def test_a_roster_is_no_list_for_a_letter() -> None:
    many = Facts(tuple(Found("subscriber_id", f"W88310{number:04}", Where.BODY) for number in range(100)))
    assert len(members_of(many)) == MOST_SHOWN


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Acme, Inc.", "Acme, Inc"),
        ("7 Eleven 24", "7 Eleven 24"),
        ("Acme 123-45-6789", "Acme ###-##-####"),
        ("www.evil.example/pay", "www evil example pay"),
        ("<b>Acme</b>\n@x", "b Acme b x"),
        ("", ""),
    ],
)
def test_a_company_carries_no_number_and_no_link(name: str, shown: str) -> None:
    assert company_of(facts(group_name=name)) == shown


@pytest.mark.parametrize("number", ["123456789", "123-45-6789", "www.evil.example", "no digits", "1" * 21, "１２３"])
def test_what_is_no_group_number_is_left_out(number: str) -> None:
    assert groups_of(facts(group_number=number)) == ()


def test_what_another_sender_said_is_known_and_not_shown() -> None:
    own, other = facts(subscriber_id="W111111111"), facts(subscriber_id="W111111111", dependent_name="Leo Lopez")
    learned = join(own, other, newer=True, foreign=True)
    assert learned.facts.values("dependent_name") == ("Leo Lopez",)
    assert (members_of(learned.facts), learned.amended) == (("…1111",), ())
    assert members_of(join(own, other, newer=True, foreign=False).facts) == ("…1111", "L. L.")


@pytest.mark.parametrize(("newer", "value"), [(True, "2222"), (False, "1111")])
def test_of_two_values_the_later_case_has_the_right_one(newer: bool, value: str) -> None:
    learned = join(facts(group_number="1111"), facts(group_number="2222"), newer=newer, foreign=False)
    assert learned.facts.values("group_number") == (value,)
    assert learned.amended == (("group_number",) if newer else ())
