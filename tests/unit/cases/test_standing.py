"""What the directory adds to a mail, what it contradicts, and whose groups are not the sender's."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailbot.cases.facts import Facts, join, learn
from mailbot.cases.people import Person, Role
from mailbot.cases.standing import NOT_THEIRS, Standing, fill, informed, spoken, standing
from mailbot.cases.understanding import Found, Understanding, Where
from mailbot.mail import Address

DANA = Person(
    Address("dana@broker.example"), Role.PRODUCER, "Reed Brokers", npn="1234567", groups=("0140026", "0140027")
)
HAL = Person(Address("hal@acme.example"), Role.EMPLOYER, "Acme Widgets, Inc.", groups=("0150001",))
CLINIC = Person(Address("desk@clinic.example"), Role.PROVIDER, "North Clinic", npi="1234567893")
EVERYBODY = [DANA, HAL, CLINIC, Person(Address("n@x.example"), Role.NAVIGATOR, npn="5"), None]


def facts(**values: str) -> Facts:
    return Facts(tuple(Found(name, value, Where.BODY) for name, value in values.items()))


def filled(person: Person | None, **said: str) -> dict[str, str]:
    """What the directory adds to these words."""
    return {found.name: found.value for found in fill(facts(**said), person).fields if found.where is Where.DIRECTORY}


def reasons(person: Person, **said: str) -> tuple[str, ...]:
    return standing(person, facts(**said), facts(**said)).conflicts


@pytest.mark.parametrize(
    ("person", "values"),
    [
        (DANA, {"npn": "1234567"}),
        (HAL, {"group_name": "Acme Widgets, Inc.", "group_number": "0150001"}),
        (CLINIC, {"npi": "1234567893", "practice_name": "North Clinic"}),
        (replace(HAL, groups=("0150001", "0150002")), {"group_name": "Acme Widgets, Inc."}),
        (replace(DANA, npn="", groups=("0140026",)), {}),
        (Person(Address("ann@plan.example"), Role.STAFF), {}),
        (None, {}),
    ],
)
def test_a2_what_follows_from_who_somebody_is_need_not_be_written(
    person: Person | None, values: dict[str, str]
) -> None:
    assert filled(person) == values


def test_the_directory_is_never_put_over_what_the_mail_says() -> None:
    assert filled(HAL, group_number="0150009") == {"group_name": "Acme Widgets, Inc."}
    assert filled(DANA, npn="7") == {}
    said = facts(npn="7")
    assert fill(said, DANA) is said


def test_what_is_filled_counts_as_there_and_can_be_told_from_what_was_said() -> None:
    bare = Understanding(
        "x", 0.9, fields=(Found("subscriber_id", "Q1", Where.BODY),), missing=("group_number|npn", "pcp_name")
    )
    known = informed(bare, HAL)
    assert known.missing == ("pcp_name",)
    assert Facts(known.fields).values("group_number") == ("0150001",)
    assert spoken(Facts(known.fields)).fields == bare.fields
    assert informed(bare, None) is bare


def test_the_language_is_that_of_the_mail_and_of_the_directory_where_it_tells_none() -> None:
    rosa = Person(Address("rosa@x.example"), Role.CONSUMER, language="zh-Hant")
    untold = Understanding("x", 0.9, language="en", language_told=False)
    assert informed(untold, rosa).language == "zh"
    assert informed(replace(untold, language_told=True), rosa).language == "en"
    assert informed(untold, replace(rosa, language="")).language == "en"


@pytest.mark.parametrize(
    ("person", "said", "reason"),
    [
        (DANA, {"npn": "7654321"}, "another NPN"),
        (CLINIC, {"npi": "1992999999"}, "another NPI"),
        (HAL, {"group_number": "0150002"}, "another group"),
        (HAL, {"group_name": "Zenith Bakery"}, "another organisation"),
        (CLINIC, {"practice_name": "South Hospital"}, "another organisation"),
    ],
)
def test_a_contradiction_is_a_reason_for_a_review_without_the_value(
    person: Person, said: dict[str, str], reason: str
) -> None:
    (told,) = reasons(person, **said)
    assert told == f"the directory has {reason} for the sender"
    assert not any(value in told for value in said.values())


@pytest.mark.parametrize(
    ("person", "said"),
    [
        (DANA, {"npn": "0001234567"}),
        (DANA, {"npn": "NPN 1234567"}),
        (CLINIC, {"npi": "1234-567-893"}),
        (replace(HAL, organisation="O'Hara & Sons"), {"group_name": "OHara"}),
        (DANA, {"npn": "1234567", "group_name": "Zenith Bakery", "group_number": "140027"}),
        (HAL, {"group_number": "150001-A", "group_name": "ACME"}),
        (HAL, {"group_name": "The Widgets Company"}),
        (HAL, {"group_name": "Inc."}),
        (CLINIC, {"practice_name": "Clinic North LLC", "group_number": "0150002"}),
        (replace(HAL, organisation="", groups=()), {"group_number": "1", "group_name": "Zenith"}),
        (replace(DANA, npn=""), {"npn": "7"}),
    ],
)
def test_another_way_of_writing_it_is_no_contradiction(person: Person, said: dict[str, str]) -> None:
    assert reasons(person, **said) == ()


def test_several_numbers_among_which_is_the_right_one_are_no_contradiction() -> None:
    said = Facts(tuple(Found("npn", value, Where.SIGNATURE) for value in ("7", "1234567")))
    assert standing(DANA, said, said) == Standing()
    names = Facts(tuple(Found("group_name", value, Where.BODY) for value in ("Zenith Bakery", "Acme")))
    assert standing(HAL, names, names) == Standing()


def test_d2_a_producer_is_not_agent_of_record_of_a_group_that_the_directory_does_not_name() -> None:
    for groups in ("0140028", "01400260", "0150001"):
        assert standing(DANA, facts(group_number=groups), facts(group_number=groups)) == Standing((NOT_THEIRS,), True)
    for mine in ("0140026", "140027", "0140026-B"):
        assert standing(DANA, facts(group_number=mine), facts(group_number=mine)) == Standing()
    assert standing(DANA, facts(), facts()) == Standing()


def test_d2_a_producer_of_no_group_may_name_none_and_one_of_all_may_name_any() -> None:
    named = facts(group_number="0140026")
    assert standing(replace(DANA, groups=()), named, named).foreign_group
    assert not standing(replace(DANA, groups=("*",)), named, named).foreign_group


def test_one_group_that_is_not_theirs_is_enough() -> None:
    two = Facts(tuple(Found("group_number", value, Where.BODY) for value in ("0140026", "0999999")))
    assert standing(DANA, two, two).foreign_group


def test_what_the_case_knows_counts_and_staff_are_told_only_when_it_is_said() -> None:
    """A later mail that names no group is held back, too, but is no new reason for a review."""
    assert standing(DANA, facts(), facts(group_number="0999999")) == Standing((), foreign_group=True)


@pytest.mark.parametrize("person", [person for person in EVERYBODY if person is not DANA])
def test_only_producers_are_asked_whose_group_it_is(person: Person | None) -> None:
    assert not standing(person, facts(group_number="0999999"), facts(group_number="0999999")).foreign_group


def test_a_word_takes_the_place_of_the_directory_and_never_the_other_way_round() -> None:
    """Also where it is the same value, and where two cases of one sender become one."""
    known = fill(Facts(), HAL)
    same = learn(known, facts(group_number="0150001"))
    assert (same.facts.fields[-1].where, same.amended) == (Where.BODY, ())
    assert learn(known, facts(group_number="0150009")).facts.values("group_number") == ("0150009",)
    said = facts(group_number="0150009")
    assert learn(said, known).facts.values("group_number") == ("0150009",)
    for newer in (True, False):
        for one, other in ((said, known), (known, said)):
            assert join(one, other, newer=newer, foreign=False).facts.values("group_number") == ("0150009",)


def test_what_the_directory_has_of_one_sender_is_not_taken_into_the_case_of_another() -> None:
    theirs = fill(facts(subscriber_id="Q1"), HAL)
    joined = join(Facts(), theirs, newer=True, foreign=True).facts
    assert [(found.name, found.where) for found in joined.fields] == [("subscriber_id", Where.MERGED)]
    own = join(Facts(), theirs, newer=True, foreign=False).facts
    assert own.values("group_number") == ("0150001",)
