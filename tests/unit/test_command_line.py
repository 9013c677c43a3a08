"""Commands that need no desk start without one; which module has a command makes no difference to its user."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import typer.main

from mailbot.cli import ALONE, MODULES, build

ROOT = Path(__file__).parents[2]


def names(modules: tuple[str, ...]) -> dict[str, str]:
    """The commands of these modules, each with its help."""
    commands = typer.main.get_command(build(modules)).commands  # type: ignore[attr-defined]
    return {name: command.help or "" for name, command in commands.items()}


def test_the_whole_command_line_has_every_module() -> None:
    folder = ROOT / "mailbot" / "cli"
    having_commands = {path.stem for path in folder.glob("*.py") if "def register(" in path.read_text("utf-8")}
    assert set(MODULES) == having_commands
    assert len(MODULES) == len(set(MODULES))


@pytest.mark.parametrize(("command", "module"), ALONE.items())
def test_a_command_that_is_loaded_alone_is_the_same_command(command: str, module: str) -> None:
    assert names((module,)).items() <= names(MODULES).items()
    assert command in names((module,))


@pytest.mark.parametrize("command", ALONE)
def test_a_command_that_is_loaded_alone_loads_no_database(command: str) -> None:
    mail = next((ROOT / "tests" / "mail").glob("*.eml"))
    run = (
        f"import sys; sys.argv = ['mailbot', '{command}', '--json', {str(mail)!r}]\n"
        "from mailbot.cli import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code, end.code\n"
        "assert not {'sqlalchemy', 'aiosmtpd', 'imapclient', 'apscheduler'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", run], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()


def test_a_command_that_nobody_knows_is_told_with_the_nearest_one() -> None:
    done = subprocess.run([sys.executable, "-m", "mailbot", "clasify"], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 2
    assert b"classify" in done.stderr
