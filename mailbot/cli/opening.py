"""Opening the app for a command; what only reads files does not pay for it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mailbot import failpoints
from mailbot.app import App, opened
from mailbot.cli.options import clock_from
from mailbot.config import load


@contextmanager
def opened_app(config: Path | None, now: str | None) -> Iterator[App]:
    """The app that the options ask for, closed at the end."""
    failpoints.arm(os.environ)
    with opened(load(config, os.environ), clock_from(now)) as app:
        yield app
