"""`mailbot directory`: people and organisations, imported from a sheet, listed, shown with their history, exported."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from mailbot.app import App
from mailbot.cases.directory_cells import cells_of, nearest
from mailbot.cases.directory_sheet import LARGEST_FILE, write_sheet
from mailbot.cases.people import ANYBODY, DIRECTORY_ROLES, Person
from mailbot.casework.registering import Register
from mailbot.cli.acting import ActorOption, actor_from
from mailbot.cli.opening import opened_app
from mailbot.cli.options import ConfigOption, JsonOption, NowOption, print_json, say
from mailbot.cli.rows import Json, iso
from mailbot.errors import UsageError
from mailbot.mail import Address
from mailbot.store.directory import Change

_MOST_TOLD = 200
FileArgument = Annotated[Path, typer.Argument(metavar="FILE.csv", help="A sheet; its first line names the columns.")]
PartialOption = Annotated[bool, typer.Option("--partial", help="Import the lines that are right, and name the others.")]
RoleOption = Annotated[str | None, typer.Option("--role", metavar="ROLE", help="Only these, as producer or staff.")]
AddressArgument = Annotated[
    str, typer.Argument(metavar="ADDRESS", help="As dana@broker.example, or *@broker.example for a whole domain.")
]
OutputOption = Annotated[
    Path | None, typer.Option("--output", metavar="FILE", help="A new file, for its owner only; else standard output.")
]


def register(commands: typer.Typer) -> None:
    """Add `directory` with what can be done to it."""
    group = typer.Typer(help="People and organisations: roles, groups, staff.", no_args_is_help=True)
    group.command("import")(import_)
    group.command("list")(list_)
    group.command()(show)
    group.command()(export)
    commands.add_typer(group, name="directory")


def import_(
    file: FileArgument,
    *,
    partial: PartialOption = False,
    actor: ActorOption = None,
    config: ConfigOption = None,
    now: NowOption = None,
    as_json: JsonOption = False,
) -> None:
    """Import a sheet of people; says per line what is wrong, and imports nothing unless all is right.

    Example: mailbot directory import people.csv
    """
    by, content = actor_from(actor), _content(file)
    with opened_app(config, now) as app:
        done = Register(app.store, app.own, app.playbook).take(content, by, partial=partial)
    if as_json:
        counts = asdict(done.written) if done.written else {"added": 0, "changed": 0, "unchanged": 0}
        print_json({**counts, "mistakes": [asdict(mistake) for mistake in done.mistakes]})
    for mistake in () if as_json else done.mistakes[:_MOST_TOLD]:
        say(f"{file.name}, {mistake}")
    if len(done.mistakes) > _MOST_TOLD and not as_json:
        say(f"and {len(done.mistakes) - _MOST_TOLD} more mistakes")
    if done.written is None:
        say(f"Nothing was imported: put the lines right{'' if partial else ', or import the others with --partial'}.")
        raise typer.Exit(2)
    if not as_json:
        written = done.written
        typer.echo(f"{written.added} added, {written.changed} changed, {written.unchanged} as they were")
    if done.mistakes:
        raise typer.Exit(1)


def list_(
    *, role: RoleOption = None, config: ConfigOption = None, now: NowOption = None, as_json: JsonOption = False
) -> None:
    """List who is in the directory, oldest entry first.

    Example: mailbot directory list --role staff
    """
    if role is not None and role not in DIRECTORY_ROLES:
        raise UsageError(f"--role takes a role; {nearest(role, tuple(DIRECTORY_ROLES))}")
    with opened_app(config, now) as app:
        for person in _everybody(app, role):
            print_json(person_row(person)) if as_json else typer.echo(_line(person))


def show(
    address: AddressArgument, *, config: ConfigOption = None, now: NowOption = None, as_json: JsonOption = False
) -> None:
    """Show one entry of the directory, and who changed it when.

    Example: mailbot directory show dana@broker.example
    """
    asked = Address(f"{ANYBODY}{address}" if address.startswith("@") else address)
    with opened_app(config, now) as app, app.store.reading() as transaction:
        person = transaction.directory.exactly([asked.key]).get(asked.key)
        history = transaction.directory.history(asked)
        zone = app.config.desk.time_zone
    if person is None:
        raise UsageError("the directory has no entry for this address: `mailbot directory list` lists those there are")
    if as_json:
        print_json(person_row(person) | {"history": [_change_row(change) for change in history]})
        return
    for column, text in cells_of(person).items():
        if text:
            typer.echo(f"{column:13} {text}")
    for change in history:
        typer.echo(f"{change.at.astimezone(zone):%Y-%m-%d %H:%M}  {_told(change)}")


def export(
    *, output: OutputOption = None, config: ConfigOption = None, now: NowOption = None, as_json: JsonOption = False
) -> None:
    """Write the directory as a sheet that `mailbot directory import` takes; it holds personal data.

    Example: mailbot directory export --output people.csv
    """
    if as_json and output is not None:
        raise UsageError("--json prints on standard output: leave --output out")
    with opened_app(config, now) as app:
        if as_json:
            for person in _everybody(app):
                print_json(person_row(person))
            return
        lines = write_sheet(_everybody(app))
        if output is None:
            sys.stdout.writelines(lines)
        else:
            _write(output, lines)


def person_row(person: Person) -> Json:
    """An entry as JSON: lists where a sheet has several values in a cell."""
    several = {name: list(getattr(person, name)) for name in ("groups", "teams", "permissions")}
    return {**cells_of(person), **several, "active": person.active}


def _everybody(app: App, role: str | None = None) -> Iterator[Person]:
    """Page by page, each in a unit of work of its own: a long list blocks nobody."""
    after = 0
    while True:
        with app.store.reading() as transaction:
            page = transaction.directory.listed(after, role)
        yield from (entry.person for entry in page)
        if not page:
            return
        after = page[-1].person_id


def _line(person: Person) -> str:
    """One entry in a line: who, what they are, and for whom."""
    known = [person.role.value if person.active else f"{person.role}, not active"]
    known += [part for part in (person.name, person.organisation) if part]
    known += [f"{len(person.groups)} groups"] if len(person.groups) > 1 else [f"group {each}" for each in person.groups]
    known += [", ".join(person.teams)] if person.teams else []
    return f"{person.address.address}  {'; '.join(known)}"


def _change_row(change: Change) -> Json:
    columns = [{"column": column, "before": before, "after": after} for column, before, after in change.columns]
    return {"at": iso(change.at), "actor": change.actor, "changed": columns}


def _told(change: Change) -> str:
    if not change.columns:
        return f"{change.actor}: added"
    told = (f"{column} from {before or 'nothing'} to {after or 'nothing'}" for column, before, after in change.columns)
    return f"{change.actor}: {'; '.join(told)}"


def _content(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(LARGEST_FILE + 1)
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}") from None


def _write(output: Path, lines: Iterator[str]) -> None:
    """A new file that only its owner can read; with a byte order mark, without which Excel misreads names."""
    try:
        handle = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise UsageError(f"{output} is there already: name a new file") from None
    except OSError as error:
        raise UsageError(f"{output} cannot be written: {error.strerror}") from None
    with os.fdopen(handle, "w", encoding="utf-8-sig", newline="") as file:
        file.writelines(lines)
