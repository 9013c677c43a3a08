"""mailbot as a process of its own: a command run to its end, or the service until it is stopped or dies."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
WAIT = 60


def environment(failpoint: str = "") -> dict[str, str]:
    """What the process sees; a failpoint as NAME:kill:COUNT."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("MAILBOT_")}
    environ |= {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    return environ | ({"MAILBOT_FAILPOINT": failpoint, "MAILBOT_TEST_SWITCH": "1"} if failpoint else {})


def _line(config: Path, *arguments: str, now: datetime | None) -> list[str]:
    clock = ["--now", now.isoformat()] if now else []
    return [sys.executable, "-m", "mailbot", *arguments, "--config", str(config), *clock]


def command(
    config: Path, *arguments: str, now: datetime | None = None, failpoint: str = "", given: bytes = b""
) -> subprocess.CompletedProcess[bytes]:
    """Run a command to its end, whatever its status."""
    return subprocess.run(
        _line(config, *arguments, now=now),
        env=environment(failpoint),
        cwd=config.parent,
        input=given,
        capture_output=True,
        timeout=WAIT,
        check=False,
    )


@dataclass
class Served:
    """A running service."""

    process: subprocess.Popen[str]
    port: int

    def died(self) -> int:
        """Wait for its end; the status, -9 when it was killed."""
        return self.process.wait(WAIT)

    def stop(self) -> int:
        """Tell it to stop, as a service manager does; its status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(WAIT)


@contextmanager
def serving(config: Path, now: datetime | None = None, failpoint: str = "") -> Iterator[Served]:
    """The service, once it says that it is ready; stopped afterwards if it still runs."""
    log = (config.parent / "serve.log").open("a")
    with (
        log,
        subprocess.Popen(
            _line(config, "serve", "--json", now=now),
            env=environment(failpoint),
            cwd=config.parent,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        ) as process,
    ):
        assert process.stdout is not None
        ready: dict[str, Any] = json.loads(process.stdout.readline() or "{}")
        assert ready, (config.parent / "serve.log").read_text()
        served = Served(process, int(ready["smtp_port"] or 0))
        try:
            yield served
        finally:
            served.stop()
