"""From exec to the first mail said 250 to and to its case, and what other commands take to start; prints JSON.

python bench/start.py [ROUNDS] [sqlite|postgresql|both]      # 9 both; medians, milliseconds by the clock
"""

from __future__ import annotations

import json
import os
import smtplib
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from mailbot.store.engine import migrate  # noqa: E402
from tests.desks import Desk, open_desk, write_desk  # noqa: E402
from tests.mails import DESK, mail  # noqa: E402
from tests.servers.postgres import postgres_server  # noqa: E402
from tests.servers.service import command, serving  # noqa: E402

SENDER = "pat@broker.example"
STEP = 0.002
WAIT = 60


class Rounds:
    """Milliseconds of each way to start, one more each round."""

    def __init__(self) -> None:
        self.taken: dict[str, list[float]] = defaultdict(list)
        self.count = 0

    def add(self, name: str, began: float) -> None:
        self.taken[name].append(1000 * (time.perf_counter() - began))

    def mail(self) -> bytes:
        """One that was never sent before."""
        self.count += 1
        text = "Please add my daughter to group 123456, effective January 1."
        return mail(text, sender=SENDER, message_id=f"<{self.count}@broker.example>")

    def medians(self) -> dict[str, int]:
        return {name: round(statistics.median(times)) for name, times in self.taken.items()}


def serve(config: Path, desk: Desk, rounds: Rounds) -> None:
    """The service from exec to its first case, then stopped."""
    raw, before = rounds.mail(), len(desk.arrivals("done"))
    began = time.perf_counter()
    with serving(config) as served:
        rounds.add("serve_to_ready_ms", began)
        with smtplib.SMTP("127.0.0.1", served.port, "client.example", timeout=WAIT) as client:
            client.sendmail(SENDER, DESK, raw)
            rounds.add("serve_to_first_250_ms", began)
        pause = threading.Event()
        while len(desk.arrivals("done")) == before and time.perf_counter() - began < WAIT:
            pause.wait(STEP)
        rounds.add("serve_to_first_case_ms", began)


def commands(config: Path, number: str, rounds: Rounds) -> None:
    """A mail by the pipe, and what people look at."""
    pipe = ("deliver", "--from", SENDER, "--to", DESK)
    for line in (pipe, ("cases",), ("case", number), ("arrivals",), ("letters",)):
        given = rounds.mail() if line is pipe else b""
        began = time.perf_counter()
        done = command(config, *line, given=given)
        rounds.add(f"{line[0]}_ms", began)
        assert done.returncode == 0, done.stderr


def help_page(rounds: Rounds) -> None:
    """The page that names all commands, for which no desk is needed."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-m", "mailbot", "--help"], check=True, capture_output=True, timeout=WAIT)
    rounds.add("help_ms", began)


def measured(folder: Path, url: str, count: int) -> dict[str, int]:
    """A desk of its own; the first round only warms the files and is not counted."""
    migrate(url)
    config, rounds = write_desk(folder, url), Rounds()
    with open_desk(folder, url) as desk:
        for each in range(count + 1):
            if each == 1:
                rounds.taken.clear()
            serve(config, desk, rounds)
            commands(config, desk.cases()[0].number, rounds)
            help_page(rounds)
    return rounds.medians()


@contextmanager
def database(engine: str, folder: Path) -> Iterator[str]:
    """The address of an empty database."""
    if engine == "sqlite":
        yield f"sqlite:///{folder / 'mailbot.db'}"
        return
    with postgres_server(durable=True) as server, server.database() as url:
        yield url


def main() -> None:
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # installed, mailbot's modules lie there compiled
    os.environ["PYTHONPATH"] = str(Path(__file__).parents[1])
    count, chosen = int((*sys.argv[1:2], "9")[0]), (*sys.argv[2:3], "both")[0]
    result: dict[str, Any] = {"rounds": count}
    for engine in ("sqlite", "postgresql") if chosen == "both" else (chosen,):
        with tempfile.TemporaryDirectory() as name, database(engine, Path(name)) as url:
            result[engine] = measured(Path(name) / "desk", url, count)
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
