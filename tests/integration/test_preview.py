"""`mailbot preview` as a person calls it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from mailbot.cli import build
from mailbot.errors import UsageError


@pytest.fixture
def commands() -> typer.Typer:
    return build()


def run(commands: typer.Typer, *arguments: str) -> str:
    result = CliRunner().invoke(commands, ["preview", *arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_it_prints_subject_and_text(commands: typer.Typer) -> None:
    shown = run(commands, "acknowledgment")
    assert shown.startswith("Subject: We have received your request [Case 261121-0000428]\n\nHello,\n")


def test_json_has_the_letter_on_one_line(commands: typer.Typer) -> None:
    shown = json.loads(run(commands, "reminder", "--language", "zh", "--json"))
    assert list(shown) == ["kind", "language", "subject", "text", "html"]
    assert (shown["kind"], shown["language"]) == ("reminder", "zh")
    assert shown["html"].startswith("<!DOCTYPE html>")


def test_html_goes_to_a_file(commands: typer.Typer, tmp_path: Path) -> None:
    assert run(commands, "status", "--language", "es", "--html", str(tmp_path / "letter.html")) == ""
    assert '<html lang="es"' in (tmp_path / "letter.html").read_text("utf-8")


def test_the_desk_of_a_configuration_speaks(commands: typer.Typer, tmp_path: Path) -> None:
    (tmp_path / "mailbot.toml").write_text('[desk]\nname = "Group Desk"\naddress = "groups@plan.example"\n')
    shown = run(commands, "withdrawn", "--config", str(tmp_path / "mailbot.toml"))
    assert "\nGroup Desk\ngroups@plan.example\n" in shown


def test_a_desks_own_templates_are_shown(commands: typer.Typer, tmp_path: Path) -> None:
    (tmp_path / "status" / "en").mkdir(parents=True)
    (tmp_path / "status" / "en" / "subject.txt").write_text("Here you are\n")
    assert run(commands, "status", "--templates", str(tmp_path)).startswith("Subject: Here you are [Case ")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["acknowledgement"], "the letters are acknowledgment, info_request"),
        (["status", "--language", "xx"], "en, es, zh"),
    ],
)
def test_a_wrong_kind_or_language_is_told_what_there_is(commands: typer.Typer, arguments: list[str], told: str) -> None:
    with pytest.raises(UsageError, match=told):
        CliRunner().invoke(commands, ["preview", *arguments], catch_exceptions=False)
