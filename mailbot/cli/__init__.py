"""The command line: each module beside this one registers its commands, a few lines each over the app."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING

from mailbot.errors import MailbotError
from mailbot.memory import nothing_to_collect

if TYPE_CHECKING:
    import typer

#: Which module has which commands, in the order of `mailbot --help`.
COMMANDS = {
    "demo": ("demo",),
    "setup": ("init", "check"),
    "playbook": ("playbook",),
    "service": ("serve", "tick"),
    "mailing": ("deliver", "import"),
    "listing": ("cases", "case", "letters", "arrivals"),
    "freeing": ("retry", "release"),
    "casework": (
        *("resolve", "reply", "ask", "close", "reopen", "withdraw"),
        *("assign", "recategorize", "field", "deadline", "merge", "split", "remove", "note", "review"),
    ),
    "directory": ("directory",),
    "export": ("export",),
    "preview": ("preview",),
    "reading": ("parse",),
    "classifying": ("classify",),
    "learning": ("train", "evaluate"),
    "rehearsing": ("rehearse",),
    "oauth": ("oauth",),
}


def build(*modules: str) -> typer.Typer:
    """The command line with the commands of these modules registered; all of them when none is named."""
    import typer  # here, so that it is loaded while nothing is collected

    commands = typer.Typer(
        name="mailbot",
        help="The e-mail desk of an enrollment department: mail in, case, letter out.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    commands.callback()(_keep_command_names)
    for name in modules or COMMANDS:
        import_module(f"mailbot.cli.{name}").register(commands)
    return commands


def _keep_command_names() -> None:
    """The e-mail desk of an enrollment department: mail in, case, letter out."""


def modules_for(word: str) -> tuple[str, ...]:
    """The module that has this command, so that it is loaded alone; none for what is no command."""
    return tuple(module for module, commands in COMMANDS.items() if word in commands)


def main() -> None:
    """Run the command named by the arguments; an error is one sentence and its exit status."""
    try:
        with nothing_to_collect():
            commands = build(*modules_for(sys.argv[1] if len(sys.argv) > 1 else ""))
        commands()
    except MailbotError as error:
        print(f"mailbot: {error}", file=sys.stderr)  # noqa: T201 the command line talks to people
        sys.exit(error.exit_status)
