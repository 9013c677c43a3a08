"""Resolving cases, on both databases: what the letter carries and never carries, and duplicates, each with a letter."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from mailbot.cases.people import Correspondent, Person, Role
from mailbot.cases.states import State
from mailbot.errors import UsageError
from mailbot.mail import Address
from tests.desks import Desk, text_of
from tests.mails import EVE, mail, reply
from tests.understood import (
    ANN,
    COMMENTS,
    COMPLETE,
    letters_of,
    opened,
    sent,
    understanding,
)


def test_what_a_letter_of_staff_says_and_where_it_goes(desk: Desk) -> None:
    spanish = replace(understanding(**COMPLETE), language="es")
    result = sent(desk, mail(cc="Eve <eve@elsewhere.example>", message_id="<first@broker.example>"), spanish)
    sent(desk, reply(to_id="first@broker.example", message_id="<second@broker.example>"), spanish)
    desk.app.casework.resolve(result.case_number or "", "Hecho.", ANN)
    row = desk.letters()[-1]
    letter = desk.letter(row)
    assert (row.kind, row.to, letter["To"], letter["Cc"]) == (
        "resolution",
        "dana@broker.example",
        "dana@broker.example",
        None,
    )
    assert letter["In-Reply-To"] == "<second@broker.example>"
    assert letter["Auto-Submitted"] is None  # a person wrote it (RFC 3834 section 5)
    text = text_of(letter)
    assert "Su solicitud" in text or "solicitud" in text
    for value in (result.case_number or "?", "Acme Widgets", "0140026", "Hecho.", "M. L. (…4417)"):
        assert value in text


def test_the_letter_answers_the_reader_and_nobody_else_on_the_case(desk: Desk) -> None:
    result = sent(desk, mail(cc=EVE, message_id="<danas@broker.example>"), understanding(**COMPLETE))
    eves = reply(to_id="danas@broker.example", sender=EVE, message_id="<eves@elsewhere.example>")
    assert sent(desk, eves, understanding()).case_number == result.case_number
    desk.app.casework.resolve(result.case_number or "", COMMENTS, ANN)
    assert desk.letter(desk.letters()[-1])["In-Reply-To"] == "<danas@broker.example>"


def test_a097_a_resolution_carries_no_canary(desk: Desk) -> None:
    secrets = {
        "group_name": "Acme 123-45-6789 www.evil.example/x",
        "group_number": "123456789",
        "subscriber_id": "CANARY883104417",
        "subscriber_name": "Canaria Lopezcanary",
        "dependent_name": "Kidcanary Lopezcanary",
        "date_of_birth": "1987-03-09",
        "person_id": "123-45-6789",
        "new_address": "12 Canary Lane",
        "claim_number": "CLMCANARY1",
    }
    number = opened(desk, understanding(**secrets), subject="SSN 123-45-6789 of Canaria", text="DOB 1987-03-09")
    desk.app.casework.resolve(number, COMMENTS, ANN)
    letter = desk.letter(desk.letters()[-1])
    whole = " ".join([*map(str, letter.values()), text_of(letter), letter.as_string()]).casefold()
    for canary in ("canary", "canaria", "123-45-6789", "123456789", "883104417", "1987", "evil.example"):
        assert canary not in whole, canary
    assert "C. L." in text_of(letter)


def test_a101_comments_that_say_too_much_are_refused_with_a_sentence(desk: Desk) -> None:
    other = opened(desk, understanding(), sender=EVE)
    number = opened(desk, understanding(**COMPLETE | {"date_of_birth": "1987-03-09", "subscriber_id": "W777104418"}))
    mark = text_of(desk.letter(desk.letters()[0])).partition("ref:")[2].partition(":ref")[0]
    for comments, why in {
        " \n": "needs comments",
        "x" * 5_000: "at most 4,000",
        f"As in case {other}, done.": f"name case {other}",
        f"Done, see {other.replace('-', chr(0x2010))}.": "which is not the one",
        "Her number 123-45-6789 is in.": "Social Security number",
        "Her number \uff11\uff12\uff13\u200b-45-6789 is in.": "Social Security number",
        "123456789 is in.": "Social Security number",
        "We entered Lopez, Maria.": "subscriber_name in full",
        "W777 104418 gets a card.": "subscriber_id in full",
        "Born March 9, 1987: entered.": "date_of_birth",
        "Born 3/9/87: entered.": "date_of_birth",
        f"See ref:{mark}:ref": "reference mark",
    }.items():
        with pytest.raises(UsageError, match=why):
            desk.app.casework.resolve(number, comments, ANN)
    assert (desk.case(number).state, letters_of(desk, number)) == ("awaiting_staff", ["acknowledgment"])
    desk.app.casework.resolve(number, f"Case {number}: M. L., ID ending 4418, call 800-555-0100.", ANN)
    assert letters_of(desk, number)[-1] == "resolution"


def test_duplicates_are_resolved_together_and_nobody_is_told_of_the_other(desk: Desk) -> None:
    meaning = understanding(**COMPLETE)
    first = opened(desk, meaning)
    second = opened(desk, replace(meaning, language="es"), sender=EVE, text="Card for Maria, please.")
    done = desk.app.casework.resolve(second, COMMENTS, ANN, together=True)  # whichever of them staff take up
    assert (done.number, done.also) == (second, (first,))
    assert {desk.case(each).state for each in (first, second)} == {"resolved"}
    letters = [desk.letter(row) for row in desk.letters()[-2:]]
    assert {(letter["To"], first in text_of(letter)) for letter in letters} == {
        ("dana@broker.example", True),
        ("eve@elsewhere.example", False),
    }
    for letter in letters:
        assert (first in letter.as_string()) != (second in letter.as_string())


def test_comments_for_several_senders_name_no_case_at_all(desk: Desk) -> None:
    first = opened(desk)
    opened(desk, sender=EVE, text="Card for Maria, please.")
    with pytest.raises(UsageError, match="senders of several cases"):
        desk.app.casework.resolve(first, f"Case {first} is done.", ANN, together=True)
    with pytest.raises(UsageError, match="say only one"):
        desk.app.casework.resolve(first, COMMENTS, ANN, together=True, alone=True)
    assert desk.app.casework.resolve(first, f"Case {first} is done.", ANN, alone=True).also == ()


def test_a_duplicate_that_staff_should_look_at_first_stays_open(desk: Desk) -> None:
    first = opened(desk)
    second = opened(desk, sender=EVE, text="Card for Maria, please.")
    with desk.store.writing() as transaction:
        transaction.cases.ask_review(transaction.cases.find(second) or 0, ["may be somebody else"])
    done = desk.app.casework.resolve(first, COMMENTS, ANN, together=True)
    assert (done.also, desk.case(second).state) == ((), "awaiting_staff")
    assert second in done.remarks[0]


def listed(desk: Desk, address: str, groups: tuple[str, ...], *, active: bool = True) -> None:
    """The directory knows a producer with these groups."""
    with desk.store.writing() as transaction:
        transaction.directory.put([Person(Address(address), Role.PRODUCER, groups=groups, active=active)], ANN)


def test_a_stranger_whose_mail_is_a_duplicate_gets_nothing_of_what_staff_say(desk: Desk) -> None:
    """Eve knows enough of Maria to write the same request: her case stays open, and staff are told why."""
    first = opened(desk)
    eves = opened(desk, sender=EVE, text="Card for Maria, please.")
    done = desk.app.casework.resolve(first, COMMENTS, ANN)
    assert (done.also, desk.case(eves).state, letters_of(desk, eves)) == ((), "awaiting_staff", ["acknowledgment"])
    assert f"{eves} is a duplicate from somebody whom nothing vouches for" in done.remarks[0]
    assert f"the same was answered in {first}" in desk.case(eves).review[0]
    assert not [row for row in desk.letters() if row.kind == "resolution" and row.to == "eve@elsewhere.example"]


def test_what_the_administration_system_has_done_is_told_to_no_stranger(desk: Desk) -> None:
    first = opened(desk)
    eves = opened(desk, sender=EVE, text="Card for Maria, please.")
    with desk.store.writing() as transaction:
        transaction.cases.enter(transaction.cases.find(first) or 0, State.SUBMITTED)
    done = desk.app.casework.processed(first, "batch-1")
    assert (done.also, desk.case(eves).state) == ((), "awaiting_staff")


@pytest.mark.parametrize(
    ("groups", "active", "answered"),
    [
        (("0140026",), True, True),
        (("140026", "555"), True, True),
        (("*",), True, True),
        (("555",), True, False),
        ((), True, False),
        (("0140026",), False, False),
    ],
)
def test_who_has_the_group_by_the_directory_is_answered_with_the_first(
    desk: Desk, groups: tuple[str, ...], active: bool, answered: bool
) -> None:
    listed(desk, "eve@elsewhere.example", groups, active=active)
    first = opened(desk, understanding(**COMPLETE))
    eves = opened(desk, understanding(**COMPLETE), sender=EVE, text="Card for Maria, please.")
    done = desk.app.casework.resolve(first, COMMENTS, ANN)
    assert done.also == ((eves,) if answered else ())


@pytest.mark.parametrize(("role", "answered"), [(Role.UNKNOWN, True), (Role.COPIED, False)])
def test_who_wrote_in_the_resolved_case_is_answered_too_and_who_was_only_copied_is_not(
    desk: Desk, role: Role, answered: bool
) -> None:
    first = opened(desk)
    eves = opened(desk, sender=EVE, text="Card for Maria, please.")
    with desk.store.writing() as transaction:
        person = Correspondent(Address("eve@elsewhere.example"), role)
        transaction.history.add_correspondents(desk.case_id(first), [person])
    assert desk.app.casework.resolve(first, COMMENTS, ANN).also == ((eves,) if answered else ())


def test_a_case_resolved_again_after_reopening_has_its_second_letter_at_the_same_moment(desk: Desk) -> None:
    number = opened(desk)
    for _ in range(2):
        desk.app.casework.resolve(number, COMMENTS, ANN)
        desk.app.casework.reopen(number, ANN)
    assert letters_of(desk, number).count("resolution") == 2


def test_what_the_administration_system_refuses_comes_back_with_its_reason_in_a_note(desk: Desk) -> None:
    number = opened(desk, state=State.SUBMITTED)
    done = desk.app.casework.refused(number, "member W883104417 is unknown", "b1")
    assert (done.state, done.letters) == ("awaiting_staff", ())
    assert "see its note" in desk.case(number).review[0]
    assert desk.thread(number)[-1].text == "member W883104417 is unknown"
    assert not any("W883104417" in event.why for event in desk.events(number))


def test_two_who_resolve_duplicates_at_once_never_answer_twice(desk: Desk) -> None:
    numbers = [opened(desk), opened(desk, sender=EVE, text="Card for Maria, please.")]

    def resolve(number: str) -> bool:
        try:
            desk.app.casework.resolve(number, COMMENTS, ANN, together=True)
        except UsageError:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(resolve, numbers)) == 1
    assert sorted(row.to for row in desk.letters() if row.kind == "resolution") == [
        "dana@broker.example",
        "eve@elsewhere.example",
    ]
