"""The command line: each module beside this one registers its commands, a few lines each over the app."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, NoReturn

from mailbot.cli.streams import open_what_is_closed, shown
from mailbot.errors import MailbotError, place_of
from mailbot.memory import nothing_to_collect

if TYPE_CHECKING:
    import typer

#: What a command ends with after an error of ours (sysexits.h).
EX_SOFTWARE = 70
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


def unforeseen(error: BaseException) -> str:
    """The sentence about an error that nobody foresaw: its kind and where it was raised, without its own words."""
    return f"an error that should not be ({place_of(error, steps=3)}): please report this line"


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
    open_what_is_closed()
    try:
        with nothing_to_collect():
            commands = build(*modules_for(sys.argv[1] if len(sys.argv) > 1 else ""))
        with shown():
            commands()
    except MailbotError as error:
        _end(str(error), error.exit_status)
    except Exception as error:  # noqa: BLE001 its text may hold mail, and a traceback would show it
        _end(unforeseen(error), EX_SOFTWARE)


def _end(sentence: str, status: int) -> NoReturn:
    from mailbot.cli.options import say  # with typer, which is loaded by now

    say(f"mailbot: {sentence}")
    sys.exit(status)
