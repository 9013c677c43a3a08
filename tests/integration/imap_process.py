"""The desk as a process of its own, which a test may stop or kill."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mailbot.clock import SystemClock
from mailbot.store.engine import migrate
from mailbot.store.sealing import new_key_file, read_key_file
from mailbot.store.unit_of_work import open_store
from tests.servers.dovecot import PASSWORD, Dovecot


@dataclass
class Process:
    """The desk as a process of its own, on a database of its own."""

    folder: Path
    url: str
    dovecot: Dovecot
    user: str
    after: str = "move:Processed"

    def __post_init__(self) -> None:
        migrate(self.url)
        new_key_file(self.folder / "key")
        self.give(url=self.url)

    def give(self, url: str) -> None:
        """Tell the process its desk; another `url` than the test's may carry settings for its session."""
        given = {
            "url": url,
            "key_file": str(self.folder / "key"),
            "host": self.dovecot.host,
            "port": self.dovecot.port,
            "user": self.user,
            "password": PASSWORD,
            "ca_file": str(self.dovecot.ca_file),
            "after": self.after,
        }
        (self.folder / "desk.json").write_text(json.dumps(given))

    def start(self, failpoint: str = "") -> subprocess.Popen[str]:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        if failpoint:
            environment |= {"MAILBOT_FAILPOINT": failpoint, "MAILBOT_TEST_SWITCH": "1"}
        command = [sys.executable, "-m", "tests.integration.poll_once", str(self.folder / "desk.json")]
        return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)

    def run(self, failpoint: str = "") -> dict[str, Any]:
        """Poll once; an empty result when the process was killed."""
        with self.start(failpoint) as process:
            told, _ = process.communicate(timeout=60)
            if failpoint:
                assert process.returncode == -signal.SIGKILL, "the failpoint was not reached"
        result: dict[str, Any] = json.loads(told) if told else {}
        return result

    @contextmanager
    def stopped_at(self, failpoint: str) -> Iterator[subprocess.Popen[str]]:
        """The process, standing still at this point; continued or not, it is gone afterwards."""
        process = self.start(f"{failpoint}:stop:1")
        try:
            told = os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
            assert told is not None
            assert told.si_code == os.CLD_STOPPED, "it ended before the failpoint"
            yield process
        finally:
            process.kill()
            process.communicate(timeout=60)

    def recorded(self) -> list[bytes]:
        store = open_store(self.url, read_key_file(self.folder / "key"), SystemClock())
        try:
            with store.reading() as transaction:
                listed = transaction.arrivals.listed(None, limit=10_000)
                return [transaction.arrivals.raw(row.arrival_id) for row in listed]
        finally:
            store.close()
