"""bench/inputs.py, small: the whole service by real sockets, compared with the truth of the mail that was made."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
MAILS = 12


@pytest.mark.parametrize(("way", "processes"), [("lmtp", 1), ("files", 1), ("smtp+smtp", 2)])
def test_nothing_is_lost_or_mixed_up_on_any_way(way: str, processes: int) -> None:
    """Two services on one SQLite share the work like any two nodes."""
    measured = run("--way", way)["sqlite"][way]
    assert measured["wrong"] == {}
    assert measured["processes"] == processes
    assert measured["letters"] >= round(1.5 * MAILS * 0.6)  # of ten mails six are inquiries, each acknowledged once
    assert measured["cpu_ms"] + measured["once_ms"] > 0  # which of both it was cannot be told from so few mails
    assert measured["mails_a_second"] > 0


def run(*options: str) -> dict[str, Any]:
    """What the bench prints."""
    line = [sys.executable, str(ROOT / "bench" / "inputs.py"), "--mails", str(MAILS), "--engine", "sqlite", *options]
    done = subprocess.run(line, capture_output=True, check=False, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert done.returncode == 0, done.stderr.decode()
    found: dict[str, Any] = json.loads(done.stdout)
    assert found["mails"] == MAILS
    return found
