"""`mailbot playbook check`: what is wrong with the desk's rules, with line and key."""

from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from mailbot.classify.playbook_check import mistakes
from mailbot.cli.options import ConfigOption, JsonOption, print_json, say
from mailbot.config import load
from mailbot.errors import UsageError

FileArgument = Annotated[Path | None, typer.Argument(metavar="[FILE]", help="Else the playbook of the configuration.")]


def register(commands: typer.Typer) -> None:
    """Add `playbook` with what can be done to one."""
    group = typer.Typer(help="The desk's rules.", no_args_is_help=True)
    group.callback()(_keep_the_name)
    group.command()(check)
    commands.add_typer(group, name="playbook")


def _keep_the_name() -> None:
    """The desk's rules."""


def check(file: FileArgument = None, config: ConfigOption = None, *, as_json: JsonOption = False) -> None:
    """Explain the mistakes in a playbook; ends with 2 when it cannot be used, with 1 when it can.

    Example: mailbot playbook check playbook.toml
    """
    path = file or load(config, os.environ).playbook.file
    if path is None:
        raise UsageError("the configuration names no playbook, so the shipped one is used; name a FILE to check")
    found = mistakes(_text(path))
    for mistake in found:
        if as_json:
            print_json({"file": str(path), **asdict(mistake)})
        else:
            typer.echo(f"{path}: {mistake}")
    if not found:
        say(f"{path} is in order.")
    elif any(mistake.fatal for mistake in found):
        raise typer.Exit(2)
    else:
        raise typer.Exit(1)


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{path} is not UTF-8 text; save it as UTF-8") from None
