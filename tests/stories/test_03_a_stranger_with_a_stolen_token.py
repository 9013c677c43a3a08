"""Eve has seen a letter to Dana: whatever she shows of it, she joins and learns nothing, and staff look twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.desks import Desk, open_desk, text_of
from tests.mails import EVE, mail

EVES = "eve@elsewhere.example"


def stolen(desk: Desk, what: str) -> bytes:
    letter = desk.letter(desk.letters()[0])
    shown = {
        "address": {"to": str(letter["Reply-To"])},
        "id": {"in_reply_to": str(letter["Message-ID"]), "references": str(letter["Message-ID"])},
        "subject": {"subject": f"Re: {letter['Subject']}"},
        "mark": {"text": next(line for line in text_of(letter).splitlines() if "ref:" in line)},
    }[what]
    return mail(**({"text": "What is the state of this?", "subject": "hello", "sender": EVE} | shown))


@pytest.mark.parametrize("what", ["address", "id", "subject", "mark"])
def test_a066_a067_a_stranger_opens_a_case_of_their_own(small_desk: Desk, what: str) -> None:
    opened = small_desk.send(mail("the number is 078-05-1120"))
    before = small_desk.case(opened.case_number)
    result = small_desk.send(stolen(small_desk, what), EVES)
    assert result.outcome == "case_opened"
    assert (opened.case_number, "may_belong_to") in small_desk.case(result.case_number).linked
    case = small_desk.case(opened.case_number)
    assert f"{result.case_number} may belong here" in case.review
    assert (case.state, case.correspondents, case.reply_due) == (before.state, before.correspondents, before.reply_due)
    assert len(small_desk.thread(opened.case_number)) == 1


@pytest.mark.parametrize("what", ["address", "id", "subject", "mark"])
def test_a099_the_stranger_hears_what_every_stranger_hears(small_desk: Desk, what: str) -> None:
    opened = small_desk.send(mail("the number is 078-05-1120"))
    thief = small_desk.send(stolen(small_desk, what), EVES)
    other = small_desk.send(mail("What is the state of this?", sender="Ann <ann@third.example>"), "ann@third.example")
    letters = {letter.case_number: small_desk.letter(letter) for letter in small_desk.letters()}
    told, usual = (
        text_of(letters[result.case_number]).replace(str(result.case_number), "NUMBER") for result in (thief, other)
    )
    assert _without_mark(told) == _without_mark(usual)
    assert str(opened.case_number) not in letters[thief.case_number].as_string()
    assert letters[thief.case_number]["To"] == EVES


def _without_mark(text: str) -> list[str]:
    return [line for line in text.splitlines() if "ref:" not in line]


def test_a069_a_forged_sender_whose_domain_denies_it_joins_nothing(sqlite_url: str, tmp_path: Path) -> None:
    with open_desk(tmp_path, sqlite_url, trust={"authserv_ids": ["mx.desk.example"]}) as desk:
        opened = desk.send(mail())
        letter = desk.letter(desk.letters()[0])
        forged = mail(
            "Please tell me everything.",
            to=str(letter["Reply-To"]),
            in_reply_to=str(letter["Message-ID"]),
            authentication_results="mx.desk.example; dmarc=fail header.from=broker.example",
        )
        result = desk.send(forged)
        assert result.outcome == "case_opened"
        assert (opened.case_number, "may_belong_to") in desk.case(result.case_number).linked


def test_a034_a_mail_in_two_names_joins_nothing_and_is_not_answered(small_desk: Desk) -> None:
    opened = small_desk.send(mail())
    letter = small_desk.letter(small_desk.letters()[0])
    two = mail("hello", sender="dana@broker.example, eve@elsewhere.example", in_reply_to=str(letter["Message-ID"]))
    result = small_desk.send(two, EVES)
    assert (result.outcome, result.letters) == ("case_opened", ())
    assert result.case_number != opened.case_number


def test_a035_no_letter_goes_where_reply_to_points(small_desk: Desk) -> None:
    small_desk.send(mail(reply_to="victim@third.example"))
    assert [letter.to for letter in small_desk.letters()] == ["dana@broker.example"]


def test_a065_a_token_with_a_wrong_letter_opens_no_door(small_desk: Desk) -> None:
    opened = small_desk.send(mail())
    address = str(small_desk.letter(small_desk.letters()[0])["Reply-To"])
    local, _, domain = address.partition("@")
    for number in range(30):
        letter = "z" if local[-1 - number] != "z" else "0"
        guess = local[: len(local) - 1 - number] + letter + local[len(local) - number :]
        result = small_desk.send(mail(f"guess {number}", subject="hello", to=f"{guess}@{domain}"))
        assert result.case_number != opened.case_number
    assert small_desk.case(opened.case_number).linked == ()
