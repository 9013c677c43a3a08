"""Two desks that do the same work in turns, and what it costs each."""

from __future__ import annotations

import random
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from bench_desk import Post, answered, made_post
from correspondence import correspondence
from path import CLIENTS
from sqlalchemy import and_, func, select, text, update

from mailbot.app import App
from mailbot.store.schema import cases, letters
from tests.mails import reply
from tests.past.looks import Look

_AT_ONCE = 20


@dataclass
class Cost:
    """CPU and wall milliseconds of one thing; `cpu` is ours and the database server's, `server` the latter alone."""

    cpu: float = 0.0
    wall: float = 0.0
    server: float = 0.0

    def of_each(self, count: int) -> Cost:
        return Cost(self.cpu / count, self.wall / count, self.server / count)


@dataclass(frozen=True)
class Desk:
    """An open desk; `filled_in` is how many seconds it took to fill it."""

    app: App
    config: Path
    cases: int
    filled_in: float

    @contextmanager
    def paying(self, cost: Cost) -> Iterator[None]:
        """Add what the block costs."""
        server, cpu, began = self._server_ms(), time.process_time(), time.perf_counter()
        yield
        wall, own = time.perf_counter() - began, time.process_time() - cpu
        server = self._server_ms() - server
        cost.wall += 1000 * wall
        cost.cpu += 1000 * own + server
        cost.server += server

    def _server_ms(self) -> float:
        """What the server's processes that work for this desk have taken of the CPU."""
        if self.app.config.database.file:
            return 0.0
        with self.app.store.reading() as transaction:
            asked = text("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
            pids = list(transaction.work.connection.execute(asked).scalars())
        return sum(int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) for pid in pids) / 1e6


#: The small desk and the large one.
Pair = tuple[Desk, Desk]


def mails_of(pair: Pair, folder: Path, count: int, seed: int) -> tuple[Cost, Cost]:
    """Steps 1 to 9 of as many inquiries and replies, the same at both desks; of each mail.

    They have no files, which cost the same at every desk and would only hide what differs.
    """
    mails = correspondence(count, seed, with_files=False)
    posts = []
    for number, desk in enumerate(pair):
        own = folder / f"{seed}-{number}"
        own.mkdir()
        posts.append((desk, made_post(mails, own), _newest_letter(desk)))
    costs = (Cost(), Cost())
    for part in range(2):
        files = [post.parts[part](answered(desk.app, after)) for desk, post, after in posts]
        _take_turns(pair, files, costs)
    return costs[0].of_each(count), costs[1].of_each(count)


def replies_to_old(pair: Pair, folder: Path, count: int) -> tuple[Cost, Cost]:
    """Steps 1 to 9 of replies to letters about cases from all of the desk's life; of each mail."""
    files = [_written(desk, folder / f"old-{number}", count) for number, desk in enumerate(pair)]
    costs = (Cost(), Cost())
    _take_turns(pair, files, costs)
    return costs[0].of_each(count), costs[1].of_each(count)


def letters_of(pair: Pair) -> tuple[Cost, Cost]:
    """Sending every letter that waits; of each letter."""
    costs = (Cost(), Cost())
    sent = []
    for desk, cost in zip(pair, costs, strict=True):
        with desk.paying(cost):
            sent.append(desk.app.dispatch.deliver_due())
    return costs[0].of_each(sent[0]), costs[1].of_each(sent[1])


def sweep(pair: Pair, due: int) -> tuple[float, float]:
    """Wall milliseconds of a sweep with so many reminders due, done in four parts in turns."""
    taken = [0.0, 0.0]
    for _ in range(4):
        for number, desk in enumerate(pair):
            _let_fall_due(desk, due // 4)
            began = time.perf_counter()
            swept = desk.app.timekeeper.sweep()
            taken[number] += 1000 * (time.perf_counter() - began)
            assert swept.reminded == due // 4, swept
    return taken[0], taken[1]


def _take_turns(pair: Pair, files: Sequence[Sequence[Path]], costs: Sequence[Cost]) -> None:
    """Who begins changes each time."""
    for begin in range(0, len(files[0]), _AT_ONCE):
        order = [0, 1] if begin // _AT_ONCE % 2 else [1, 0]
        for number in order:
            some = files[number][begin : begin + _AT_ONCE]
            with pair[number].paying(costs[number]):
                Post(len(some), 0, (), list(some)).record(pair[number].app, some, CLIENTS)
                pair[number].app.intake.take_in_all()


def _newest_letter(desk: Desk) -> int:
    with desk.app.store.reading() as transaction:
        newest: int = transaction.work.connection.execute(select(func.max(letters.c.id))).scalar_one()
    return newest


def _written(desk: Desk, folder: Path, count: int) -> list[Path]:
    """Replies of those who got a letter to that letter, which is any of the desk's."""
    folder.mkdir()
    paths = []
    with desk.app.store.reading() as transaction:
        ids = transaction.work.connection.execute(
            select(letters.c.id).where(letters.c.kind == "info_request", letters.c.case_id.is_not(None))
        ).scalars()
        for letter_id in random.Random(3).sample(list(ids), count):
            (row,) = transaction.reports.letters(after=letter_id - 1, limit=1)
            own = f"<old.{secrets.token_hex(8)}@mails.example.net>"
            raw = reply("Here is the rest. Kind regards", to_id=row.message_id, sender=f"<{row.to}>", message_id=own)
            paths.append(folder / f"{letter_id}.eml")
            paths[-1].write_bytes(f"Return-Path: <{row.to}>\r\n".encode() + raw)
    return paths


def _let_fall_due(desk: Desk, count: int) -> None:
    """Let a reminder be due for some cases that wait for their sender and were not reminded yet."""
    with desk.app.store.writing() as transaction:
        connection, now = transaction.work.connection, transaction.now
        waiting = select(cases.c.id).where(cases.c.state == "awaiting_sender", cases.c.reminders == 0)
        old = and_(cases.c.opened_at < now - timedelta(days=10), cases.c.rounds == 1)
        running = waiting.where(cases.c.reply_due > now, cases.c.clock_stopped.is_(None), old)
        due = list(connection.execute(running.order_by(cases.c.id.desc()).limit(count)).scalars())
        late = {"remind_at": now - timedelta(minutes=1)}
        connection.execute(update(cases).where(cases.c.id.in_(due)).values(late))


def best_ms(look: Look, app: App, times: int = 3) -> float:
    """Of the wall clock, the best of some."""
    best = float("inf")
    for _ in range(times):
        with app.store.writing() as transaction:
            began = time.perf_counter()
            look(transaction)
            best = min(best, time.perf_counter() - began)
    return 1000 * best


def command_ms(config: Path, *words: str, lines: int | None = None) -> float:
    """How long a command takes from start to end, of whose output somebody reads so many lines."""
    began = time.perf_counter()
    command = [sys.executable, "-m", "mailbot", *words, "--config", str(config)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout
        for number, _ in enumerate(process.stdout, 1):
            if number == lines:
                break
        process.stdout.close()
    return 1000 * (time.perf_counter() - began)
