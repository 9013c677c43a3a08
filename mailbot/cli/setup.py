"""`mailbot init` and `mailbot check`: setting up a desk, and seeing whether it is in order."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import asdict
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer

from mailbot.classify import playbook
from mailbot.cli.checks import checked
from mailbot.cli.options import ConfigOption, JsonOption, NowOption, clock_from, print_json, say
from mailbot.config import Config, load
from mailbot.config.reading import FILE_NAME
from mailbot.errors import ConfigurationError, KeyUnusable
from mailbot.store.engine import has_schema, migrate
from mailbot.store.sealing import new_key_file

FolderArgument = Annotated[Path, typer.Argument(metavar="[DIR]", help="Where to write; made when it does not exist.")]


def register(commands: typer.Typer) -> None:
    """Add the commands of setting up."""
    commands.command()(init)
    commands.command()(check)


def init(folder: FolderArgument = Path(), *, as_json: JsonOption = False) -> None:
    """Write mailbot.toml, playbook.toml, a key file and the database; what is there already stays.

    Example: mailbot init desk && cd desk && mailbot check
    """
    made = write_desk(folder)
    for path, is_new in made.items():
        if as_json:
            print_json({"path": path, "written": is_new})
        else:
            say(f"{'wrote' if is_new else 'kept '} {path}")
    if not as_json:
        say(f"Next: put your desk's name and address into {folder / FILE_NAME}, then run `mailbot check` and")
        say("`mailbot serve` there. Keep a copy of the key file elsewhere: without it no mail can be read.")


def check(config: ConfigOption = None, now: NowOption = None, *, as_json: JsonOption = False) -> None:
    """Check configuration, key, database, mail servers and playbook: one line each, ok or what to do.

    Example: mailbot check --config /etc/mailbot/mailbot.toml
    """
    clock_from(now)
    settings = load(config, os.environ)
    all_ok = True
    for result in checked(settings):
        all_ok = all_ok and result.ok
        if as_json:
            print_json(asdict(result))
        else:
            typer.echo(f"{'ok  ' if result.ok else 'TODO'} {result.name}: {result.sentence}")
    if not all_ok:
        raise typer.Exit(1)


def write_desk(folder: Path) -> dict[str, bool]:
    """Make what is lacking; for each path (or database) whether it was written now.

    Raises ConfigurationError or TryAgainLater; what was written before stays.
    """
    _folder(folder)
    file = folder / FILE_NAME
    made = {str(file): _written(file, lambda: _create(file, files("mailbot.config").joinpath(FILE_NAME).read_text()))}
    config = load(file, os.environ)
    rules = config.playbook.file
    if rules:
        made[str(rules)] = _written(rules, lambda: _create(rules, playbook.shipped()))
    made[str(config.keys.file)] = _written(config.keys.file, lambda: _new_key(config))
    made[config.database.shown] = not _in_use(config)
    _database(config)
    return made


def _folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(f"{folder} cannot be made: {error.strerror}") from None


def _written(path: Path, write: Callable[[], None]) -> bool:
    """Write unless the path exists; True when it was written."""
    if path.exists():
        return False
    try:
        write()
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be written: {error.strerror}") from None
    return True


def _create(path: Path, text: str) -> None:
    """A new file that only its owner can read; FileExistsError when there is one."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)


def _new_key(config: Config) -> None:
    """A new key would not open a database that has been in use."""
    if _in_use(config):
        raise KeyUnusable(
            f"the database {config.database.shown} is there, but its key {config.keys.file} is not: "
            "put back your copy of the key (a new one would not open what is in the database)"
        )
    new_key_file(config.keys.file)


def _in_use(config: Config) -> bool:
    """Whether the database was set up before; looking does not create an SQLite file."""
    file = config.database.file
    return (file is None or file.exists()) and has_schema(config.database.url)


def _database(config: Config) -> None:
    """Create or update the schema; an SQLite file is made readable for its owner only."""
    file = config.database.file
    if file and not file.exists():
        _create(file, "")
    migrate(config.database.url)
