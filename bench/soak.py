"""Half an hour of mixed mail with a kill each minute: nothing is lost, nothing is done twice, memory stays flat.

python bench/soak.py [--minutes 30] [--a-second 3] [--seed 7]

A line a minute goes to standard error, one JSON object to standard output; exit status 1 when a promise was broken.
"""

from __future__ import annotations

import argparse
import email
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any

import psycopg

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from soak_load import Load, digest  # noqa: E402

from mailbot.clock import SystemClock  # noqa: E402
from mailbot.store.engine import migrate  # noqa: E402
from tests.desks import Desk, desk_of, write_desk  # noqa: E402
from tests.servers.dovecot import PASSWORD, Dovecot, free_port, running_dovecot  # noqa: E402
from tests.servers.postgres import postgres_server  # noqa: E402
from tests.servers.service import command, environment  # noqa: E402
from tests.servers.smtp_sink import Sink, smtp_sink  # noqa: E402

MAILBOX = """
[[mailbox]]
name = "enrollment"
host = "{host}"
port = {port}
user = "desk"
password_file = "password"
ca_file = "{ca_file}"
after = "move:Processed"
"""


@dataclass
class Ground:
    """The desk under load and the servers around it."""

    config: Path
    url: str
    port: int
    dovecot: Dovecot
    sink: Sink
    process: subprocess.Popen[bytes] | None = None
    kills: Counter[str] = field(default_factory=Counter)

    def start(self) -> None:
        log = (self.config.parent / "serve.log").open("ab")
        line = [sys.executable, "-m", "mailbot", "serve", "--config", str(self.config)]
        self.process = subprocess.Popen(line, env=environment(), cwd=self.config.parent, stdout=log, stderr=log)
        log.close()

    def kill(self, what: str) -> None:
        """kill -9 for mailbot or the mailbox server, which start again; the database ends every connection."""
        self.kills[what] += 1
        if what == "mailbot":
            assert self.process
            self.process.kill()
            self.process.wait()
            self.start()
        elif what == "mailbox server":
            self.dovecot.kill()
            self.dovecot.start()
        else:
            with psycopg.connect(self.url, autocommit=True) as connection:
                others = "datname = current_database() AND pid <> pg_backend_pid()"
                connection.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}")

    def resident_mb(self) -> float:
        """Of mailbot and its children, 0.0 while it starts."""
        assert self.process
        return sum(_resident_mb(pid) for pid in (self.process.pid, *_children(self.process.pid)))


def _children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _resident_mb(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS:")), 0.0)


@contextmanager
def ground() -> Iterator[Ground]:
    """PostgreSQL with fsync, Dovecot, a sink, and a desk between them that is not started yet."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mailbot-soak-")))
        url = stack.enter_context(stack.enter_context(postgres_server(durable=True)).database())
        dovecot, sink = stack.enter_context(running_dovecot()), stack.enter_context(smtp_sink())
        migrate(url)
        port = free_port()
        config = write_desk(
            folder / "desk",
            url,
            listener={"smtp": f"127.0.0.1:{port}", "max_connections_per_client": 50},
            outgoing={"url": f"smtp://127.0.0.1:{sink.port}", "in_all_an_hour": 1_000_000},
        )
        (config.parent / "password").write_text(PASSWORD)
        (config.parent / "password").chmod(0o600)
        with config.open("a") as file:
            file.write(MAILBOX.format(host=dovecot.host, port=dovecot.port, ca_file=dovecot.ca_file))
        made = Ground(config, url, port, dovecot, sink)
        try:
            yield made
        finally:
            if made.process:
                made.process.kill()
                made.process.wait()
            if kept := os.environ.get("SOAK_KEEP"):
                shutil.copytree(config.parent, kept, dirs_exist_ok=True)


def drive(place: Ground, load: Load, minutes: float, chance: random.Random) -> list[float]:
    """The load and the kills, for so long; the resident memory at the end of each minute, just before the kill."""
    place.start()
    threads = [threading.Thread(target=each, daemon=True) for each in (load.write, load.react)]
    for thread in threads:
        thread.start()
    resident = []
    pause = threading.Event()
    for minute in range(1, int(minutes) + 1):
        pause.wait(60)
        resident.append(round(place.resident_mb(), 1))
        what = chance.choice(("mailbot", "mailbot", "mailbox server", "database connections"))
        place.kill(what)
        told = (
            f"minute {minute}: {len(load.ledger.posted)} mails, {len(place.sink.received)} letters, {resident[-1]} MB"
        )
        print(f"{told}, killed: {what}", file=sys.stderr, flush=True)
    load.stopped.set()
    for thread in threads:
        thread.join(120)
    return resident


def settle(place: Ground) -> None:
    """Until all is taken in; then the service ends, and an hour later one tick sends what a kill had interrupted."""
    pause = threading.Event()
    end = time.monotonic() + 300
    with place.dovecot.client("desk") as client, desk_of(place.config) as desk:
        while time.monotonic() < end and (client.folder_status("INBOX", ["MESSAGES"])[b"MESSAGES"] or _waiting(desk)):
            pause.wait(1)
    assert place.process
    place.process.terminate()
    place.process.wait(60)
    for hours in (1, 2, 3):
        command(place.config, "tick", "--json", now=SystemClock().now() + timedelta(hours=hours))


def _waiting(desk: Desk) -> int:
    with desk.store.reading() as transaction:
        counts = transaction.arrivals.counts()
        letters = transaction.outbox.counts()
    return counts.get("new", 0) + counts.get("taken", 0) + letters.get("due", 0)


def found(place: Ground, load: Load) -> dict[str, Any]:
    """What is in the database and in the sink, held against the ledger."""
    with desk_of(place.config) as desk:
        mails = {row.arrival_id: desk.raw(row.arrival_id) for row in desk.arrivals()}
        ids = {arrival_id: _message_id(raw) for arrival_id, raw in mails.items()}
        digests = Counter(digest(raw) for raw in mails.values())
        case_of = {ids[row.arrival_id]: row.case_id for row in desk.arrivals()}
        letters = desk.letters()
        states = dict(Counter(row.state for row in desk.arrivals()))
        cases = len(desk.cases())
    received = Counter(
        str(email.message_from_bytes(each.content)["Message-ID"]).strip("<> ") for each in place.sink.received
    )
    tries = {letter.message_id: letter.attempts for letter in letters}
    inquiries, replies = load.ledger.of_kind("inquiry"), load.ledger.of_kind("reply")
    own = {posted.about: case_of.get(message_id) for message_id, posted in inquiries.items()}
    return {
        "mails": len(load.ledger.posted),
        "inquiries": len(inquiries),
        "replies": len(replies),
        "tries_that_were_put_off": load.refused,
        "arrivals": len(ids),
        "arrival_states": states,
        "cases": cases,
        "letters": dict(Counter(f"{letter.kind}: {letter.state}" for letter in letters)),
        "lost": sorted(set(load.ledger.posted) - set(ids.values())),
        "changed": [key for key, posted in load.ledger.posted.items() if digests[posted.digest] != 1],
        "recorded_twice": [key for key, times in Counter(ids.values()).items() if times > 1],
        "inquiries_that_share_a_case": len(own) - len(set(own.values())),
        "replies_elsewhere": [key for key, posted in replies.items() if case_of.get(key) != own.get(posted.about)],
        "letters_received": sum(received.values()),
        "letters_received_twice": sum(times > 1 for times in received.values()),
        "twice_after_one_try": [key for key, times in received.items() if times > max(1, tries.get(key, 0))],
        "letters_unknown_to_us": sorted(set(received) - set(tries)),
        "sent_and_not_received": sorted({x.message_id for x in letters if x.state == "sent"} - set(received)),
    }


def _message_id(raw: bytes) -> str:
    return str(email.message_from_bytes(raw)["Message-ID"]).strip("<> ")


BROKEN = (
    "lost",
    "changed",
    "recorded_twice",
    "inquiries_that_share_a_case",
    "replies_elsewhere",
    "twice_after_one_try",
    "letters_unknown_to_us",
    "sent_and_not_received",
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--a-second", type=float, default=3)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    with ground() as place:
        load = Load(place.port, place.dovecot, place.sink, 1 / options.a_second, chance)
        resident = drive(place, load, options.minutes, random.Random(options.seed))
        settle(place)
        result = found(place, load)
    third = max(1, len(resident) // 3)
    result |= {
        "minutes": options.minutes,
        "kills": dict(place.kills),
        "resident_mb": resident,
        "resident_mb_first_third": median(resident[:third]),
        "resident_mb_last_third": median(resident[-third:]),
        "promises_broken": [name for name in BROKEN if result[name]],
    }
    print(json.dumps(result, indent=1))
    return 1 if result["promises_broken"] else 0


if __name__ == "__main__":
    sys.exit(main())
