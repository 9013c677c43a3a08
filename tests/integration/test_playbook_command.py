"""`mailbot playbook check` explains mistakes with line and key, and its exit status tells how bad they are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from mailbot.classify.playbook import shipped
from mailbot.cli import build
from mailbot.errors import UsageError


def check(*arguments: str) -> Any:
    result = CliRunner().invoke(build(), ["playbook", "check", *arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture
def playbook(tmp_path: Path) -> Path:
    path = tmp_path / "playbook.toml"
    path.write_text(shipped())
    return path


def test_the_shipped_playbook_is_in_order(playbook: Path) -> None:
    result = check(str(playbook))
    assert result.exit_code == 0, result.output
    assert "is in order" in result.stderr


def test_a_playbook_that_cannot_be_used_ends_with_2_and_names_the_line(playbook: Path) -> None:
    lines = shipped().splitlines()
    wrong = next(number for number, line in enumerate(lines) if line.startswith("reply_within"))
    lines[wrong] = 'reply_within = "soon"'
    playbook.write_text("\n".join(lines))
    result = check(str(playbook), "--json")
    assert result.exit_code == 2
    [row] = map(json.loads, result.stdout.splitlines())
    assert (row["line"], row["fatal"]) == (wrong + 1, True)
    assert "reply_within" in row["key"]


def test_without_a_file_the_playbook_of_the_configuration_is_checked(playbook: Path) -> None:
    config = playbook.with_name("mailbot.toml")
    config.write_text(
        '[desk]\nname = "Desk"\naddress = "enrollment@desk.example"\n[playbook]\nfile = "playbook.toml"\n'
    )
    assert check("--config", str(config)).exit_code == 0


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "playbook.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UsageError, match="playbook.toml"):
        check(str(path))
