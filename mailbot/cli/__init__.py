"""The command line: each module beside this one registers its commands, a few lines each over the app."""

from __future__ import annotations

import sys
from importlib import import_module

import typer

from mailbot.errors import MailbotError

#: In the order of `mailbot --help`.
MODULES = (
    "demo",
    "setup",
    "playbook",
    "service",
    "mailing",
    "listing",
    "casework",
    "directory",
    "export",
    "preview",
    "reading",
    "classifying",
    "learning",
    "rehearsing",
    "oauth",
)
#: Commands that read files and need no desk: their modules are loaded alone, which takes a third of the time.
ALONE = {"parse": "reading", "classify": "classifying"}


def build(modules: tuple[str, ...] = MODULES) -> typer.Typer:
    """The command line with the commands of these modules registered."""
    commands = typer.Typer(
        name="mailbot",
        help="The e-mail desk of an enrollment department: mail in, case, letter out.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    commands.callback()(_keep_command_names)
    for name in modules:
        import_module(f"mailbot.cli.{name}").register(commands)
    return commands


def _keep_command_names() -> None:
    """The e-mail desk of an enrollment department: mail in, case, letter out."""


def main() -> None:
    """Run the command named by the arguments; an error is one sentence and its exit status."""
    alone = ALONE.get(sys.argv[1]) if len(sys.argv) > 1 else None
    try:
        build((alone,) if alone else MODULES)()
    except MailbotError as error:
        print(f"mailbot: {error}", file=sys.stderr)  # noqa: T201 the command line talks to people
        sys.exit(error.exit_status)
