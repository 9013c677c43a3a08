"""What a case knows: the newest word counts, a repetition changes nothing, and whose word it is stays known."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailbot.cases.facts import (
    Facts,
    Learned,
    contradict,
    corrected,
    join,
    learn,
    members,
    of_understanding,
    references,
    still_missing,
)
from mailbot.cases.understanding import Flags, Found, Understanding, Where


def said(*fields: tuple[str, str], where: Where = Where.BODY, **more: object) -> Facts:
    return Facts(tuple(Found(name, value, where) for name, value in fields), **more)  # type: ignore[arg-type]


def pairs(facts: Facts) -> list[tuple[str, str]]:
    return [(found.name, found.value) for found in facts.fields]


ADA = ("pcp_name", "Dr. Ada Vell")
IDA = ("pcp_name", "Dr. Ida Vell")
MEMBER = ("subscriber_id", "Q1234567")


def test_the_first_message_is_all_that_a_case_knows() -> None:
    flags = Flags(retroactive=True)
    understanding = Understanding(
        "x", 0.9, fields=(Found(*MEMBER, Where.BODY),), issue_described=True, documents=("id_card",), flags=flags
    )
    facts = of_understanding(understanding)
    assert facts == Facts((Found(*MEMBER, Where.BODY),), True, ("id_card",), flags)
    assert facts.names == {"subscriber_id", "issue_description"}


# The next message.


@pytest.mark.parametrize(
    ("known", "now", "after", "amended"),
    [
        ([], [ADA], [ADA], ()),
        ([ADA], [], [ADA], ()),
        ([ADA], [MEMBER], [ADA, MEMBER], ()),
        ([ADA, MEMBER], [IDA], [MEMBER, IDA], ("pcp_name",)),
        # The same once more, however it is written, is no change; nor is one of several.
        ([MEMBER], [("subscriber_id", "q-123 4567")], [MEMBER], ()),
        ([ADA, IDA], [IDA], [ADA, IDA], ()),
        # More than was known takes the place of it, and of two values none is kept that is not said.
        ([ADA], [ADA, IDA], [ADA, IDA], ("pcp_name",)),
        ([ADA, IDA], [("pcp_name", "Dr. Uda Vell")], [("pcp_name", "Dr. Uda Vell")], ("pcp_name",)),
        # Several fields change in the order in which they were known.
        ([MEMBER, ADA], [IDA, ("subscriber_id", "Q7")], [IDA, ("subscriber_id", "Q7")], ("subscriber_id", "pcp_name")),
    ],
)
def test_the_newest_word_counts_and_a_repetition_changes_nothing(
    known: list[tuple[str, str]], now: list[tuple[str, str]], after: list[tuple[str, str]], amended: tuple[str, ...]
) -> None:
    learned = learn(said(*known), said(*now))
    assert (pairs(learned.facts), learned.amended) == (after, amended)


def test_papers_flags_and_the_described_matter_add_up_whoever_brought_them() -> None:
    first = said(documents=("enrollment_form",), flags=Flags(retroactive=True), issue_described=True)
    second = said(documents=("id_card", "enrollment_form"), flags=Flags(newborn=True))
    for one, other, documents in (
        (first, second, ("enrollment_form", "id_card")),
        (second, first, ("id_card", "enrollment_form")),
    ):
        facts = learn(one, other).facts
        assert facts.documents == documents
        assert facts.flags == Flags(retroactive=True, newborn=True)
        assert facts.issue_described
    assert not learn(Facts(), Facts()).facts.issue_described


# What staff say.


@pytest.mark.parametrize(
    ("value", "values"),
    [("Dr. Uda Vell", ("Dr. Uda Vell",)), ("", ())],
)
def test_what_staff_correct_is_the_one_value_of_the_field_or_none(value: str, values: tuple[str, ...]) -> None:
    facts = corrected(said(ADA, MEMBER, IDA), "pcp_name", value)
    assert facts.values("pcp_name") == values
    assert facts.values("subscriber_id") == ("Q1234567",)
    assert {found.where for found in facts.fields if found.name == "pcp_name"} == ({Where.STAFF} if value else set())


# Two cases become one.


@pytest.mark.parametrize(("newer", "pcp", "changed"), [(True, IDA, ("pcp_name",)), (False, ADA, ())])
def test_of_two_cases_the_one_that_was_opened_later_has_the_last_word(
    newer: bool, pcp: tuple[str, str], changed: tuple[str, ...]
) -> None:
    learned = join(said(MEMBER, ADA), said(IDA, ("npn", "7")), newer=newer, foreign=False)
    assert sorted(pairs(learned.facts)) == sorted([MEMBER, pcp, ("npn", "7")])
    assert learned.amended == changed


def test_what_only_another_sender_said_is_marked_and_what_both_said_is_not() -> None:
    theirs = said(("subscriber_id", "q1234567"), IDA)
    joined = join(said(MEMBER), theirs, newer=True, foreign=True).facts
    where = {found.name: (found.value, found.where) for found in joined.fields}
    assert where == {"subscriber_id": ("Q1234567", Where.BODY), "pcp_name": ("Dr. Ida Vell", Where.MERGED)}
    own = join(said(MEMBER), theirs, newer=True, foreign=False).facts
    assert {found.where for found in own.fields} == {Where.BODY}


# Comparing.


@pytest.mark.parametrize(
    ("one", "other", "two_matters"),
    [
        ([MEMBER], [("subscriber_id", "q1234567")], False),
        ([MEMBER], [("subscriber_id", "Q7654321")], True),
        ([MEMBER], [ADA], False),
        ([ADA, IDA], [ADA], False),
        ([ADA, IDA], [ADA, ("pcp_name", "Dr. Uda Vell")], True),
        ([MEMBER, ADA], [MEMBER, IDA], True),
    ],
)
def test_two_matters_are_meant_where_each_says_what_the_other_does_not(
    one: list[tuple[str, str]], other: list[tuple[str, str]], two_matters: bool
) -> None:
    assert contradict(said(*one), said(*other)) is two_matters
    assert contradict(said(*other), said(*one)) is two_matters


@pytest.mark.parametrize(
    ("value", "looked_up"),
    [("CL-12345", 1), ("12345", 1), ("1234", 0), ("a-b-c-d", 0), ("CL:2026:7", 1), (" - ", 0)],
)
def test_papers_come_under_a_claim_or_a_preauthorization_of_five_signs_or_more(value: str, looked_up: int) -> None:
    for name in ("claim_number", "preauth_reference"):
        assert len(references(said((name, value)))) == looked_up
    assert references(said(("subscriber_id", value))) == ()


def test_a_member_is_looked_up_by_every_id_and_name_once() -> None:
    facts = said(
        MEMBER,
        ("subscriber_id", "q 123-4567"),
        ("dependent_name", "Tom O'Hara"),
        ("person_id", "77"),
        ("subscriber_name", "Ann O'Hara"),
        ("claim_number", "--"),
        ("npn", "7"),
    )
    assert set(members(facts)) == {
        "subscriber_id:q1234567",
        "dependent_name:tomohara",
        "person_id:77",
        "subscriber_name:annohara",
    }
    assert len(members(facts)) == 4


def test_of_a_list_without_end_fifty_members_are_looked_up() -> None:
    facts = said(*(("subscriber_id", f"Q{number:07}") for number in range(300)))
    assert len(members(facts)) == 50


@pytest.mark.parametrize(
    ("missing", "left"),
    [
        (("subscriber_id",), ()),
        (("pcp_name",), ("pcp_name",)),
        (("npn|subscriber_id",), ()),
        (("enrollment_form",), ()),
        (("birth_certificate|enrollment_form", "id_card"), ("id_card",)),
        (("issue_description",), ("issue_description",)),
    ],
)
def test_what_is_still_missing_is_what_no_value_and_no_paper_answers(
    missing: tuple[str, ...], left: tuple[str, ...]
) -> None:
    known = said(MEMBER, documents=("enrollment_form",))
    assert still_missing(missing, known) == left
    assert still_missing(("issue_description",), replace(known, issue_described=True)) == ()


def test_learning_nothing_is_no_change() -> None:
    facts = said(MEMBER, ADA, documents=("id_card",))
    assert learn(facts, Facts()) == Learned(facts)
