"""What time does, by command: `tick` reminds, closes and says what waits; `case` and `check` say what is lacking."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from typing import Any

import pytest
from typer.testing import CliRunner

from mailbot.cli import build
from mailbot.clock import SystemClock
from mailbot.mail import Envelope
from mailbot.store.arrivals import NewArrival
from mailbot.store.evidence import LISTENER
from tests.desks import Desk
from tests.mails import DESK, mail
from tests.stories.tales import Tale


def run(desk: Desk, *arguments: str, now: str) -> Any:
    options = ["--config", str(desk.config_file), "--now", f"{now}-05:00"]
    return CliRunner().invoke(build(), [*arguments, *options])


def rows(desk: Desk, *arguments: str, now: str) -> dict[str, Any]:
    result = run(desk, *arguments, "--json", now=now)
    assert result.exit_code in (0, 1), result.output
    row: dict[str, Any] = json.loads(result.stdout)
    return row


def sheet(desk: Desk, number: str, now: str) -> str:
    """The case as a person sees it, whatever the width of its columns."""
    return " ".join(run(desk, "case", number, now=now).stdout.split())


@pytest.fixture
def number(small_desk: Desk) -> str:
    """A case that waits for its sender since Monday."""
    return Tale(small_desk).ask_for_pcp()


def test_tick_reminds_and_closes(small_desk: Desk, number: str) -> None:
    early = rows(small_desk, "tick", now="2026-11-25T09:00")
    assert (early["polled"], early["taken"], early["held"], early["waiting"]) == ({}, 0, 0, [])
    assert (early["reminded"], early["closed"], early["delivered"]) == (0, 0, 0)
    reminded = rows(small_desk, "tick", now="2026-11-30T09:00")
    assert (reminded["reminded"], reminded["closed"], reminded["delivered"]) == (1, 0, 1)
    closed = rows(small_desk, "tick", now="2026-12-04T09:00")
    assert (closed["reminded"], closed["closed"], closed["delivered"]) == (0, 1, 1)
    assert rows(small_desk, "case", number, now="2026-12-04T10:00")["state"] == "closed_no_reply"
    again = rows(small_desk, "tick", now="2026-12-05T09:00")
    assert (again["reminded"], again["closed"], again["delivered"]) == (0, 0, 0)


def test_tick_and_case_say_what_proof_is_lacking(small_desk: Desk, number: str) -> None:
    desk = small_desk
    with desk.store.writing() as transaction:
        held = transaction.arrivals.refuse(_unread(desk), "too big").arrival_id
    assert rows(desk, "case", number, now="2026-12-03T09:00")["waiting"] is None
    lacking = f"arrival {held} is held and may belong here: `mailbot release {held}` lets it go on"
    assert rows(desk, "tick", now="2026-12-04T09:00")["waiting"] == [{"case": number, "why": lacking}]
    case = rows(desk, "case", number, now="2026-12-04T10:00")
    assert (case["state"], case["waiting"]) == ("awaiting_sender", lacking)
    assert ("closing_waited", lacking) in [(event["kind"], event["why"]) for event in case["events"]]
    assert f"overdue and not closed: {lacking}" in sheet(desk, number, now="2026-12-04T10:00")
    shown = run(desk, "tick", now="2026-12-04T11:00").stdout
    assert f"{number} is past its deadline and stays open: {lacking}" in shown


def overdue(desk: Desk, why: str, now: str) -> Any:
    """`tick` at this time, while one case waits for this proof."""
    done = run(desk, "tick", now=now)
    assert f"stays open: {why}" in done.stdout
    return done


def test_tick_ends_with_1_where_a_case_waits_for_something_that_somebody_has_to_do(
    small_desk: Desk, number: str
) -> None:
    """No arrival is held and no mailbox is in trouble: what is lacking is the only thing that needs attention."""
    with small_desk.store.writing() as transaction:
        case_id = transaction.cases.find(number) or 0
        transaction.cases.ask_review(case_id, ["261123-0000001 may belong here"])
    done = overdue(small_desk, "261123-0000001 may belong here: look at it", "2026-12-04T11:00")
    assert done.exit_code == 1
    assert "1 case is past the deadline, and it stays open until what is lacking is done" in done.stderr


def test_tick_ends_with_0_where_what_is_lacking_comes_by_itself(small_desk: Desk, number: str) -> None:
    """After an outage of the listener a day goes by in which other servers bring what they kept."""
    Tale(small_desk).on("2026-12-04 10:58")
    with small_desk.store.writing() as transaction:
        transaction.watches.beat(LISTENER, unbroken=False)
    done = overdue(small_desk, "the listener was down; until 2026-12-05 15:58 UTC", "2026-12-04T11:00")
    assert (done.exit_code, done.stderr) == (0, "")
    with small_desk.store.reading() as transaction:
        assert transaction.cases.read(transaction.cases.find(number) or 0).state == "awaiting_sender"


def listener_line(desk: Desk, beaten: timedelta | None, since: timedelta) -> dict[str, Any] | None:
    """What `check` says of a listener that was open from then until then, before now."""
    now = SystemClock().now()
    if beaten is not None:
        for ago in (since, beaten):
            desk.clock.moment = now - ago
            with desk.store.writing() as transaction:
                transaction.watches.beat(LISTENER, unbroken=ago is beaten)
    done = CliRunner().invoke(build(), ["check", "--json", "--config", str(desk.config_file)])
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return next((line for line in lines if line["name"] == "listener"), None)


@pytest.mark.parametrize(
    ("beaten", "since", "ok", "said"),
    [
        (timedelta(0), timedelta(days=3), True, "open without a gap since"),
        (
            timedelta(0),
            timedelta(hours=2),
            True,
            "no case is closed for want of a reply: other servers may still bring",
        ),
        (timedelta(hours=1), timedelta(days=3), False, "start `mailbot serve`"),
    ],
)
def test_f36_check_says_what_an_outage_of_the_listener_keeps_open(
    small_desk: Desk, beaten: timedelta, since: timedelta, ok: bool, said: str
) -> None:
    line = listener_line(small_desk, beaten, since)
    assert line is not None
    assert line["ok"] is ok
    assert said in line["sentence"]


def test_check_says_nothing_of_a_listener_that_was_never_opened(small_desk: Desk) -> None:
    assert listener_line(small_desk, None, timedelta(0)) is None


def test_case_shows_the_clock(small_desk: Desk, number: str) -> None:
    case = rows(small_desk, "case", number, now="2026-11-24T09:00")
    assert case["reply_due"] == "2026-12-04T04:59:59.999999+00:00"
    assert case["remind_at"] == "2026-11-28T04:59:59.999999+00:00"
    shown = sheet(small_desk, number, now="2026-11-24T09:00")
    assert "reply by Thu 2026-12-03 23:59" in shown
    assert "reminder Fri 2026-11-27 23:59" in shown
    with small_desk.store.writing() as transaction:
        case_id = transaction.cases.find(number) or 0
        transaction.cases.stop_clock(case_id, "the info_request could not be delivered")
    shown = sheet(small_desk, number, now="2026-11-24T09:00")
    assert "clock stands still: the info_request could not be delivered" in shown


@pytest.mark.parametrize(
    ("place", "fine", "said"),
    [
        ("US", True, "those of US are known for this year and the next"),
        ("QQ", False, "no case is closed for want of a reply"),
    ],
)
def test_f43_check_says_whether_holidays_are_known(small_desk: Desk, place: str, fine: bool, said: str) -> None:
    file = small_desk.config_file
    file.write_text(file.read_text("utf-8").replace("[desk]", f'[desk]\nholidays = "{place}"'), "utf-8")
    lines = run(small_desk, "check", "--json", now="2026-11-24T09:00").stdout.splitlines()
    (check,) = [row for row in map(json.loads, lines) if row["name"] == "holidays"]
    assert check["ok"] is fine
    assert said in check["sentence"]


def _unread(desk: Desk) -> NewArrival:
    return NewArrival(mail("Far too big."), Envelope(None, (DESK,)), "imap:enrollment", desk.clock.now())


def test_the_service_watches_over_its_listener_and_sweeps(small_desk: Desk, number: str) -> None:
    """A rehearsal's clock jumps a fortnight while the service is up: that is no outage, and the case is closed."""
    tale, pause = Tale(small_desk), threading.Event()
    service = small_desk.app.service()
    service.start()
    try:
        for _ in range(600):
            with small_desk.store.reading() as transaction:
                watch = transaction.watches.get(LISTENER)
            if watch or pause.wait(0.05):
                break
        assert watch
        tale.on("2026-12-10")
        service.beat()
        small_desk.app.timekeeper.sweep()  # the service's own sweep may have come first
    finally:
        assert service.stop() == ()
    assert tale.state(number) == "closed_no_reply"
    # Once it is down, another case of that desk is not closed.
    other = tale.ask_for_pcp()
    tale.on("2027-01-10")
    (waiting,) = small_desk.app.timekeeper.sweep().waiting
    assert (waiting.number, waiting.why.partition(":")[0]) == (other, "the listener does not run")
