"""Subjects without what mail programs put in front of them."""

from __future__ import annotations

import pytest

from mailbot.cases.subjects import base_subject, is_answered_subject, is_new_subject

NUMBER = "261121-0004281"


@pytest.mark.parametrize(
    "subject",
    [
        "Lost ID card",
        "Re: Lost ID card",
        "RE: FW: Lost  ID card",
        "AW: WG: Lost ID card",
        "Re[2]: Lost ID card",
        "VS: Lost ID card",
        "回复：Lost ID card",
        "[EXT] Re: [Case 261121-0004281] Lost ID card",
        "Re: Re: Re: Re: lost id CARD",
    ],
)
def test_pain_19_all_subjects_of_a_thread_are_one(subject: str) -> None:
    assert base_subject(subject) == "lost id card"


def test_pain_14_another_subject_is_new_and_one_of_our_letters_is_not() -> None:
    assert is_new_subject("Refund for July", "Lost ID card", NUMBER)
    assert is_new_subject("Re: Refund for July", "Lost ID card", NUMBER)
    assert not is_new_subject("Re: Lost ID card", "Lost ID card", NUMBER)
    assert not is_new_subject(f"Re: We have your request [Case {NUMBER}]", "Lost ID card", NUMBER)
    assert not is_new_subject("", "Lost ID card", NUMBER)


def test_a_subject_that_was_taken_over_is_told_from_one_that_was_written() -> None:
    assert is_answered_subject("Re: Lost ID card")
    assert is_answered_subject(f"documents for {NUMBER}")
    assert not is_answered_subject("Refund for July")
    assert not is_answered_subject("Regarding our refund")
    assert not is_answered_subject("Refund, as you said in your Re: of July")


def test_a_word_for_answer_within_a_subject_belongs_to_it() -> None:
    assert base_subject("Question re: lost card") == "question re: lost card"


def test_a054_a_subject_of_nothing_but_prefixes_costs_little() -> None:
    assert base_subject("Re: " * 100_000) == ""
