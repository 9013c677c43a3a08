"""The commands of casework as staff type them: what they print, what they refuse, and with which exit status."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest
from typer.testing import CliRunner

from mailbot.cli import build
from mailbot.errors import UsageError
from tests.desks import Desk
from tests.mails import EVE
from tests.understood import COMMENTS, INCOMPLETE, opened


def run(desk: Desk, *arguments: str, stdin: bytes | None = None) -> Any:
    """The result of a command at this desk, typed a second later; what it raises is raised."""
    desk.later(timedelta(seconds=1))
    options = ["--config", str(desk.config_file), "--now", desk.clock.now().isoformat()]
    result = CliRunner().invoke(build(), [*arguments, *options], input=stdin)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_every_act_has_its_command(small_desk: Desk) -> None:
    desk = small_desk
    number, other = opened(desk, INCOMPLETE), opened(desk, INCOMPLETE, sender=EVE, text="Other words.")
    steps = [
        (("assign", number, "ben"), f"{number} is Incomplete\n"),
        (("note", number, "She calls back."), f"{number} is Incomplete\n"),
        (("ask", number, "enrollment_form"), f"{number} is Incomplete; info_request to dana@broker.example\n"),
        (("recategorize", number, "billing.delinquency"), f"{number} is Pending\n"),
        (("withdraw", number), f"{number} is Withdrawn; withdrawn to dana@broker.example\n"),
        (("reopen", number), f"{number} is Pending\n"),
        (("close", number), f"{number} is Closed, no reply; closed_no_reply to dana@broker.example\n"),
        (("reopen", number), f"{number} is Pending\n"),
        (("review", number), f"{number} is Pending\n"),
        (("merge", other, number), f"{number} is Pending\n"),
        (("resolve", number, "--comments", COMMENTS), f"{number} is Completed; resolution to dana@broker.example"),
    ]
    for arguments, said in steps:
        result = run(desk, *arguments, "--actor", "ann")
        assert result.stdout.startswith(said), arguments
        assert result.exit_code == 0
    assert {event.actor for event in desk.events(number)} == {"intake", "ann"}


def test_what_came_of_it_as_json(small_desk: Desk) -> None:
    number = opened(small_desk)
    row = json.loads(run(small_desk, "resolve", number, "--comments", COMMENTS, "--json").stdout)
    assert row == {
        "number": number,
        "state": "resolved",
        "letters": [{"kind": "resolution", "to": "dana@broker.example"}],
        "also": [],
        "remarks": [],
    }


def test_comments_and_notes_come_from_standard_input_too(small_desk: Desk) -> None:
    number = opened(small_desk)
    run(small_desk, "note", number, "-", stdin="两行\nzwei".encode())
    assert small_desk.thread(number)[-1].text == "两行\nzwei"
    with pytest.raises(UsageError, match="is not UTF-8"):
        run(small_desk, "resolve", number, "--comments", "-", stdin=b"\xff\xfe")


def test_without_a_name_it_is_the_user_of_the_operating_system(small_desk: Desk, monkeypatch: Any) -> None:
    monkeypatch.setenv("LOGNAME", "carla")
    number = opened(small_desk)
    run(small_desk, "note", number, "x")
    assert small_desk.events(number)[-1].actor == "carla"


@pytest.mark.parametrize("actor", ["", " ", "a\tb", "x" * 101])
def test_an_actor_is_a_name(small_desk: Desk, actor: str) -> None:
    with pytest.raises(UsageError, match="--actor takes a name"):
        run(small_desk, "close", opened(small_desk), "--actor", actor)


def test_assigning_needs_somebody_or_nobody(small_desk: Desk) -> None:
    number = opened(small_desk)
    for arguments in (("assign", number), ("assign", number, "ann", "--nobody")):
        with pytest.raises(UsageError, match="or --nobody"):
            run(small_desk, *arguments)
    run(small_desk, "assign", number, "ann")
    run(small_desk, "assign", number, "--nobody")
    assert small_desk.case(number).assignee is None


def test_who_names_a_merged_case_is_told_where_it_went(small_desk: Desk) -> None:
    number, other = opened(small_desk), opened(small_desk, sender=EVE, text="Other words.")
    run(small_desk, "merge", other, number)
    assert run(small_desk, "note", other, "x").stderr == f"Case {other} was merged into {number}.\n"


def test_what_the_state_forbids_ends_with_a_sentence_and_status_2(small_desk: Desk) -> None:
    number = opened(small_desk)
    run(small_desk, "resolve", number, "--comments", COMMENTS)
    command = [sys.executable, "-m", "mailbot", "withdraw", number, "--config", str(small_desk.config_file)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 2
    assert ended.stderr == (
        f"mailbot: case {number} is resolved: it cannot be withdrawn as it is; "
        f"`mailbot reopen {number}` opens it again\n"
    )


def test_a_letter_of_a_real_case_is_shown_and_not_sent(small_desk: Desk) -> None:
    number = opened(small_desk, INCOMPLETE)
    shown = run(small_desk, "preview", "info_request", "--case", number, "--language", "es").stdout
    assert number in shown
    assert "1. " in shown
    assert len(small_desk.letters()) == 1
    with pytest.raises(UsageError, match="leave --templates out"):
        run(small_desk, "preview", "info_request", "--case", number, "--templates", ".")
    with pytest.raises(UsageError, match="There is no letter"):
        run(small_desk, "preview", "hello", "--case", number)
