"""Two nodes on one database, and mail that is sent to both of them."""

from __future__ import annotations

import email
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.desks import Desk, open_desk, write_desk
from tests.mails import MONDAY, mail
from tests.servers.posting import post
from tests.servers.service import Served, serving
from tests.servers.smtp_sink import Sink

WAIT = 300


@dataclass
class Nodes:
    """Two running services over one database and key."""

    served: list[Served]
    folder: Path
    url: str
    sink: Sink

    def wait_until_done(self, count: int) -> dict[str, Any]:
        """Once as many letters came as there are cases to acknowledge: what is in the database."""
        self.sink.wait_for(count, WAIT)
        with open_desk(self.folder, self.url) as desk:
            pause = threading.Event()
            while {"due", "sending"} & {letter.state for letter in desk.letters()}:
                pause.wait(0.1)
            return self._counted(desk)

    def _counted(self, desk: Desk) -> dict[str, Any]:
        ids = Counter(str(email.message_from_bytes(each.content)["Message-ID"]) for each in self.sink.received)
        return {
            "arrivals": len(desk.arrivals()),
            "states": dict(Counter(row.state for row in desk.arrivals())),
            "attempts": dict(Counter(row.attempts for row in desk.arrivals())),
            "cases": len(desk.cases()),
            "letters": dict(Counter(letter.state for letter in desk.letters())),
            "letters_received": sum(ids.values()),
            "letters_received_twice": sum(times > 1 for times in ids.values()),
        }


@contextmanager
def two_nodes(folder: Path, url: str, sink: Sink) -> Iterator[Nodes]:
    """Both nodes up, with budgets that do not get in the way."""
    sections = {
        "outgoing": {"url": f"smtp://127.0.0.1:{sink.port}", "per_domain_an_hour": 100_000},
        "listener": {"max_connections_per_client": 50},
    }
    configs = [write_desk(folder, url, **sections)]
    (folder / "other").mkdir()
    (folder / "other" / "mailbot.key").write_bytes((folder / "mailbot.key").read_bytes())
    (folder / "other" / "mailbot.key").chmod(0o600)
    configs.append(write_desk(folder / "other", url, **sections))
    with ExitStack() as running:
        served = [running.enter_context(serving(config, MONDAY)) for config in configs]
        yield Nodes(served, folder, url, sink)


def post_all(nodes: Nodes, number: int) -> int:
    """Send the mail of this number to both nodes, as two mail servers would that both hold it; the worst answer."""
    sender = f"p{number}@broker.example"
    raw = mail(f"inquiry {number}", sender=sender, message_id=f"<n{number}@broker.example>")
    return max(post(served.port, sender, raw) for served in nodes.served)
