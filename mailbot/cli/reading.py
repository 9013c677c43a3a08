"""`mailbot parse` and `mailbot classify`: show how mail is read and what it is understood to be."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mailbot.cli.options import ConfigOption, JsonOption, NowOption, print_json, say
from mailbot.cli.sheet import parsed_row, parsed_sheet
from mailbot.errors import UsageError
from mailbot.ingest.contain import Child
from mailbot.ingest.extract import ChildReader, read_texts
from mailbot.ingest.parse import parse, parse_body
from mailbot.ingest.screen import screen
from mailbot.mail import Envelope, OwnAddresses

FilesArgument = Annotated[list[Path], typer.Argument(metavar="FILE...", help="Mails, one in each file.")]
BodyOption = Annotated[
    str | None,
    typer.Option("--body", metavar="TYPE", help="The files are bare bodies of this type: text/plain or text/html."),
]
FilesOption = Annotated[bool, typer.Option("--files", help="Read what is in the attached files, too.")]
_BODY_TYPES = ("text/plain", "text/html")
_NOBODY = OwnAddresses(frozenset(), "")  # a file is shown as it is, whichever desk reads it


def register(commands: typer.Typer) -> None:
    """Add the reading commands."""
    commands.command("parse", epilog="Example: mailbot parse --json inquiry.eml")(show_parsed)


def show_parsed(
    files: FilesArgument,
    *,
    body: BodyOption = None,
    inside: FilesOption = False,
    json: JsonOption = False,
    config: ConfigOption = None,
    now: NowOption = None,
) -> None:
    """Show how files are read: addresses, text, what is new in it, attachments, defects."""
    if body is not None and body not in _BODY_TYPES:
        raise UsageError(f"--body takes text/plain or text/html; {body!r} is neither")
    child = Child(workers=1)
    reader = ChildReader(child) if inside else None
    try:
        unread = [path for path in files if not _show_one(path, body, reader, as_json=json)]
    finally:
        child.close()
    if unread:
        say(f"{len(unread)} of {len(files)} files could not be opened: check their paths and permissions.")
        raise typer.Exit(65)


def _show_one(path: Path, body: str | None, reader: ChildReader | None, *, as_json: bool) -> bool:
    try:
        raw = path.read_bytes()
    except OSError as error:
        reason = error.strerror or "cannot be opened"
        if as_json:
            print_json({"file": str(path), "error": reason})
        else:
            say(f"{path}: {reason}")
        return False
    message = parse(raw) if body is None else parse_body(raw, body)
    if reader is not None:
        message = read_texts(message, reader)
    screening = screen(message, Envelope(sender=None), _NOBODY)
    if as_json:
        print_json(parsed_row(str(path), message, screening))
    else:
        typer.echo(parsed_sheet(str(path), message, screening))
    return True
