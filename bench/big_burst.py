"""The most memory that the service needs while mails of 25 MB come in by SMTP and are taken in; prints JSON.

python bench/big_burst.py [MAILS] [CLIENTS] [sqlite|postgresql]      # 8 4 sqlite
"""

from __future__ import annotations

import json
import smtplib
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

from imap_ground import ROOT, mail, peak_mb

assert ROOT

from tests.desks import open_desk, write_desk  # noqa: E402
from tests.mails import DESK  # noqa: E402
from tests.servers.postgres import postgres_server  # noqa: E402
from tests.servers.service import serving  # noqa: E402

SIZE = 25 * 1024 * 1024
WAIT = 600


def post(port: int, number: int) -> None:
    with smtplib.SMTP("127.0.0.1", port, "client.example", timeout=WAIT) as client:
        client.sendmail(f"pat{number}@broker{number}.example", DESK, mail(number, SIZE))


def measured(folder: Path, url: str, mails: int, clients: int) -> dict[str, object]:
    """One burst through a service of its own: its peak before, when all was said 250, and when all was taken in."""
    from mailbot.store.engine import migrate

    migrate(url)
    config = write_desk(folder, url)
    with open_desk(folder, url) as desk, serving(config) as served:
        pid = served.process.pid
        before, began = peak_mb(pid), time.monotonic()
        with ThreadPoolExecutor(clients) as pool:
            list(pool.map(lambda number: post(served.port, number), range(mails)))
        said, answered = time.monotonic() - began, peak_mb(pid)
        pause = threading.Event()
        while {row.state for row in desk.arrivals()} != {"done"} and time.monotonic() - began < WAIT:
            pause.wait(0.5)
        states = sorted(row.state for row in desk.arrivals())
        return {
            "mails": mails,
            "clients": clients,
            "done": states.count("done"),
            "before_mb": round(before),
            "peak_received_mb": round(answered),
            "peak_taken_in_mb": round(peak_mb(pid)),
            "seconds_received": round(said, 1),
            "seconds": round(time.monotonic() - began, 1),
        }


def main() -> None:
    mails, clients = (int(given) for given in (*sys.argv[1:3], "8", "4")[:2])
    kind = (*sys.argv[3:4], "sqlite")[0]
    with ExitStack() as using:
        folder = Path(using.enter_context(tempfile.TemporaryDirectory(prefix="mailbot-bench-")))
        url = f"sqlite:///{folder}/mailbot.db"
        if kind == "postgresql":
            server = using.enter_context(postgres_server(durable=True))
            url = server.url(server.create("bench"))
        print(json.dumps(measured(folder / "desk", url, mails, clients), indent=1))


if __name__ == "__main__":
    main()
