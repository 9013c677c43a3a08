"""Whether a mail of staff is proven, whether its commands are for now, and whom it went to."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from mailbot.mail import Address, Authenticity, Envelope, Verdict
from mailbot.staff_mail.reading import MOST_OUTSIDE, why_no_commands, why_not_proven, written_to
from tests.mails import ALIAS, DESK, MONDAY, OWN, message

ANN = "ann@plan.example"
PASSED = Authenticity(Verdict.PASS)


def proven(authenticity: Authenticity = PASSED, envelope: str | None = ANN, **changes: Any) -> str:
    return why_not_proven(message(ANN, **changes), Envelope(envelope), authenticity)


def test_a_mail_that_passed_is_theirs() -> None:
    assert proven() == ""
    assert proven(envelope=None) == ""  # IMAP does not tell the envelope
    assert proven(headers=(("sender", "Ann Lee <ann@plan.example>"),)) == ""


@pytest.mark.parametrize("verdict", [Verdict.NONE, Verdict.FAIL])
def test_a079_without_proof_it_is_not(verdict: Verdict) -> None:
    assert "nothing proves" in proven(Authenticity(verdict))


def test_a_mail_without_a_return_path_is_a_machines() -> None:
    assert "no return path" in proven(envelope="")


@pytest.mark.parametrize(
    "headers",
    [
        (("sender", "eve@plan.example"),),
        (("sender", ""),),
        (("sender", "ann@plan.example"), ("sender", "eve@plan.example")),
        (("sender", "ann@plan.example, eve@plan.example"),),
    ],
)
def test_a080_another_sender_beside_from_is_somebody_else(headers: tuple[tuple[str, str], ...]) -> None:
    assert "somebody else" in proven(headers=headers)


def commands(received: timedelta = timedelta(), **changes: Any) -> str:
    return why_no_commands(message(ANN, **changes), OWN, MONDAY + received)


def test_commands_are_for_a_day() -> None:
    assert commands() == commands(timedelta(hours=24)) == ""
    assert "more than a day ago" in commands(timedelta(hours=24, seconds=1))
    assert "no date" in commands(date=None)


def test_clocks_may_differ_a_little() -> None:
    assert commands(timedelta(hours=-1)) == ""
    assert "ahead" in commands(timedelta(hours=-1, seconds=-1))


def test_commands_are_addressed_to_the_desk() -> None:
    assert commands(to=(Address("dana@broker.example"),), cc=(Address(ALIAS),)) == ""
    assert commands(to=(Address("enrollment+token@desk.example"),)) == ""
    assert "neither in To nor in Cc" in commands(to=(Address("dana@broker.example"),))
    assert "neither in To nor in Cc" in commands(to=())


def addressed(*to: str, staff: frozenset[str] = frozenset()) -> list[str]:
    found = written_to(message(ANN, to=tuple(map(Address, to)), cc=(Address("Cleo@x.example"),)), OWN, staff)
    return [address.address for address in found]


def test_those_outside_are_neither_the_desk_nor_staff_nor_twice_there() -> None:
    everybody = (DESK, "dana@broker.example", ALIAS, "ben@plan.example", "cleo@X.example", "nobody", "a b@c.example")
    assert addressed(*everybody, staff=frozenset({"ben@plan.example"})) == ["dana@broker.example", "Cleo@x.example"]


def test_a_long_list_of_people_is_cut() -> None:
    assert len(addressed(*(f"p{n}@x.example" for n in range(500)))) == MOST_OUTSIDE


def test_who_stands_behind_many_of_the_desks_own_is_still_found() -> None:
    assert addressed(*[DESK] * 30, "dana@broker.example") == ["dana@broker.example", "Cleo@x.example"]
