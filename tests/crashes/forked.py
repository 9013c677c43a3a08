"""The service, or a command, in a process of its own that starts in a moment: forked from one with all modules."""

from __future__ import annotations

import logging
import multiprocessing
import os
import resource
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from mailbot import app as composition
from mailbot import jobs
from mailbot.app import App, opened
from mailbot.cases.understanding import Understanding
from mailbot.classify.understand import SentMessage
from mailbot.cli import build, mailing
from mailbot.clock import Clock, MachineTime, SetClock
from mailbot.config import Config, load
from mailbot.failpoints import arm
from mailbot.mail import Kind
from mailbot.store.clocks import ClockGuard
from tests.readers import read_by
from tests.understood import COMPLETE, understanding

WAIT = 60
LOG, CALLED, SAID = "serve.log", "called.log", "said.log"
#: The machine of a drill has run since then: between two services time goes by, within one only its clock is set.
MACHINE, STARTED = "the machine of a drill", datetime(2026, 1, 1, tzinfo=UTC)
_FORKING = multiprocessing.get_context("forkserver")
_FORKING.set_forkserver_preload(["tests.crashes.forked"])


@dataclass
class Forked:
    """A running service; `port` is that of SMTP, 0 where it has none, None when it died before it could say so."""

    process: BaseProcess
    link: Connection
    port: int | None

    @property
    def number(self) -> int:
        """The number of the process."""
        assert self.process.pid
        return self.process.pid

    def dead(self, within: float = WAIT) -> bool:
        """Whether it dies within so many seconds."""
        self.process.join(within)
        return self.process.exitcode is not None

    def killed(self) -> bool:
        return self.process.exitcode == -9

    def set_clock(self, by: timedelta) -> None:
        """As if somebody set the clock of the machine."""
        self.link.send(by)

    def stop(self) -> None:
        with suppress(OSError):
            self.link.send("stop")
        self.process.join(WAIT)
        if self.process.exitcode is None:
            self.process.kill()
            raise AssertionError("the service did not end")


@contextmanager
def forked(
    config: Path, now: datetime, failpoint: str = "", task: str = "serve", largest_file: int | None = None
) -> Iterator[Forked]:
    """The service, or one export, with a failpoint as NAME:kill:COUNT.

    It can make no file larger than `largest_file` bytes, as if the disk were full.
    """
    ours, theirs = _FORKING.Pipe()
    process = _FORKING.Process(target=_run, args=(theirs, config, now, failpoint, task, largest_file), daemon=True)
    process.start()
    theirs.close()
    port = None
    with suppress(EOFError, ConnectionResetError):
        port = ours.recv()
    running = Forked(process, ours, port)
    try:
        yield running
    finally:
        if process.exitcode is None:
            running.stop()
        ours.close()


def commanded(config: Path, line: list[str], failpoint: str = "", given: Path | None = None) -> int:
    """The status that a command ends with, -9 where it was killed; `given` is its standard input.

    An import keeps two mails in a commit, so that it can die between two of them.
    """
    process = _FORKING.Process(target=_command, args=(config, line, failpoint, given), daemon=True)
    process.start()
    process.join(WAIT)
    if process.exitcode is None:
        process.kill()
        raise AssertionError("the command did not end")
    return process.exitcode


def _command(config: Path, line: list[str], failpoint: str, given: Path | None) -> None:
    logging.basicConfig(filename=config.parent / LOG, level=logging.DEBUG, force=True)
    _watch_calls(config.parent / CALLED)
    os.environ.update({"MAILBOT_CONFIG": str(config), "MAILBOT_FAILPOINT": failpoint, "MAILBOT_TEST_SWITCH": "1"})
    mailing.IMPORT_BATCH = 2
    composition.opened = _opened
    with (given or Path(os.devnull)).open() as sys.stdin, (config.parent / SAID).open("a") as sys.stdout:
        sys.stderr = sys.stdout
        build()(line)


@contextmanager
def _opened(settings: Config, clock: Clock) -> Iterator[App]:
    with opened(settings, clock) as app:
        read_by(app, _understood)
        yield app


def _run(link: Connection, config: Path, now: datetime, failpoint: str, task: str, largest_file: int | None) -> None:
    if largest_file is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))
    logging.basicConfig(filename=config.parent / LOG, level=logging.DEBUG, force=True)
    _watch_calls(config.parent / CALLED)
    jobs.TAKE_IN_EVERY = jobs.DELIVER_EVERY = jobs.SWEEP_EVERY = timedelta(seconds=0.3)
    arm({"MAILBOT_FAILPOINT": failpoint, "MAILBOT_TEST_SWITCH": "1"})
    clock = SetClock(now)
    with _opened(load(config, {}), clock) as app:
        guard = ClockGuard(MachineTime(clock, lambda: (now - STARTED).total_seconds(), MACHINE))
        app.timekeeper._guard = app.dispatch._guard = guard
        if task == "export":
            link.send(0)
            app.exporter.export()
        else:
            _serve(app, clock, link)


def _serve(app: App, clock: SetClock, link: Connection) -> None:
    """Until it is told to stop; a span that is sent sets the clock by it."""
    service = app.service()
    service.start()
    link.send(service.listener.smtp_port or 0 if service.listener else 0)
    with suppress(EOFError):
        while isinstance(by := link.recv(), timedelta):
            clock.advance(by)
    service.stop()


def _understood(sent: SentMessage) -> Understanding:
    """Each mail is a complete inquiry about a member of its own, whose number is the subject's."""
    number = sent.message.subject.rpartition(" ")[2]
    meaning = understanding(**COMPLETE | {"subscriber_id": f"W88310{number:0>4}", "subscriber_name": f"No {number}"})
    return meaning if sent.kind is Kind.INQUIRY else replace(meaning, category=None, confidence=0.0)


def _watch_calls(file: Path) -> None:
    """Write down every address outside of this machine that the process connects to."""

    def hook(event: str, given: tuple[Any, ...]) -> None:
        if event == "socket.connect":
            address = given[1]
            if not isinstance(address, str | bytes) and address[0] not in ("127.0.0.1", "::1", "localhost"):
                with file.open("a") as called:
                    called.write(f"{address}\n")

    sys.addaudithook(hook)
