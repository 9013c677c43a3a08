"""Who acts: the option that every command takes which leaves a name in a history."""

from __future__ import annotations

import getpass
from typing import Annotated

import typer

from mailbot.casework.staff import LONGEST_NAME
from mailbot.errors import UsageError

ActorOption = Annotated[
    str | None, typer.Option("--actor", metavar="NAME", help="Who does it; else the user of the operating system.")
]


def actor_from(named: str | None) -> str:
    """Who acts; UsageError where that is no name."""
    try:
        name = named if named is not None else getpass.getuser()
    except (KeyError, OSError) as error:
        raise UsageError("the user of the operating system has no name: say who acts with --actor NAME") from error
    if not name.strip() or not name.isprintable() or len(name) > LONGEST_NAME:
        raise UsageError(f"--actor takes a name of at most {LONGEST_NAME} printable characters")
    return name.strip()
