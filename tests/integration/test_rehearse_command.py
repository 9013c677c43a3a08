"""`mailbot rehearse`: what a new playbook would change, from files and from the desk's own mail; nothing is touched."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from mailbot.classify.playbook import shipped
from mailbot.cli import build
from mailbot.errors import UsageError
from tests.desks import Desk
from tests.mails import mail

TERM = mail("Please terminate coverage for Tiffany Oyelaran, group 28850, as of 11/30/2026.", subject="Termination")
ADD = mail("Please add the new hire Ann Lee to group 28850 effective 12/1/2026.", subject="New hire enrollment")


def run(desk: Desk, *arguments: str) -> Any:
    result = CliRunner().invoke(build(), ["rehearse", *arguments, "--config", str(desk.config_file)])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def rows(result: Any) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture
def new_playbook(tmp_path: Path) -> Path:
    """Terminations go to another team and need a form."""
    head, code, tail = shipped().partition('code = "eligibility.termination"')
    section, bracket, rest = tail.partition("[[category]]")
    lines = [line for line in section.splitlines() if not line.startswith(("team", "documents"))]
    changed = "\n".join([*lines, 'team = "Departures"', 'documents = ["enrollment_form"]', "\n"])
    path = tmp_path / "new.toml"
    path.write_text(head + code + changed + bracket + rest, "utf-8")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "mails"
    path.mkdir()
    (path / "term.eml").write_bytes(TERM)
    (path / "add.eml").write_bytes(ADD)
    return path


def test_pain_14_only_what_would_change_is_listed(small_desk: Desk, folder: Path, new_playbook: Path) -> None:
    result = run(small_desk, str(folder), "--playbook", str(new_playbook), "--json")
    [row] = rows(result)
    assert row["file"] == "term.eml"
    assert row["changes"] == ["team", "missing", "letter"]
    assert row["new"]["team"] == "Departures"
    assert set(row["new"]["missing"]) - set(row["today"]["missing"]) == {"enrollment_form"}
    assert "1 of 2 mails would be treated differently" in result.stderr
    assert "nothing was changed or sent" in result.stderr


def test_a_person_sees_what_would_become_of_the_letter(small_desk: Desk, folder: Path, new_playbook: Path) -> None:
    shown = run(small_desk, str(folder / "term.eml"), "--playbook", str(new_playbook)).stdout
    assert "-> Departures" in shown
    assert "acknowledgment" in shown
    assert "-> info_request" in shown
    assert "category" not in shown


def test_the_desks_own_mail_is_rehearsed_and_nothing_of_it_changes(small_desk: Desk, new_playbook: Path) -> None:
    small_desk.send(TERM)
    small_desk.send(ADD)
    before = (small_desk.cases(), small_desk.letters(), small_desk.arrivals())
    result = run(small_desk, "--arrivals", "--playbook", str(new_playbook), "--json")
    assert [row["changes"] for row in rows(result)] == [["team", "missing", "letter"]]
    assert (small_desk.cases(), small_desk.letters(), small_desk.arrivals()) == before


def test_without_a_new_playbook_every_mail_is_listed_as_it_would_be_treated_today(
    small_desk: Desk, folder: Path
) -> None:
    result = run(small_desk, str(folder))
    assert "term.eml (inquiry)" in result.stdout
    assert "eligibility.termination" in result.stdout
    assert "->" not in result.stdout
    assert "2 mails: nothing would change" in result.stderr


def test_one_of_files_and_arrivals_must_be_named(small_desk: Desk, folder: Path) -> None:
    for arguments in ((), (str(folder), "--arrivals")):
        with pytest.raises(UsageError, match="--arrivals"):
            run(small_desk, *arguments)
