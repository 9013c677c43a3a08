"""Somebody whom staff took off a case is nobody to it, whatever they know of it (ATTACKS A078, A100)."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailbot.cases.events import EventKind
from mailbot.cases.people import Person, Role
from mailbot.errors import UsageError
from mailbot.mail import Address
from tests.mails import reply
from tests.servers.service import command
from tests.stories.tales import BOTH, ONE, Tale

DANA, CARL = "dana@broker.example", "Carl Boone <carl@broker.example>"


def evidence(tale: Tale, what: str) -> dict[str, str]:
    """What a mail shows of the case that it is about."""
    letter = tale.desk.letter(tale.last_letter())
    return {
        "token": {"to": str(letter["Reply-To"])},
        "our id": {"to_id": tale.last_letter().message_id},
        "number": {"subject": f"Re: {letter['Subject']}"},
    }[what]


@pytest.mark.parametrize("what", ["token", "our id", "number"])
def test_a078_who_was_taken_off_a_case_neither_joins_it_nor_hears_of_it(tale: Tale, what: str) -> None:
    number = tale.ask_for_pcp(cc=CARL)
    shown = evidence(tale, what)
    done = tale.desk.app.casework.remove(number, DANA, "ana")
    assert done.remarks == ("nobody is left to whom a letter can go",)
    result = tale.desk.send(reply(BOTH, **shown))
    tale.desk.deliver()
    assert result.outcome == "case_opened"
    assert result.case_number != number
    assert (number, "may_belong_to") in tale.desk.case(result.case_number).linked
    assert tale.state(number) == "awaiting_sender", "what they sent was not taken for an answer"
    assert number not in tale.desk.letter(tale.last_letter()).as_string()
    assert len(tale.desk.thread(number)) == 1
    assert tale.whys(number, EventKind.CORRESPONDENT_REMOVED) == [""]


def test_a078_who_asks_for_the_status_afterwards_hears_as_much_as_a_stranger(tale: Tale) -> None:
    number = tale.ask_for_pcp()
    tale.desk.app.casework.remove(number, DANA, "ana")
    result = tale.desk.send(reply("how does it stand"))
    tale.desk.deliver()
    assert result.case_number != number
    assert number not in tale.desk.letter(tale.last_letter()).as_string()


def test_a078_being_copied_again_or_having_colleagues_on_the_case_brings_nobody_back(tale: Tale) -> None:
    with tale.desk.store.writing() as transaction:
        for address in (DANA, "carl@broker.example"):
            transaction.directory.put([Person(Address(address), Role.PRODUCER, "Reed Brokers")], "ana")
    number = tale.ask_for_pcp()
    token = evidence(tale, "token")
    carls = tale.desk.send(reply(ONE, sender=CARL, **token), "carl@broker.example")
    assert carls.case_number == number, "a colleague is known"
    tale.desk.app.casework.remove(number, DANA, "ana")
    tale.desk.send(reply("And one more thing.", sender=CARL, cc=DANA, **token), "carl@broker.example")
    again = tale.desk.send(reply("Here I am again.", **token))
    assert again.case_number != number
    people = {each.address.address: each.role for each in tale.desk.case(number).correspondents}
    assert people[DANA] is Role.REMOVED


def test_a078_nothing_is_waited_for_any_longer_from_who_was_taken_off(tale: Tale) -> None:
    number = tale.ask_for_pcp()
    tale.desk.app.casework.remove(number, DANA, "ana")
    assert tale.file(number).clock_stopped == "who was asked was taken off the case"
    tale.on("2026-12-20")
    swept = tale.round()
    assert (swept.reminded, swept.closed) == (0, 0)
    assert tale.letters(number) == ["info_request"]
    assert "who was asked was taken off the case" in tale.file(number).review


def test_a_letter_goes_to_the_next_who_wrote(tale: Tale) -> None:
    number = tale.ask_for_pcp()
    with tale.desk.store.writing() as transaction:
        transaction.directory.put([Person(Address(DANA), Role.PRODUCER, "Reed Brokers")], "ana")
        transaction.directory.put([Person(Address("carl@broker.example"), Role.PRODUCER, "Reed Brokers")], "ana")
    tale.desk.send(reply(ONE, sender=CARL, **evidence(tale, "token")), "carl@broker.example")
    done = tale.desk.app.casework.remove(number, DANA, "ana")
    assert done.remarks == ("letters go to carl@broker.example from now on",)
    tale.desk.app.casework.reply(number, "We have it.", "ana")
    assert tale.last_letter().to == "carl@broker.example"


def test_who_is_not_on_a_case_cannot_be_taken_off_it(tale: Tale) -> None:
    number = tale.ask_for_pcp()
    with pytest.raises(UsageError, match="nobody of that address"):
        tale.desk.app.casework.remove(number, "eve@elsewhere.example", "ana")
    tale.desk.app.casework.remove(number, DANA, "ana")
    with pytest.raises(UsageError, match="nobody of that address"):
        tale.desk.app.casework.remove(number, DANA, "ana")


def test_the_command_takes_somebody_off(small_tale: Tale) -> None:
    number = small_tale.ask_for_pcp()
    config: Path = small_tale.desk.config_file
    done = command(config, "remove", number, DANA, "--actor", "ana", now=small_tale.desk.clock.moment)
    assert done.returncode == 0, done.stderr.decode()
    assert b"Nobody is left" in done.stderr
    assert [each.role for each in small_tale.desk.case(number).correspondents] == [Role.REMOVED]


NEW = "dana@new.example"
MOVES = {
    "in words": {"said": f"My new address is {NEW}, please write there from now on.\n{ONE}"},
    "in Reply-To": {"said": ONE, "reply_to": NEW},
    "in the signature": {"said": f"{ONE}\n\n-- \nDana Reed\n{NEW}"},
    "by copying it": {"said": ONE, "cc": NEW},
}


@pytest.mark.parametrize("how", MOVES.values(), ids=MOVES.keys())
def test_a100_a_mail_changes_no_address_on_a_case(tale: Tale, how: dict[str, str]) -> None:
    number = tale.ask_for_pcp()
    tale.reply(**how)
    tale.desk.app.casework.reply(number, "We have it.", "ana")
    tale.desk.deliver()
    assert {letter.to for letter in tale.desk.letters()} == {DANA}


def test_a100_a_mail_from_the_new_address_is_a_stranger_s_whatever_it_shows(tale: Tale) -> None:
    number = tale.ask_for_pcp()
    shown = evidence(tale, "token")
    result = tale.desk.send(reply(BOTH, sender=f"Dana Reed <{NEW}>", **shown), NEW)
    tale.desk.deliver()
    assert result.case_number != number
    told = tale.desk.letter(tale.last_letter())
    assert told["To"] == NEW
    assert number not in told.as_string(), "it hears nothing of the case"
    assert [each.address.address for each in tale.desk.case(number).correspondents] == [DANA]
    assert f"{result.case_number} may belong here" in tale.file(number).review
