"""From exec to the first mail said 250 to and to its case, and what other commands take to start; prints JSON.

python bench/start.py [ROUNDS] [sqlite|postgresql|both]      # 9 both; medians, by the clock and of CPU
"""

from __future__ import annotations

import json
import os
import resource
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
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from steps import cpu_of  # noqa: E402

from mailbot.store.engine import migrate  # noqa: E402
from tests.desks import Desk, open_desk, write_desk  # noqa: E402
from tests.mails import DESK, mail  # noqa: E402
from tests.servers.postgres import postgres_server  # noqa: E402
from tests.servers.service import command, serving  # noqa: E402

SENDER = "pat@broker.example"
STEP = 0.002
WAIT = 60


@dataclass
class Rounds:
    """What each way to start took, by the clock and of CPU, in seconds; one more each round."""

    taken: dict[str, list[tuple[float, float]]] = field(default_factory=lambda: defaultdict(list))
    count: int = 0

    @contextmanager
    def counted(self, name: str) -> Iterator[None]:
        """The block runs a command to its end."""
        began, cpu = time.perf_counter(), _cpu_of_ended()
        yield
        self.taken[name].append((time.perf_counter() - began, _cpu_of_ended() - cpu))

    def mail(self) -> bytes:
        """One that was never sent before."""
        self.count += 1
        text = "Please add my daughter to group 123456, effective January 1."
        return mail(text, sender=SENDER, message_id=f"<{self.count}@broker.example>")

    def medians(self) -> dict[str, dict[str, int]]:
        return {name: _medians(times) for name, times in self.taken.items()}


def _medians(times: list[tuple[float, float]]) -> dict[str, int]:
    clock, cpu = zip(*times, strict=True)
    return {"ms": round(1000 * statistics.median(clock)), "cpu_ms": round(1000 * statistics.median(cpu))}


def _cpu_of_ended() -> float:
    """CPU seconds of every process that was started here and has ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def serve(config: Path, desk: Desk, rounds: Rounds) -> None:
    """The service from exec to its first case, then stopped."""
    raw, before = rounds.mail(), len(desk.arrivals("done"))
    began = time.perf_counter()
    with serving(config) as served:

        def add(name: str) -> None:
            rounds.taken[name].append((time.perf_counter() - began, cpu_of(served.process.pid)))

        add("serve_to_ready")
        with smtplib.SMTP("127.0.0.1", served.port, "client.example", timeout=WAIT) as client:
            client.sendmail(SENDER, DESK, raw)
            add("serve_to_first_250")
        pause = threading.Event()
        while len(desk.arrivals("done")) == before and time.perf_counter() - began < WAIT:
            pause.wait(STEP)
        add("serve_to_first_case")


def commands(config: Path, number: str, rounds: Rounds) -> None:
    """A mail by the pipe, and what people look at."""
    pipe = ("deliver", "--from", SENDER, "--to", DESK)
    for line in (pipe, ("cases",), ("case", number), ("arrivals",), ("letters",)):
        given = rounds.mail() if line is pipe else b""
        with rounds.counted(line[0]):
            done = command(config, *line, given=given)
        assert done.returncode == 0, done.stderr


def help_page(rounds: Rounds) -> None:
    """The page that names all commands, for which no desk is needed."""
    line = [sys.executable, "-m", "mailbot", "--help"]
    with rounds.counted("help"):
        subprocess.run(line, check=True, capture_output=True, timeout=WAIT)


def measured(folder: Path, url: str, count: int) -> dict[str, dict[str, int]]:
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
