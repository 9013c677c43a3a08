"""Two `mailbot serve` on one PostgreSQL take in many mails, each of which has one effect; prints one JSON object.

python bench/two_nodes.py --mails 1000
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from mailbot.store.engine import migrate
from tests.nodes import post_all, two_nodes
from tests.servers.postgres import postgres_server
from tests.servers.smtp_sink import Script, Sink, smtp_sink


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mails", type=int, default=1000)
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as scratch,
        postgres_server(durable=True) as server,
        server.database() as url,
        smtp_sink(Script()) as sink,
    ):
        shown = run(Path(scratch), url, sink, options.mails)
    print(json.dumps(shown, indent=1))


def run(folder: Path, url: str, sink: Sink, mails: int) -> dict[str, Any]:
    """Each mail goes to both nodes; what became of all of them."""
    migrate(url)
    began = time.perf_counter()
    with two_nodes(folder, url, sink) as nodes, ThreadPoolExecutor(8) as pool:
        answers = Counter(pool.map(lambda number: post_all(nodes, number), range(mails)))
        seconds_recorded = time.perf_counter() - began
        counted = nodes.wait_until_done(mails)
    return {
        "mails": mails,
        "answers": {str(code): count for code, count in answers.items()},
        "seconds_until_all_were_recorded": round(seconds_recorded, 1),
        "seconds_until_all_letters_were_out": round(time.perf_counter() - began, 1),
    } | counted


if __name__ == "__main__":
    main()
