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


@pytest.mark.parametrize(
    ("number", "shown"), [("W-883104417", "…4417"), ("4417", ""), ("", ""), ("12345", "…2345"), ("1-2.3 4", "")]
)
def test_an_id_is_its_last_four_where_that_hides_something(number: str, shown: str) -> None:
    assert last_four(number) == shown


def test_one_name_and_one_id_stand_together_and_several_apart() -> None:
    one = facts(subscriber_name="Maria Lopez", subscriber_id="W883104417", dependent_name="Leo Lopez")
    assert members_of(one) == ("M. L. (…4417)", "L. L.")
    several = Facts((*one.fields, Found("subscriber_name", "Ed Eve", Where.BODY)))
    assert members_of(several) == ("M. L.", "E. E.", "…4417", "L. L.")
    two_ids = Facts((*one.fields, Found("person_id", "P99887766", Where.BODY)))
    assert members_of(two_ids) == ("M. L.", "…4417", "…7766", "L. L.")


@pytest.mark.parametrize(
    ("name", "number", "shown"),
    [("Maria Lopez", "4417", ("M. L.",)), ("77", "W883104417", ("…4417",)), ("77", "4417", ())],
)
def test_no_bracket_stands_without_what_belongs_in_it(name: str, number: str, shown: tuple[str, ...]) -> None:
    assert members_of(facts(subscriber_name=name, subscriber_id=number)) == shown


def test_a_roster_is_no_list_for_a_letter() -> None:
    many = Facts(tuple(Found("subscriber_id", f"W88310{number:04}", Where.BODY) for number in range(100)))
    assert len(members_of(many)) == MOST_SHOWN


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Acme, Inc.", "Acme, Inc"),
        ("7 Eleven 24", "7 Eleven 24"),
        ("Acme 123-45-6789", "Acme ###-##-####"),
        ("Area 51 Labs 23", "Area 51 Labs 23"),  # four digits name a company, five may be somebody's number
        ("Area 51 Labs 234", "Area ## Labs ###"),
        ("www.evil.example/pay", "www evil example pay"),
        ("Acme " * 30, ("Acme " * 12).strip()),
        ("x" * 59 + " y", "x" * 59),
        ("<b>Acme</b>\n@x", "b Acme b x"),
        ("", ""),
    ],
)
def test_a_company_carries_no_number_and_no_link(name: str, shown: str) -> None:
    assert company_of(facts(group_name=name)) == shown


@pytest.mark.parametrize("number", ["0140026", "G-14 B", "1", "1" * 20, "12345678", "1234567890", " 0140026 "])
def test_a_group_number_is_shown_as_it_was_written(number: str) -> None:
    assert groups_of(facts(group_number=number)) == (number.strip(),)


def test_of_many_groups_as_many_are_shown_as_of_members() -> None:
    numbers = [f"01400{number:02}" for number in range(50)]
    many = Facts(tuple(Found("group_number", number, Where.BODY) for number in [*numbers, *numbers]))
    assert groups_of(many) == tuple(numbers[:MOST_SHOWN])


@pytest.mark.parametrize(
    "number", ["", "123456789", "123-45-6789", "www.evil.example", "no digits", "1" * 21, "１２３", "a/1"]
)
def test_what_is_no_group_number_is_left_out(number: str) -> None:
    assert groups_of(facts(group_number=number)) == ()


def test_what_another_sender_said_is_known_and_not_shown() -> None:
    own, other = facts(subscriber_id="W111111111"), facts(subscriber_id="W111111111", dependent_name="Leo Lopez")
    learned = join(own, other, newer=True, foreign=True)
    assert learned.facts.values("dependent_name") == ("Leo Lopez",)
    assert (members_of(learned.facts), learned.amended) == (("…1111",), ())
    assert members_of(join(own, other, newer=True, foreign=False).facts) == ("…1111", "L. L.")
