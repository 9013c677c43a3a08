"""`mailbot classify`: shows what files are understood to be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from mailbot.cases.rules import Playbook
from mailbot.classify.category import CategoryRanker
from mailbot.classify.playbook import load
from mailbot.classify.ranking import Ranker
from mailbot.classify.sending import sent_at
from mailbot.classify.understand import understand
from mailbot.cli.options import ConfigOption, JsonOption, NowOption, clock_from, print_json, say
from mailbot.cli.understood import understood_row, understood_sheet
from mailbot.ingest.contain import Child
from mailbot.ingest.extract import ChildReader, FileReader, read_texts
from mailbot.ingest.parse import parse
from mailbot.ingest.screen import screen
from mailbot.mail import Envelope, OwnAddresses

FilesArgument = Annotated[list[Path], typer.Argument(metavar="FILE...", help="Mails, one in each file.")]
PlaybookOption = Annotated[
    Path | None, typer.Option("--playbook", metavar="FILE", help="The playbook to go by; else the one that ships.")
]
_NOBODY = OwnAddresses(frozenset(), "")  # a file is understood as it is, whichever desk reads it


def register(commands: typer.Typer) -> None:
    """Add the command."""
    commands.command("classify", epilog="Example: mailbot classify --json inquiry.eml")(classify)


def classify(
    files: FilesArgument,
    *,
    playbook: PlaybookOption = None,
    json: JsonOption = False,
    config: ConfigOption = None,
    now: NowOption = None,
) -> None:
    """Show what files are understood to be: category and why, fields and where they stood, what is missing."""
    child = Child()
    desk = _Desk(load(playbook), CategoryRanker(), ChildReader(child), clock_from(now).now())
    try:
        unread = [path for path in files if not desk.show(path, as_json=json)]
    finally:
        child.close()
    if unread:
        say(f"{len(unread)} of {len(files)} files could not be opened: check their paths and permissions.")
        raise typer.Exit(65)


@dataclass(frozen=True, slots=True)
class _Desk:
    """What every file is understood with."""

    playbook: Playbook
    ranker: Ranker
    reader: FileReader
    now: datetime

    def show(self, path: Path, *, as_json: bool) -> bool:
        """Print one file; False when it could not be opened."""
        try:
            raw = path.read_bytes()
        except OSError as error:
            reason = error.strerror or "cannot be opened"
            if as_json:
                print_json({"file": str(path), "error": reason})
            else:
                say(f"{path}: {reason}")
            return False
        message = read_texts(parse(raw), self.reader)
        screening = screen(message, Envelope(sender=None), _NOBODY)
        understood = understand(message, screening.kind, self.playbook, sent_at(message, self.now), self.ranker)
        if as_json:
            print_json(understood_row(str(path), message, screening, understood))
        else:
            typer.echo(understood_sheet(str(path), message, screening, understood, self.playbook))
        return True
