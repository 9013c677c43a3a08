"""`mailbot demo`: the main job on built-in mail, in a folder of its own, with nothing to set up."""

from __future__ import annotations

import signal
import tempfile
import threading
from pathlib import Path
from typing import Annotated

import typer

from mailbot.app import opened
from mailbot.cli.options import NowOption, clock_from
from mailbot.cli.setup import write_desk
from mailbot.cli.story import Story, tell
from mailbot.clock import SetClock
from mailbot.config import load
from mailbot.config.reading import FILE_NAME

ExitOption = Annotated[bool, typer.Option("--exit", help="End when the story is told; else the service stays up.")]
_SETTINGS = {"MAILBOT_LISTENER__SMTP": "127.0.0.1:0", "MAILBOT_OUTGOING__URL": "maildir:letters"}
_BEGINS = "2026-09-08T11:00-04:00"


def register(commands: typer.Typer) -> None:
    """Add the demo."""
    commands.command()(demo)


def demo(*, exit_: ExitOption = False, now: NowOption = None) -> None:
    """Show the main job on built-in mail: the service runs on a free port of this machine with a database of its own.

    Example: mailbot demo --exit
    """
    clock = SetClock(clock_from(now or _BEGINS).now())
    with tempfile.TemporaryDirectory(prefix="mailbot-demo-") as folder:
        write_desk(Path(folder))
        with opened(load(Path(folder) / FILE_NAME, _SETTINGS), clock) as app:
            service = app.service()
            service.start()
            try:
                story = Story(app, clock, service)
                story.run()
                if not exit_:
                    _stay(story.port, Path(folder))
            finally:
                service.stop()


def _stay(port: int, folder: Path) -> None:
    told = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told.set())
    tell(f"The service stays up: send mail to enrollment@desk.example by SMTP to 127.0.0.1:{port}.")
    tell(f"Letters are written to {folder}/letters/new. Ctrl-C ends it and removes everything.")
    told.wait()
