"""Killed at a named point by each way in, and again while it recovers: every promise holds afterwards.

This is a slice; bench/crash_matrix.py plays all of it, and docs/performance.md has its figures.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailbot.failpoints import NAMES
from tests.crashes.matrix import WAYS, Crash, Drill, once, points, twice
from tests.servers.dovecot import Dovecot
from tests.servers.service import ROOT
from tests.servers.smtp_sink import Sink, smtp_sink

#: Each way in dies at each stage of its path once, and twice where a letter is in doubt.
SLICE = [
    Crash("lmtp", "smtp.after_record"),
    Crash("lmtp", "delivery.after_dot", "outbox.after_answer"),
    Crash("smtp", "intake.before_commit", "intake.after_commit"),
    Crash("imap", "imap.in_record", "imap.after_record"),
    Crash("imap", "imap.after_mark", "intake.after_take"),
    Crash("pipe", "files.in_record", "files.after_record"),
    Crash("import", "files.before_record", "intake.before_commit"),
    Crash("imap", "export.between_files", "export.before_mark"),
]


@pytest.fixture
def folder() -> Iterator[Path]:
    """With a path that is short enough for a socket."""
    with tempfile.TemporaryDirectory(prefix="mb-") as name:
        yield Path(name)


@pytest.fixture
def sink() -> Iterator[Sink]:
    with smtp_sink() as running:
        yield running


@pytest.mark.parametrize("crash", SLICE, ids=str)
def test_i1_to_i8_hold_whatever_died(
    crash: Crash, folder: Path, database_url: str, sink: Sink, dovecot: Dovecot
) -> None:
    drill = Drill(folder, database_url, crash, sink, dovecot)
    assert drill.play() == []
    assert len(drill.kills) == (2 if crash.again else 1)


def test_the_matrix_has_every_failpoint_by_every_way_that_passes_it() -> None:
    cells = once()
    elsewhere = {name for name in NAMES if name not in {cell.at for cell in cells}}
    others = "".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    assert [name for name in sorted(elsewhere) if f'"{name}' not in others] == [], "no test dies there"
    for way in WAYS:
        assert [cell.at for cell in cells if cell.way == way] == points(way)
    assert {(cell.way, cell.at) for cell in twice()} == {(cell.way, cell.at) for cell in cells}


def test_a_drill_notices_what_was_lost(folder: Path, sqlite_url: str, sink: Sink, dovecot: Dovecot) -> None:
    """The checker is no rubber stamp: a mail that nobody took, and a letter that nobody sent, are told."""
    drill = Drill(folder, sqlite_url, Crash("smtp", "smtp.after_record"), sink, dovecot)
    lost = drill.mails[0] + b"One more line.\r\n"
    assert drill.play() == []
    drill.mails[0] = lost
    sink.received.append(sink.received[0])
    with drill.reopened() as desk:
        told = drill.checked(desk)
    assert any(sentence.startswith("I1: 1 mails are missing, 1 were never sent") for sentence in told)
    assert any(sentence.startswith("I2: 1 letters were received twice, and 0 were in doubt") for sentence in told)
    assert any("after one try" in sentence for sentence in told)


def test_a_failpoint_that_is_never_reached_is_told(folder: Path, sqlite_url: str, sink: Sink, dovecot: Dovecot) -> None:
    drill = Drill(folder, sqlite_url, Crash("smtp", "imap.after_mark"), sink, dovecot)
    assert drill.play() == ["imap.after_mark was not reached"]
