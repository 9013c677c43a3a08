"""The virus scanner sees a mail before it is read; what it finds is held, and its own troubles stop no other mail."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailbot.config import load
from mailbot.errors import ConfigurationError, ScannerUnavailable
from mailbot.ingest.scanner import Scanner
from mailbot.intake import MAX_ATTEMPTS
from tests.desks import SOON, Desk, open_desk, write_desk
from tests.mails import mail
from tests.servers.clamd import CLEAN, DRIP, EICAR, ERROR, GARBAGE, HANGS_UP, SILENCE, TOO_LARGE, Clamd, running_clamd
from tests.servers.service import command

TROUBLES = [SILENCE, GARBAGE, ERROR, TOO_LARGE, HANGS_UP, DRIP]


@pytest.fixture
def clamd() -> Iterator[Clamd]:
    with running_clamd() as server:
        yield server


@pytest.fixture
def desk(clamd: Clamd, sqlite_url: str, tmp_path: Path) -> Iterator[Desk]:
    with open_desk(tmp_path, sqlite_url, scanner={"clamd": clamd.address, "timeout_seconds": 1}) as opened:
        yield opened


def scanner(clamd: Clamd, seconds: float = 1.0) -> Scanner:
    host, _, port = clamd.address.partition(":")
    return Scanner((host, int(port)), seconds)


def infected(**headers: str) -> bytes:
    return mail(f"Please see the attached form.\n\n{EICAR.decode()}\n", **headers)


def reach_the_last_attempt(desk: Desk) -> None:
    for _ in range(MAX_ATTEMPTS):
        desk.later()
        desk.take_in()


def test_a062_a_mail_with_a_virus_is_held_at_once_and_nobody_is_answered(desk: Desk) -> None:
    assert desk.send(infected()).outcome == "held"
    (held,) = desk.arrivals("held")
    assert held.error == "The virus scanner found Eicar-Test-Signature."
    assert held.attempts == 1
    assert desk.cases() == []
    assert desk.letters() == []


def test_a062_the_raw_mail_of_what_was_held_is_kept(desk: Desk) -> None:
    raw = infected()
    assert desk.raw(desk.send(raw).arrival_id) == raw


def test_a062_the_mails_around_an_infected_one_are_taken_in(desk: Desk) -> None:
    for number, raw in enumerate((mail("one"), infected(), mail("two"))):
        desk.record(raw, sender=f"p{number}@broker.example")
    outcomes = [result.outcome for result in desk.take_in()]
    assert sorted(outcomes) == ["case_opened", "case_opened", "held"]


def test_a062_a_clean_mail_is_shown_whole_and_taken_in(desk: Desk, clamd: Clamd) -> None:
    raw = mail("Please add my son. " * 20_000)
    assert desk.send(raw).outcome == "case_opened"
    assert clamd.seen == [raw]


@pytest.mark.parametrize("trouble", TROUBLES)
def test_a062_a_scanner_in_trouble_holds_what_it_was_asked_about(desk: Desk, clamd: Clamd, trouble: str) -> None:
    clamd.state = trouble
    assert desk.send(mail()).outcome == "stored"
    reach_the_last_attempt(desk)
    (held,) = desk.arrivals("held")
    assert held.error is not None
    assert "virus scanner" in held.error
    assert desk.cases() == []


def test_a062_a_scanner_that_comes_back_in_time_costs_nothing(desk: Desk, clamd: Clamd) -> None:
    clamd.state = HANGS_UP
    assert desk.send(mail()).outcome == "stored"
    clamd.state = CLEAN
    desk.later()
    assert [result.outcome for result in desk.take_in()] == ["case_opened"]


def test_a062_mail_comes_in_while_the_scanner_is_down(sqlite_url: str, tmp_path: Path) -> None:
    with open_desk(tmp_path, sqlite_url, scanner={"socket": "no-such.sock", "timeout_seconds": 1}) as desk:
        for number in range(3):
            desk.record(mail(f"inquiry {number}"), sender=f"p{number}@broker.example")
        reach_the_last_attempt(desk)
        assert len(desk.arrivals("held")) == 3
        assert desk.record(mail("one more")).new


def test_a062_what_staff_let_go_on_is_shown_again(desk: Desk, clamd: Clamd) -> None:
    raw = infected()
    result = desk.send(raw)
    clamd.seen.clear()
    told = command(desk.config_file, "retry", str(result.arrival_id), "--json", now=desk.clock.now() + SOON)
    assert json.loads(told.stdout)["outcome"] == "held"
    assert clamd.seen == [raw]


def test_a062_a_held_mail_of_a_known_sender_keeps_the_case_open(desk: Desk) -> None:
    number = desk.send(mail()).case_number
    held = desk.send(infected(subject=f"Re: [Case {number}]"))
    case = desk.case(number)
    with desk.store.reading() as transaction:
        assert transaction.held.for_case(case.case_id, case.opened_at) == (held.arrival_id,)


def test_a_signature_name_cannot_say_what_it_likes(clamd: Clamd) -> None:
    clamd.name = b"Evil\n<b>name</b> " + b"x" * 500
    found = scanner(clamd)(EICAR)
    assert found.startswith("Evil_b_name_/b_")
    assert len(found) == 80


@pytest.mark.parametrize("trouble", TROUBLES)
def test_no_clear_answer_is_never_taken_for_clean(clamd: Clamd, trouble: str) -> None:
    clamd.state = trouble
    with pytest.raises(ScannerUnavailable):
        scanner(clamd, 0.3)(b"x" * 200_000)


def test_a_mail_that_is_too_large_is_told_with_the_remedy(clamd: Clamd) -> None:
    clamd.state = TOO_LARGE
    with pytest.raises(ScannerUnavailable, match="StreamMaxLength"):
        scanner(clamd)(b"x" * 5_000_000)


@pytest.mark.parametrize("raw", [b"", b"x", b"x" * 65_536, b"x" * 65_537, bytes(range(256)) * 2000])
def test_every_byte_of_a_mail_is_shown(clamd: Clamd, raw: bytes) -> None:
    assert scanner(clamd)(raw) == ""
    assert clamd.seen == [raw]


def test_a_unix_socket_serves_too(tmp_path: Path) -> None:
    with running_clamd(tmp_path / "c.sock") as clamd:
        ours = Scanner(Path(clamd.address), 1.0)
        assert ours(b"clean") == ""
        assert ours(b"a" + EICAR) == "Eicar-Test-Signature"
        assert ours.trouble() is None


@pytest.mark.parametrize(("state", "fine"), [(CLEAN, True), (GARBAGE, False), (SILENCE, False), (HANGS_UP, False)])
def test_the_check_says_whether_it_answers(clamd: Clamd, state: str, fine: bool) -> None:
    clamd.state = state
    assert (scanner(clamd, 0.3).trouble() is None) is fine


def test_mailbot_check_tells_of_the_scanner(clamd: Clamd, sqlite_url: str, tmp_path: Path) -> None:
    config = write_desk(tmp_path, sqlite_url, scanner={"clamd": clamd.address, "timeout_seconds": 1})
    assert b"clamd answers" in command(config, "check").stdout
    clamd.state = HANGS_UP
    assert b"see that clamd runs" in command(config, "check").stdout


def test_only_this_machine_can_be_named(sqlite_url: str, tmp_path: Path) -> None:
    config = write_desk(tmp_path, sqlite_url, scanner={"clamd": "198.51.100.7:3310"})
    with pytest.raises(ConfigurationError, match="an address of this machine"):
        load(config, {})
