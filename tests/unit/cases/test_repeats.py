"""What repeats, follows or overtakes another message, as values."""

from __future__ import annotations

import pytest

from mailbot.cases.answering import Answer, instead
from mailbot.cases.facts import Facts, contradict, members, references
from mailbot.cases.matching import Candidate, Clues, Evidence, Lookups, Match, match
from mailbot.cases.people import Trust
from mailbot.cases.understanding import Found, Where
from mailbot.mail import Address, Authenticity, Verdict
from tests.mails import DESK, OWN

DANA, CARL = Address("dana@broker.example"), Address("carl@broker.example")
THEIRS, OTHERS = Candidate(1, "261121-0000428", knows_sender=True), Candidate(2, "261121-0000436", knows_sender=False)


def facts(**values: str) -> Facts:
    return Facts(tuple(Found(name, value, Where.BODY) for name, value in values.items()))


def by_reference(*candidates: Candidate, verdict: Verdict = Verdict.NONE, require_pass: bool = False) -> Match:
    lookups = Lookups({}, {}, candidates)
    return match(Clues(), lookups, Authenticity(verdict), require_pass=require_pass)


def test_a_reference_is_one_however_it_is_written() -> None:
    assert references(facts(claim_number="CL-2026 77")) == references(facts(claim_number="cl202677"))


@pytest.mark.parametrize("value", ["", "12-3", "- - -"])
def test_what_is_too_short_is_no_reference(value: str) -> None:
    assert references(facts(claim_number=value)) == ()


def test_a_member_is_no_reference() -> None:
    named = facts(subscriber_id="Q1234567")
    assert (references(named), members(named)) == ((), ("subscriber_id:q1234567",))


@pytest.mark.parametrize(
    ("said", "contradicts"),
    [
        ({"dependent_name": "Ann Reed"}, True),
        ({"dependent_name": "tom reed"}, False),
        ({"pcp_name": "Dr. Ada Vell"}, False),
        ({}, False),
    ],
)
def test_two_inquiries_contradict_each_other_only_where_both_speak(said: dict[str, str], contradicts: bool) -> None:
    first = facts(subscriber_id="Q1234567", dependent_name="Tom Reed")
    assert contradict(first, facts(**said)) == contradicts
    assert contradict(facts(**said), first) == contradicts


def test_papers_under_a_reference_join_the_one_case_of_their_sender() -> None:
    result = by_reference(THEIRS, OTHERS)
    assert (result.case, result.trust, [hit.evidence for hit in result.hits]) == (
        THEIRS,
        Trust.KNOWN,
        [Evidence.REFERENCE],
    )


@pytest.mark.parametrize(
    ("candidates", "verdict", "require_pass"),
    [
        ((OTHERS,), Verdict.PASS, False),
        ((THEIRS,), Verdict.FAIL, False),
        ((THEIRS,), Verdict.NONE, True),
        ((THEIRS, Candidate(3, "261121-0000444", knows_sender=True)), Verdict.PASS, False),
    ],
    ids=["not on it", "denied", "not proven", "two of theirs"],
)
def test_otherwise_a_reference_only_says_where_they_may_belong(
    candidates: tuple[Candidate, ...], verdict: Verdict, require_pass: bool
) -> None:
    result = by_reference(*candidates, verdict=verdict, require_pass=require_pass)
    assert (result.case, result.trust, result.possible) == (None, Trust.STRANGER, candidates)


def test_a_letter_goes_to_the_reader_of_the_case() -> None:
    assert instead(Answer(CARL, "a person wrote it"), DANA, OWN).to == DANA


@pytest.mark.parametrize("reader", [None, Address(DESK), Address("no-reply@broker.example"), Address("dana")])
def test_where_the_reader_cannot_be_written_to_nobody_is(reader: Address | None) -> None:
    assert instead(Answer(CARL, "a person wrote it"), reader, OWN).to is None


def test_what_may_not_be_answered_is_not_answered_to_another() -> None:
    refusal = Answer(None, "the message is old")
    assert instead(refusal, DANA, OWN) is refusal
