"""What a mail, a look and a sweep cost while the desk grows, beside a desk of 1,000 cases in the same run; prints JSON.

python bench/flat.py                          # 1,000 to 1,000,000 cases, SQLite and PostgreSQL: about an hour
python bench/flat.py --engine sqlite --sizes 10000 100000 --draw ''
python bench/flat.py --keep FOLDER            # filled desks stay there for the next run (PostgreSQL: with --server)

The two desks take turns, every twenty mails, so that whatever else slows the machine slows both alike; a hundred mails
go first at each, and the system has read the files of SQLite, as it has those of a desk that has run for long. A desk
has had one case a minute: a larger one is an older one. A third of those who write have written before. What the last
run left at a desk that was kept counts as old: the small one has had nothing like it.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import psycopg  # noqa: E402
from bench_desk import desk_file  # noqa: E402
from curve import picture  # noqa: E402
from sink import sink_process  # noqa: E402
from sqlalchemy import Connection, func, select, text, update  # noqa: E402
from turns import Desk, best_ms, command_ms, letters_of, mails_of, replies_to_old, sweep  # noqa: E402

from mailbot.app import opened  # noqa: E402
from mailbot.clock import SystemClock  # noqa: E402
from mailbot.config import load  # noqa: E402
from mailbot.store.engine import migrate  # noqa: E402
from mailbot.store.schema import case_members, cases, letters, messages  # noqa: E402
from tests.past.growing import grow  # noqa: E402
from tests.past.looks import known, looks  # noqa: E402
from tests.servers.postgres import PostgresServer, postgres_server  # noqa: E402

_SMALL = 1_000
#: How many mails go first at each desk, uncounted: what is read of a desk often is in memory then, as in a service.
_FEW = 100
_DUE = 100
_CHUNK = 2**21
#: What was measured at the small desk and at the large one.
Figures = dict[str, tuple[float, float]]
#: After so long nothing is looked for any more of what a mail says, whom it is about, and what was sent.
_FORGOTTEN = timedelta(days=10)
_COMMANDS: dict[str, tuple[tuple[str, ...], int | None]] = {
    "mailbot cases | head -200": (("cases",), 200),
    "mailbot cases --json | head -200": (("cases", "--json"), 200),
    "mailbot cases --state submitted | head -20": (("cases", "--state", "submitted"), 20),
    "mailbot check": (("check",), None),
    "mailbot tick": (("tick",), None),
}


@dataclass(frozen=True)
class Ground:
    """Where desks are made: a folder, and a server for those on PostgreSQL."""

    engine: str
    folder: Path
    server: PostgresServer | None
    sink: str

    @contextmanager
    def desk(self, size: int, name: str) -> Iterator[Desk]:
        """A desk of so many cases, filled unless one of this name is there."""
        folder = self.folder / f"{self.engine}-{name}"
        folder.mkdir(exist_ok=True)
        url, new = self._database(folder, name)
        migrate(url)
        path = desk_file(folder, url, self.sink)
        with opened(load(path, {}), SystemClock()) as app:
            began = time.perf_counter()
            if new:
                grow(app, url, size)
            seconds = time.perf_counter() - began
            with app.store.writing() as transaction:
                connection = transaction.work.connection
                count = connection.execute(select(func.count()).select_from(cases)).scalar_one()
                if not new:
                    _make_old(connection, transaction.now - _FORGOTTEN)
                if self.server and new:
                    connection.execute(text("ANALYZE"))
            if self.server is None:
                _into_memory(folder / "desk.db")
            yield Desk(app, path, count, seconds if new else 0.0)
            app.store.close()

    def _database(self, folder: Path, name: str) -> tuple[str, bool]:
        if self.server is None:
            file = folder / "desk.db"
            return f"sqlite:///{file}", not file.exists()
        name = f"flat_{name}"
        try:
            self.server.create(name)
        except psycopg.errors.DuplicateDatabase:
            return self.server.url(name), False
        return self.server.url(name), True


def _into_memory(file: Path) -> None:
    """Let the system hold the file, by single pages, as it holds what a database has read here and there."""
    with file.open("rb", buffering=0) as pages:
        os.posix_fadvise(pages.fileno(), 0, 0, os.POSIX_FADV_RANDOM)
        while pages.read(_CHUNK):
            pass


def _make_old(connection: Connection, then: datetime) -> None:
    """Let the letters and members of later moments be of then, and no text of theirs be looked for."""
    connection.execute(update(letters).where(letters.c.composed_at > then).values(composed_at=then, day=None))
    connection.execute(update(case_members).where(case_members.c.opened_at > then).values(opened_at=then, week=None))
    connection.execute(update(messages).where(messages.c.received_at > then).values(day=None))


def compared(small: Desk, large: Desk, options: argparse.Namespace, seed: int) -> dict[str, Any]:
    """Each figure at both desks, and how many times that of the small one the large one's is."""
    pair, mails, rounds = (small, large), options.mails, options.rounds
    figures: Figures = {}
    with tempfile.TemporaryDirectory() as folder:
        mails_of(pair, Path(folder), _FEW, seed)
        costs = [mails_of(pair, Path(folder), mails, seed + number) for number in range(1, rounds + 1)]
        for name in ("cpu", "wall", "server"):
            at = [sum(getattr(each[which], name) for each in costs) / rounds for which in (0, 1)]
            figures[f"a mail, {name} ms"] = (at[0], at[1])
        old = replies_to_old(pair, Path(folder), mails // 2)
        figures["a reply to an old case, cpu ms"] = (old[0].cpu, old[1].cpu)
        sent = letters_of(pair)
        figures["a letter sent, cpu ms"] = (sent[0].cpu, sent[1].cpu)
    swept = sweep(pair, _DUE)
    figures["a sweep with 100 due, wall ms"] = (swept[0], swept[1])
    figures["a sweep with none due, wall ms"] = _best(pair, lambda desk: _timed(desk.app.timekeeper.sweep))
    figures |= _looked(pair)
    if options.commands:
        figures |= _commanded(pair, options.commands)
    return {name: _row(*figure) for name, figure in figures.items()}


def _looked(pair: tuple[Desk, Desk]) -> Figures:
    """The looks, each the best of some, in turns."""
    own = [looks(known(desk.app)) for desk in pair]
    return {
        f"{name}, wall ms": _best(pair, lambda desk, name=name: best_ms(own[pair.index(desk)][name], desk.app))
        for name in own[0]
    }


def _commanded(pair: tuple[Desk, Desk], times: int) -> Figures:
    """Commands as staff and cron call them, most of which is their start."""
    with_numbers = [known(desk.app).number for desk in pair]
    found = {
        f"{name}, wall ms": _best(
            pair, lambda desk, words=words, lines=lines: command_ms(desk.config, *words, lines=lines), times
        )
        for name, (words, lines) in _COMMANDS.items()
    }
    case = _best(pair, lambda desk: command_ms(desk.config, "case", with_numbers[pair.index(desk)]), times)
    return {**found, "mailbot case NUMBER, wall ms": case}


def _best(pair: tuple[Desk, Desk], measure: Callable[[Desk], float], times: int = 3) -> tuple[float, float]:
    rounds = [(measure(pair[0]), measure(pair[1])) for _ in range(times)]
    return min(each[0] for each in rounds), min(each[1] for each in rounds)


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - began)


def _row(small: float, here: float) -> dict[str, float | None]:
    return {
        "small": float(f"{small:.4g}"),
        "here": float(f"{here:.4g}"),
        "ratio": round(here / small, 3) if small else None,
    }


def measured(ground: Ground, sizes: Sequence[int], options: argparse.Namespace) -> list[dict[str, Any]]:
    """One row a size; each is printed at once, for who waits."""
    rows = []
    for size in sizes:
        seed = options.seed + 100 * size
        # The small one is always new: each run uses up a good part of its cases that wait.
        with ground.desk(_SMALL, f"small-{secrets.token_hex(4)}") as small, ground.desk(size, str(size)) as large:
            figures = compared(small, large, options, seed)
        row = {
            "engine": ground.engine,
            "cases": large.cases,
            "filled_in_s": round(large.filled_in, 1),
            "figures": figures,
        }
        print(json.dumps(row), file=sys.stderr, flush=True)
        rows.append({**row, "size": size})
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000, 1_000_000])
    parser.add_argument("--engine", choices=["sqlite", "postgresql", "both"], default="both")
    parser.add_argument("--mails", type=int, default=200, help="put through at each desk in each round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--commands", type=int, default=3, help="how often whole commands are run; 0: not at all")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000))
    parser.add_argument("--keep", type=Path, help="a folder for desks that the next run finds filled")
    parser.add_argument("--server", type=Path, help="the folder of a PostgreSQL that runs, as tests/servers starts it")
    parser.add_argument("--draw", default=str(Path(__file__).parents[1] / "docs" / "flatness.svg"))
    options = parser.parse_args()
    rows: list[dict[str, Any]] = []
    for engine in ["sqlite", "postgresql"] if options.engine == "both" else [options.engine]:
        with ExitStack() as stack:
            folder = options.keep or Path(stack.enter_context(tempfile.TemporaryDirectory()))
            server = None
            if engine == "postgresql":
                own = PostgresServer(options.server) if options.server else None
                server = own or stack.enter_context(postgres_server(durable=True))
            ground = Ground(engine, folder, server, stack.enter_context(sink_process()))
            rows += measured(ground, options.sizes, options)
    print(json.dumps({"seed": options.seed, "rows": rows}, indent=1))
    if options.draw:
        Path(options.draw).write_text(picture(rows), "utf-8")


if __name__ == "__main__":
    main()
