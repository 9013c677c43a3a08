"""Dana answers the letter. Whatever her mail program and the servers on the way leave of it, the case is found."""

from __future__ import annotations

from collections.abc import Callable
from email.message import Message

import pytest

from tests.desks import Desk, text_of
from tests.mails import DESK, mail

Answer = Callable[[Message], bytes]


def mark(letter: Message) -> str:
    """The line of the letter that holds its mark."""
    return next(line for line in text_of(letter).splitlines() if "ref:" in line)


ANSWERS: dict[str, Answer] = {
    "a mail program that does all as it should": lambda letter: mail(
        "Here is more.",
        subject=f"Re: {letter['Subject']}",
        to=letter["Reply-To"],
        in_reply_to=letter["Message-ID"],
        references=letter["Message-ID"],
    ),
    "the subject alone, and another text around it": lambda letter: mail(
        "Here is more.", subject=f"RE: [EXT] {letter['Subject']}"
    ),
    "the answer's address alone": lambda letter: mail("Here is more.", subject="hello", to=letter["Reply-To"]),
    "In-Reply-To alone": lambda letter: mail("Here is more.", subject="hello", in_reply_to=letter["Message-ID"]),
    "References alone": lambda letter: mail(
        "Here is more.", subject="hello", references=f"<other@x.example> {letter['Message-ID']}"
    ),
    "the mark in the quoted letter alone": lambda letter: mail(
        f"Here is more.\n\nOn Mon, Nov 23, 2026 at 9:00 AM Enrollment Desk wrote:\n> Hello,\n> {mark(letter)}\n",
        subject="hello",
        in_reply_to="<rewritten-by-a-relay@amazonses.example>",
    ),
    "an answer to the inquiry, not to the letter": lambda letter: mail(
        "Here is more.", subject="Re: New dependent", in_reply_to=letter["In-Reply-To"]
    ),
    "a forward back to the desk": lambda letter: mail(
        "See below.", subject=f"Fwd: {letter['Subject']}", to=DESK, references=letter["Message-ID"]
    ),
}


@pytest.mark.parametrize("way", ANSWERS)
def test_pain_16_the_reply_is_appended_and_no_second_case_is_opened(small_desk: Desk, way: str) -> None:
    opened = small_desk.send(mail())
    small_desk.deliver()
    answer = ANSWERS[way](small_desk.letter(small_desk.letters()[0]))
    result = small_desk.send(answer)
    assert (result.outcome, result.case_number) == ("appended", opened.case_number)
    first, second = small_desk.thread(opened.case_number)
    assert "Here is more." in second.text or "See below." in second.text
    assert second.trust == "known"
    assert len(small_desk.cases()) == 1


def test_pain_14_an_answer_to_a_case_that_is_closed_opens_one_that_follows_it(small_desk: Desk) -> None:
    opened = small_desk.send(mail())
    letter = small_desk.letter(small_desk.letters()[0])
    small_desk.app.casework.withdraw(opened.case_number or "", "staff")
    result = small_desk.send(ANSWERS["In-Reply-To alone"](letter))
    assert result.outcome == "case_opened"
    assert (opened.case_number, "follows") in small_desk.case(result.case_number).linked


def test_pain_19_a_word_for_reply_in_any_language_is_no_matter(small_desk: Desk) -> None:
    opened = small_desk.send(mail())
    for prefix in ("VS:", "SV:", "AW:", "RIF:", "回复：", "Odp:", "ΑΠ:", ""):
        answer = mail(f"{prefix} more", subject=f"{prefix} [Case {opened.case_number}]")
        assert small_desk.send(answer).case_number == opened.case_number
