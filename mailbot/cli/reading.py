"""`mailbot parse` and `mailbot classify`: show how mail is read and what it is understood to be."""

from __future__ import annotations

import typer


def register(commands: typer.Typer) -> None:
    """Add the reading commands."""
