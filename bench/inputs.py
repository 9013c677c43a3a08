"""The whole service from the socket to the letter, by every way in; prints one JSON object.

Each desk is one or two `mailbot serve` in processes of their own. Mail comes by SMTP, LMTP, IMAP or from files, letters
go to a sink, and all of it is compared with the truth of the mail that was made. CPU is that of mailbot with its
children; the clock runs from the first octet that is sent to the last letter that is out, on a machine that also runs
the clients, the sink, Dovecot and PostgreSQL.

Half as many mails go before those that are measured. What the first of these cost more than the others is told apart,
as "once_ms": models, expressions and templates are loaded with them, and the processes that read files are started.
Where a program is started to bring mail, as `import` is, it is what each start costs; it takes some hundred mails, or a
quiet machine, to tell a start from the mails behind it.

python bench/inputs.py [--mails 300] [--engine sqlite|postgresql|both] [--way smtp|lmtp|imap|files|smtp+smtp]
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from apart import Spent, apart, divided  # noqa: E402
from bench_desk import Post, answered, desk_file, made_post  # noqa: E402
from correspondence import correspondence  # noqa: E402
from send_all import crlf  # noqa: E402
from sink import sink_process  # noqa: E402
from steps import cpu_of  # noqa: E402
from truth import differences  # noqa: E402
from ways import Way, way_of, write_password  # noqa: E402

from mailbot.app import App, opened  # noqa: E402
from mailbot.clock import SetClock  # noqa: E402
from mailbot.config import load  # noqa: E402
from mailbot.store.engine import migrate  # noqa: E402
from tests.servers.postgres import postgres_server  # noqa: E402
from tests.servers.service import Served, serving  # noqa: E402

WAYS = {"smtp": 1, "lmtp": 1, "imap": 1, "files": 1, "smtp+smtp": 2}
_WARM = (
    "Return-Path: <warm@broker.example>",
    "From: warm@broker.example",
    "Message-ID: <warm@broker.example>",
    "",
    "Hi.",
)
WARM = "".join(f"{line}\r\n" for line in _WARM).encode()
#: Of the mails: the first of a service, the few, the many.
SHARES = (1 / 6, 1 / 6, 2 / 3)
STEP = 0.02
WAIT = 300


@dataclass(frozen=True)
class Ground:
    """A desk at work: its processes, its way in, and the app through which the bench looks at its database."""

    way: Way
    config: Path
    served: Sequence[Served]
    app: App

    def taken_in(self, files: Sequence[Path], expected: int) -> Spent:
        """Hand these over and wait until so many arrivals are done and every letter is out."""
        cpu, began = self._cpu(), time.perf_counter()
        ended = self.way.carry(self.config, self.served, files)
        pause = threading.Event()
        while not self._settled(expected):
            assert time.perf_counter() - began < WAIT, "the desk did not come to rest"
            pause.wait(STEP)
        return Spent(len(files), time.perf_counter() - began, self._cpu() - cpu + ended, self.way.starts)

    def _settled(self, expected: int) -> bool:
        with self.app.store.reading() as transaction:
            if transaction.arrivals.any_open() or transaction.outbox.counts():
                return False
            return len(transaction.arrivals.listed("done", limit=expected + 1)) >= expected

    def _cpu(self) -> float:
        return sum(cpu_of(each.process.pid) for each in self.served)


@contextmanager
def ground(name: str, folder: Path, url: str, sink: str, now: datetime) -> Iterator[Ground]:
    """A desk on an empty database with as many processes as the way asks for; it has taken one mail in."""
    migrate(url)
    with ExitStack() as stack:
        way = stack.enter_context(way_of(name.partition("+")[0], now.isoformat()))
        configs = [_config(folder / f"desk{number}", url, sink, way) for number in range(WAYS[name])]
        for other in configs[1:]:
            (other.parent / "mailbot.key").write_bytes((configs[0].parent / "mailbot.key").read_bytes())
        app = stack.enter_context(opened(load(configs[0], {}), SetClock(now)))
        served = [stack.enter_context(serving(config, now)) for config in configs]
        made = Ground(way, configs[0], served, app)
        warm = folder / "warm.eml"
        warm.write_bytes(WARM)
        made.taken_in([warm], 1)
        yield made


def _config(folder: Path, url: str, sink: str, way: Way) -> Path:
    folder.mkdir()
    config = desk_file(folder, url, sink, **way.sections)
    with config.open("a", encoding="utf-8") as file:
        file.write(way.more)
    write_password(folder)
    return config


def measured(name: str, posts: Sequence[Post], made: Ground) -> dict[str, Any]:
    """One stretch after the other, of which the last is the longest; then whether all was done right."""
    first, few, many = (_put_through(post, made) for post in posts)
    cpu = apart(first, few, many)
    states = Counter(row.state for row in _letters(made.app))
    wrong: Counter[str] = Counter()
    for post in posts:
        wrong.update(differences(made.app, post.mails, post.files))
    wrong["letters not sent"] = states.total() - states["sent"]
    return {
        "processes": WAYS[name],
        "cpu_ms": round(1000 * cpu.further, 2),
        "once_ms": round(1000 * cpu.once),
        "mails_a_second": round(many.mails / many.seconds, 1),
        "letters": states.total() - 1,
        "wrong": {what: count for what, count in wrong.items() if count},
    }


def _put_through(post: Post, made: Ground) -> Spent:
    """Each part once our letters to the part before are known."""
    spent = Spent(0, 0.0, 0.0)
    with made.app.store.reading() as transaction:
        done = len(transaction.arrivals.listed("done", limit=1_000_000))
    for part in post.parts:
        if not (files := part(answered(made.app))):
            continue  # so few that nobody replied
        for file in files:
            file.write_bytes(crlf(file.read_bytes()).rstrip(b"\r\n") + b"\r\n")
        spent += made.taken_in(files, done + spent.mails + len(files))
    return spent


def _letters(app: App) -> list[Any]:
    with app.store.reading() as transaction:
        return transaction.reports.letters(limit=1_000_000)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mails", type=int, default=300)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--engine", choices=["sqlite", "postgresql", "both"], default="both")
    parser.add_argument("--way", choices=WAYS, action="append", help="only this way; may repeat")
    options = parser.parse_args()
    engines = ["sqlite", "postgresql"] if options.engine == "both" else [options.engine]
    result: dict[str, Any] = {"mails": options.mails}
    with ExitStack() as stack:
        sink = stack.enter_context(sink_process())
        server = stack.enter_context(postgres_server(durable=True)) if "postgresql" in engines else None
        for engine in engines:
            result[engine] = {
                name: one(name, engine, server, sink, options.mails, options.seed) for name in options.way or WAYS
            }
    print(json.dumps(result, indent=1))


def one(name: str, engine: str, server: Any, sink: str, mails: int, seed: int) -> dict[str, Any]:
    """One way into one engine."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mailbot-bench-")))
        url = f"sqlite:///{folder / 'mailbot.db'}" if server is None or engine == "sqlite" else None
        url = url or stack.enter_context(server.database())
        made = correspondence(3 * mails // 2, seed)
        posts = [made_post(some, folder / "mail") for some in divided(made, *SHARES)]
        now = datetime.fromtimestamp(max(mail.date for mail in made), UTC) + timedelta(hours=1)
        return measured(name, posts, stack.enter_context(ground(name, folder, url, sink, now)))


if __name__ == "__main__":
    main()
