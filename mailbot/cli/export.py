"""`mailbot export`: hand complete eligibility cases to the administration system, and take its answers in."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from mailbot.cli.opening import opened_app
from mailbot.cli.options import ConfigOption, JsonOption, NowOption, print_json, say
from mailbot.errors import UsageError
from mailbot.export.exporter import Acknowledged, Exported

FolderOption = Annotated[
    Path | None, typer.Option("--folder", metavar="DIR", help="Where to write; else as [export] says.")
]
AcknowledgeOption = Annotated[
    Path | None,
    typer.Option("--acknowledge", metavar="FILE", help="CSV or JSON Lines with number, status and reason."),
]


def register(commands: typer.Typer) -> None:
    """Add `export`."""
    commands.command()(export)


def export(
    *,
    folder: FolderOption = None,
    acknowledge: AcknowledgeOption = None,
    config: ConfigOption = None,
    now: NowOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write the complete eligibility cases as CSV and JSON Lines and mark them as submitted; or take answers in.

    Example: mailbot export --folder /srv/administration/in
    """
    if folder is not None and acknowledge is not None:
        raise UsageError("--folder and --acknowledge are two errands: run the command twice")
    with opened_app(config, now) as app:
        done = app.exporter.acknowledge(acknowledge) if acknowledge else app.exporter.export(folder)
    if as_json:
        print_json(asdict(done))
    else:
        typer.echo(_acknowledged_line(done) if isinstance(done, Acknowledged) else _exported_line(done))
    problems = done.problems if isinstance(done, Acknowledged) else ()
    for problem in problems:
        say(problem)
    if problems:
        raise typer.Exit(1)


def _exported_line(done: Exported) -> str:
    written = "".join(f"; {name} is written" for name in done.batches)
    waiting = f"; {len(done.duplicates)} wait, because one about the same was handed over" if done.duplicates else ""
    return f"{len(done.cases)} cases handed over{written}{waiting}"


def _acknowledged_line(done: Acknowledged) -> str:
    return (
        f"{len(done.processed)} cases are processed, {len(done.refused)} were refused and are open again, "
        f"{len(done.known)} were known, {len(done.problems)} lines changed nothing"
    )
