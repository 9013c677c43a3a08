"""Two services share one PostgreSQL: every mail reaches both, and has one effect."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.nodes import post_all, two_nodes
from tests.servers.smtp_sink import Script, smtp_sink

COUNT = 200


def test_f21_f22_each_mail_is_taken_in_once_and_answered_once(postgresql_url: str, tmp_path: Path) -> None:
    with smtp_sink(Script()) as sink, two_nodes(tmp_path, postgresql_url, sink) as nodes:
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda number: post_all(nodes, number), range(COUNT)))
        assert answers == [250] * COUNT
        assert nodes.wait_until_done(COUNT) == {
            "arrivals": COUNT,
            "states": {"done": COUNT},
            "attempts": {1: COUNT},
            "cases": COUNT,
            "letters": {"sent": COUNT},
            "letters_received": COUNT,
            "letters_received_twice": 0,
        }
        assert [served.stop() for served in nodes.served] == [0, 0]
