"""Cuts the line to each peer after every n octets and tells what became of the mail; prints one JSON object.

python bench/cut_lines.py [STEP]      # 7: a cut after every 7th octet of either side
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from mailbot.store.engine import migrate  # noqa: E402
from tests import drills  # noqa: E402
from tests.desks import open_desk  # noqa: E402
from tests.drills import Tally  # noqa: E402
from tests.servers.cutting import Cut, Side  # noqa: E402
from tests.servers.dovecot import running_dovecot  # noqa: E402
from tests.servers.postgres import postgres_server  # noqa: E402

#: A little more than either side says in one exchange, so that the last cuts come too late to matter.
LETTER = {Side.SERVER: 350, Side.CALLER: 7_500}
ARRIVAL = {Side.SERVER: 350, Side.CALLER: 600}
MAILBOX = {Side.SERVER: 5_600, Side.CALLER: 2_400}


def each(ends: dict[Side, int], step: int) -> Iterator[Cut]:
    return (Cut(side, octets) for side, end in ends.items() for octets in range(1, end, step))


def arrivals(folder: Path, url: str, step: int) -> Tally:
    with open_desk(folder, url) as desk:
        return drills.arrivals(desk, each(ARRIVAL, step))


def mailbox(folder: Path, url: str, step: int) -> Tally:
    with running_dovecot() as dovecot:
        return drills.mailbox(dovecot, "desk", url, each(MAILBOX, step))


def told(drill: Callable[[Path, str], Tally], url: str) -> dict[str, object]:
    """One drill in a folder of its own; `{folder}` in the URL stands for it."""
    with tempfile.TemporaryDirectory(prefix="mailbot-bench-") as name:
        at, began = url.format(folder=name), time.monotonic()
        migrate(at)
        tally = drill(Path(name) / "desk", at)
    return {
        "cuts": tally.cuts,
        "exchanges_broken": tally.broke,
        "wrong": tally.wrong,
        "outcomes": dict(tally.outcomes),
        "seconds": round(time.monotonic() - began, 1),
    }


def main() -> None:
    step = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    with postgres_server() as postgres, postgres.database() as first, postgres.database() as second:
        sqlite = "sqlite:///{folder}/mailbot.db"
        result = {
            "step": step,
            "letters_sqlite": told(lambda folder, url: drills.letters(folder, url, each(LETTER, step)), sqlite),
            "letters_postgresql": told(lambda folder, url: drills.letters(folder, url, each(LETTER, step)), first),
            "arrivals_sqlite": told(lambda folder, url: arrivals(folder, url, step), sqlite),
            "arrivals_postgresql": told(lambda folder, url: arrivals(folder, url, step), second),
            "mailbox_sqlite": told(lambda folder, url: mailbox(folder, url, step), sqlite),
        }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
