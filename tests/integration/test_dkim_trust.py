"""A desk that checks DKIM signatures itself: what a signature proves, what it does not, and what a lost key changes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from mailbot.cli import build
from mailbot.intake import TakenIn
from tests.desks import Desk, open_desk
from tests.mails import mail
from tests.servers.nameserver import SERVFAIL, SILENCE, Zone, name_server
from tests.signing import Signer

BROKER, EVIL = Signer("broker.example"), Signer("evil.example")
AGENCY = Signer("mail.broker.example")
PASSED = "Authentication-Results: mx.desk.example; dmarc=pass header.from=broker.example\r\n"
DENIED = "Authentication-Results: mx.desk.example; dmarc=fail header.from=broker.example\r\n"


@pytest.fixture
def zone() -> Iterator[Zone]:
    with name_server() as running:
        for signer in (BROKER, EVIL, AGENCY):
            running.records[signer.name] = [signer.record]
        yield running


@pytest.fixture
def strict(zone: Zone, sqlite_url: str, tmp_path: Path) -> Iterator[Desk]:
    """A reply counts only when authentication passed."""
    with open_desk(tmp_path / "desk", sqlite_url, trust=trust(zone, require_pass=True)) as desk:
        yield desk


@pytest.fixture
def lenient(zone: Zone, sqlite_url: str, tmp_path: Path) -> Iterator[Desk]:
    """A reply counts unless authentication failed, which is the default."""
    with open_desk(tmp_path / "desk", sqlite_url, trust=trust(zone)) as desk:
        yield desk


def trust(zone: Zone, **more: Any) -> dict[str, Any]:
    return {"verify_dkim": True, "resolver": zone.address, "authserv_ids": ["mx.desk.example"], **more}


def answered(desk: Desk, signer: Signer | None = BROKER, prefix: str = "", **headers: Any) -> TakenIn:
    """Dana's mail opens a case; what becomes of an answer that shows its number and says that it is hers."""
    opened = desk.send(mail())
    raw = mail("Here is more.", subject=f"Re: [Case {opened.case_number}]", **headers)
    signed = signer.sign(raw) if signer else raw
    result = desk.send(prefix.encode() + signed)
    assert (result.case_number == opened.case_number) == (result.outcome == "appended")
    return result


def counts(result: TakenIn) -> bool:
    """Whether the answer was taken for Dana's; if not it opened a case for staff to look at."""
    assert result.outcome in ("appended", "case_opened")
    return result.outcome == "appended"


def test_the_signature_of_the_from_domain_is_proof(strict: Desk, zone: Zone) -> None:
    assert counts(answered(strict))
    assert BROKER.name in zone.asked


def test_a_signature_within_the_organisation_is_proof(strict: Desk) -> None:
    assert counts(answered(strict, AGENCY))


def test_without_a_signature_nothing_is_proven(strict: Desk) -> None:
    assert not counts(answered(strict, None))


def test_without_a_signature_nothing_is_denied(lenient: Desk, zone: Zone) -> None:
    assert counts(answered(lenient, None))
    assert zone.asked == []


def test_a068_the_signature_of_another_domain_is_no_proof(strict: Desk) -> None:
    assert not counts(answered(strict, EVIL))


def test_a069_a_signature_of_the_from_domain_that_does_not_hold_is_a_denial(lenient: Desk, zone: Zone) -> None:
    zone.records[BROKER.name] = [EVIL.record]
    assert not counts(answered(lenient))


def test_f52_a_key_that_cannot_be_looked_up_now_denies_nothing(lenient: Desk, zone: Zone) -> None:
    zone.records[BROKER.name] = SERVFAIL
    assert counts(answered(lenient))


def test_f52_a_key_that_cannot_be_looked_up_now_proves_nothing(strict: Desk, zone: Zone) -> None:
    zone.records[BROKER.name] = SERVFAIL
    assert not counts(answered(strict))


def test_f52_a_silent_name_server_holds_up_nobody(lenient: Desk, zone: Zone) -> None:
    zone.trouble = SILENCE
    for number in range(4):
        lenient.record(Signer(f"d{number}.example", key=BROKER.key).sign(mail(f"inquiry {number}")))
    assert [result.outcome for result in lenient.take_in()] == ["case_opened"] * 4
    assert [row.attempts for row in lenient.arrivals()] == [1] * 4


@pytest.mark.parametrize(("results", "expected"), [(PASSED, True), (DENIED, False)])
def test_a037_where_our_mail_server_has_checked_its_word_stands(
    strict: Desk, zone: Zone, results: str, *, expected: bool
) -> None:
    assert counts(answered(strict, prefix=results)) is expected
    assert zone.asked == []


def test_a037_results_that_a_stranger_wrote_do_not_stand_for_a_signature(strict: Desk) -> None:
    foreign = PASSED.replace("mx.desk.example", "mx.evil.example")
    assert not counts(answered(strict, EVIL, prefix=foreign))
    assert counts(answered(strict, BROKER, prefix=foreign.replace("pass", "none")))


def test_a034_a_second_from_is_not_covered_by_the_signature_of_the_first(lenient: Desk) -> None:
    assert not counts(answered(lenient, prefix="From: Eve <eve@evil.example>\r\n"))


def test_a034_a_signed_name_that_shows_another_address_fails(lenient: Desk) -> None:
    opened = lenient.send(mail())
    sender = '"dana@broker.example" <eve@evil.example>'
    raw = EVIL.sign(mail("More.", sender=sender, subject=f"Re: [Case {opened.case_number}]"))
    assert not counts(lenient.send(raw, "eve@evil.example"))


def test_a035_a036_signed_claims_of_another_sender_prove_nothing(strict: Desk) -> None:
    opened = strict.send(mail())
    headers = {"reply_to": "dana@broker.example", "return_path": "<dana@broker.example>"}
    raw = mail("More.", sender="Eve <eve@evil.example>", subject=f"Re: [Case {opened.case_number}]", **headers)
    assert not counts(strict.send(EVIL.sign(raw), "eve@evil.example"))


def test_a_desk_that_has_not_asked_for_it_asks_no_name_server(zone: Zone, sqlite_url: str, tmp_path: Path) -> None:
    with open_desk(tmp_path / "desk", sqlite_url, trust={"resolver": zone.address}) as desk:
        assert counts(answered(desk, EVIL))
    assert zone.asked == []


def checked(config: Path) -> dict[str, Any]:
    """What `mailbot check` says of trust; nothing where it says nothing."""
    result = CliRunner().invoke(build(), ["check", "--json", "--config", str(config)])
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    return next((row for row in rows if "trust" in row.values()), {})


def test_check_says_whether_the_name_server_answers(lenient: Desk, zone: Zone) -> None:
    assert checked(lenient.config_file)["ok"]
    zone.trouble = SERVFAIL
    told = checked(lenient.config_file)
    assert not told["ok"]
    assert "trust.resolver" in json.dumps(told)


def test_check_says_nothing_of_name_servers_to_a_desk_that_needs_none(small_desk: Desk) -> None:
    assert checked(small_desk.config_file) == {}


@pytest.mark.parametrize("given", ["dns.example:53", "127.0.0.1", "127.0.0.1:dns"])
def test_a_name_server_is_named_by_its_number(tmp_path: Path, sqlite_url: str, given: str) -> None:
    with (
        pytest.raises(Exception, match="resolver must be a number and a port"),
        open_desk(tmp_path / "desk", sqlite_url, trust={"resolver": given}),
    ):
        raise AssertionError("it was taken")
