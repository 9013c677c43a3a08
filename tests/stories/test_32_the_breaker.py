"""Story 32: nothing can be sent, and mail is taken in as ever (ATTACKS A094, F56)."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from typer.testing import CliRunner

from mailbot.cases.breaker import PAUSE, REFUSALS
from mailbot.cli import build
from mailbot.replies.outcomes import Later, Refused, Sent
from tests.desks import Desk, open_desk
from tests.mails import MONDAY, mail
from tests.stories.tales import Tale

BLOCKED = Refused(550, "550 5.7.1 your server is on our list")
UNKNOWN = Refused(550, "550 5.1.1 no such user")


def inquiries(desk: Desk, count: int, start: int = 0) -> None:
    """So many people ask something, each from a house of their own."""
    for number in range(start, start + count):
        sender = f"ann@house{number}.example"
        desk.send(mail(f"Question number {number}.", sender=sender), sender)


def states(desk: Desk) -> dict[str, int]:
    """How many letters are in each state."""
    found: dict[str, int] = {}
    for row in desk.letters():
        found[row.state] = found.get(row.state, 0) + 1
    return found


def breaker_line(desk: Desk) -> dict[str, Any]:
    """What `mailbot check` says of the breaker; the check looks at the machine's clock."""
    done = CliRunner().invoke(build(), ["check", "--json", "--config", str(desk.config_file)])
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    return next(row for row in rows if row["name"] == "breaker")


def test_f56_when_all_letters_are_refused_the_rest_wait_and_are_not_used_up(tale: Tale) -> None:
    inquiries(tale.desk, 25)
    tale.courier.outcomes = [BLOCKED] * 25
    tale.desk.deliver()
    assert states(tale.desk) == {"refused": REFUSALS, "due": 25 - REFUSALS}
    inquiries(tale.desk, 5, start=100)
    assert len(tale.desk.cases()) == 30, "mail is taken in as ever"
    tale.desk.deliver()
    assert len(tale.courier.letters) == REFUSALS, "and nothing more is tried"


def test_f56_one_letter_is_tried_after_the_pause_and_with_the_first_accepted_all_go_on(tale: Tale) -> None:
    inquiries(tale.desk, 25)
    tale.courier.outcomes = [BLOCKED] * REFUSALS
    tale.desk.deliver()
    tale.courier.outcomes = [BLOCKED]
    tale.desk.later(PAUSE)
    tale.desk.deliver()
    assert states(tale.desk)["refused"] == REFUSALS + 1
    tale.desk.later(PAUSE - timedelta(minutes=1))
    assert tale.desk.deliver() == 0
    tale.desk.later(timedelta(minutes=1))
    assert tale.desk.deliver() == 14
    assert states(tale.desk) == {"refused": REFUSALS + 1, "sent": 14}


@pytest.mark.parametrize("other", [UNKNOWN, Sent("250 taken"), Later("451 not now")])
def test_refusals_with_other_answers_between_stop_nothing(small_tale: Tale, other: object) -> None:
    """A dead address is not the desk's fault, and a server that takes one letter takes the next."""
    inquiries(small_tale.desk, 24)
    small_tale.courier.outcomes = [BLOCKED, BLOCKED, BLOCKED, other] * 6
    small_tale.desk.deliver()
    assert len(small_tale.courier.letters) == (24 if not isinstance(other, Later) else 13)


def test_f56_no_case_is_closed_while_letters_are_refused(tale: Tale) -> None:
    number = tale.ask_for_pcp()
    tale.on("2026-12-08")
    inquiries(tale.desk, REFUSALS)
    tale.courier.outcomes = [BLOCKED] * REFUSALS
    tale.desk.deliver()
    swept = tale.round()
    assert tale.state(number) == "awaiting_sender"
    assert [each.why for each in swept.waiting if each.number == number] == [
        "the outgoing server refuses all letters, and none is sent: `mailbot check` says since when"
    ]
    inquiries(tale.desk, 1, start=50)
    tale.desk.later(PAUSE)
    tale.round()  # the one letter that is tried is accepted
    assert tale.state(number) == "awaiting_sender"
    tale.round()
    assert tale.state(number) == "closed_no_reply"


def test_f56_where_nothing_else_waits_one_closing_letter_is_the_one_to_try(tale: Tale) -> None:
    numbers = [tale.ask_for_pcp(), tale.ask_for_pcp("I want another doctor, please.")]
    tale.on("2026-12-08")
    inquiries(tale.desk, REFUSALS)
    tale.courier.outcomes = [BLOCKED] * REFUSALS
    tale.desk.deliver()
    tale.desk.later(PAUSE)
    tale.round()
    assert sorted(tale.state(number) for number in numbers) == ["awaiting_sender", "closed_no_reply"]
    tale.round()
    assert {tale.state(number) for number in numbers} == {"closed_no_reply"}


def test_check_tells_since_when_letters_are_stopped_why_and_what_to_do(small_tale: Tale) -> None:
    assert breaker_line(small_tale.desk)["ok"] is True
    inquiries(small_tale.desk, REFUSALS)
    small_tale.courier.outcomes = [BLOCKED] * REFUSALS
    small_tale.desk.deliver()
    line = breaker_line(small_tale.desk)
    assert line["ok"] is False
    assert "since 2026-11-23 09:00, until 2026-11-23 09:15 at least" in line["sentence"]
    assert f"refused the last {REFUSALS} letters" in line["sentence"]
    assert "`mailbot letters --state refused`" in line["sentence"]


def test_a094_an_hour_that_has_had_its_letters_is_told_with_its_end(tmp_path: Any, database_url: str) -> None:
    with open_desk(tmp_path, database_url, outgoing={"in_all_an_hour": 3}) as desk:
        for number in range(5):
            desk.clock.moment = MONDAY + timedelta(minutes=number)
            inquiries(desk, 1, start=number)
        with desk.store.reading() as transaction:
            stopped = transaction.breaker.hour_used_up(3)
        assert stopped is not None
        assert (stopped.since, stopped.until) == (MONDAY + timedelta(minutes=2), MONDAY + timedelta(hours=1))
        assert "outgoing.in_all_an_hour" in stopped.why
        desk.clock.moment = stopped.until
        with desk.store.reading() as transaction:
            assert transaction.breaker.hour_used_up(3) is None
