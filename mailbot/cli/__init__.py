"""The command line: each module beside this one registers its commands, a few lines each over the app."""

from __future__ import annotations

import sys

import typer

from mailbot.cli import (
    casework,
    classifying,
    demo,
    directory,
    export,
    learning,
    listing,
    mailing,
    oauth,
    playbook,
    preview,
    reading,
    rehearsing,
    service,
    setup,
)
from mailbot.errors import MailbotError

COMMANDS = (
    demo,
    setup,
    playbook,
    service,
    mailing,
    listing,
    casework,
    directory,
    export,
    preview,
    reading,
    classifying,
    learning,
    rehearsing,
    oauth,
)


def build() -> typer.Typer:
    """The command line with every command registered."""
    commands = typer.Typer(
        name="mailbot",
        help="The e-mail desk of an enrollment department: mail in, case, letter out.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    commands.callback()(_keep_command_names)
    for module in COMMANDS:
        module.register(commands)
    return commands


def _keep_command_names() -> None:
    """The e-mail desk of an enrollment department: mail in, case, letter out."""


def main() -> None:
    """Run the command named by the arguments; an error is one sentence and its exit status."""
    try:
        build()()
    except MailbotError as error:
        print(f"mailbot: {error}", file=sys.stderr)  # noqa: T201 the command line talks to people
        sys.exit(error.exit_status)
