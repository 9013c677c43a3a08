"""A broker mails a Social Security number: the letter warns without repeating it, and staff see it masked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mailbot.app import opened
from mailbot.cli import build
from mailbot.clock import SetClock
from mailbot.config import load
from tests.desks import Desk, text_of, write_desk
from tests.mails import MONDAY, mail

WARNING = "a Social Security number"
NUMBER = "900-41-7725"
TEXT = f"Please terminate Tiffany Oyelaran, SSN {NUMBER}, group 28850, as of the end of the month."


@pytest.fixture
def real_desk(sqlite_url: str, tmp_path: Path) -> Iterator[Desk]:
    """A desk that understands its mail as the service does."""
    path, clock = write_desk(tmp_path / "desk", sqlite_url), SetClock(MONDAY)
    with opened(load(path, {}), clock) as app:
        yield Desk(app, clock, path)


def said(desk: Desk) -> str:
    """The text of the one letter, without line breaks."""
    (letter,) = desk.letters()
    return " ".join(text_of(desk.letter(letter)).split())


@pytest.mark.parametrize("written", [NUMBER, "900 41 7725", "900417725"])
def test_the_sender_is_warned_and_nobody_is_shown_the_number(real_desk: Desk, written: str) -> None:
    taken = real_desk.send(mail(TEXT.replace(NUMBER, written), subject=f"SSN {written}"))
    assert taken.category == "eligibility.termination"
    assert WARNING in said(real_desk)
    assert "7725" not in said(real_desk)
    for options in ((), ("--json",)):
        arguments = ["case", str(taken.case_number), "--config", str(real_desk.config_file), *options]
        shown = CliRunner().invoke(build(), arguments)
        assert shown.exit_code == 0
        assert written not in shown.output
        assert "7725" in shown.output


def test_who_sends_none_is_not_warned(real_desk: Desk) -> None:
    real_desk.send(mail(TEXT.replace(NUMBER, "on file"), subject="Termination"))
    assert WARNING not in said(real_desk)
