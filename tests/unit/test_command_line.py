"""Commands that need no desk start without one; which module has a command makes no difference to its user."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import typer.main

from mailbot.cli import COMMANDS, build, modules_for
from mailbot.store.engine import migrate
from tests.desks import write_desk

ROOT = Path(__file__).parents[2]


LOOKING = ("cases", "letters", "arrivals")
#: What takes mail in, answers it or keeps the time of the service.
HEAVY = {"numpy", "jinja2", "dkim", "aiosmtpd", "imapclient", "apscheduler", "pebble", "holidays"}


def names(*modules: str) -> dict[str, str]:
    """The commands of these modules, each with its help."""
    commands = typer.main.get_command(build(*modules)).commands  # type: ignore[attr-defined]
    return {name: command.help or "" for name, command in commands.items()}


def loaded_by(*arguments: str) -> set[str]:
    """The top-level packages that a process has loaded when this command has ended."""
    run = (
        f"import sys; sys.argv = ['mailbot', *{arguments!r}]\n"
        "from mailbot.cli import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code, end.code\n"
        "sys.stdout.write('\\n' + ' '.join({name.partition('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", run], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return set(done.stdout.decode().splitlines()[-1].split())


def test_the_whole_command_line_has_every_module() -> None:
    folder = ROOT / "mailbot" / "cli"
    having_commands = {path.stem for path in folder.glob("*.py") if "def register(" in path.read_text("utf-8")}
    assert set(COMMANDS) == having_commands


@pytest.mark.parametrize(("module", "commands"), COMMANDS.items())
def test_a_module_that_is_loaded_alone_has_the_same_commands(module: str, commands: tuple[str, ...]) -> None:
    alone = names(module)
    assert tuple(alone) == commands
    assert alone.items() <= names().items()
    assert {modules_for(command) for command in commands} == {(module,)}


@pytest.mark.parametrize("word", ["", "--help", "clasify", "demo.py"])
def test_what_is_no_command_finds_all_of_them(word: str) -> None:
    assert modules_for(word) == ()
    assert set(names(*modules_for(word))) == {command for commands in COMMANDS.values() for command in commands}


@pytest.mark.parametrize("command", ["parse", "classify"])
def test_a_command_that_reads_files_loads_no_database(command: str) -> None:
    mail = next((ROOT / "tests" / "mail").glob("*.eml"))
    assert not {"sqlalchemy", "aiosmtpd", "imapclient", "apscheduler"} & loaded_by(command, "--json", str(mail))


@pytest.mark.parametrize("command", LOOKING)
def test_a_command_that_only_looks_loads_nothing_that_works(command: str, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'mailbot.db'}"
    migrate(url)
    config = write_desk(tmp_path, url)
    loaded = loaded_by(command, "--config", str(config))
    assert "sqlalchemy" in loaded
    assert not HEAVY & loaded


def test_a_desk_is_opened_without_what_only_the_service_needs(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'mailbot.db'}"
    migrate(url)
    loaded = loaded_by("tick", "--config", str(write_desk(tmp_path, url)))
    assert "jinja2" in loaded
    assert not {"numpy", "dkim", "aiosmtpd", "pebble"} & loaded


def test_a_command_that_nobody_knows_is_told_with_the_nearest_one() -> None:
    done = subprocess.run([sys.executable, "-m", "mailbot", "clasify"], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 2
    assert b"classify" in done.stderr
