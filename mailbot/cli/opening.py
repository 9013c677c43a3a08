"""Opening the app, or the store alone, for a command; what needs neither does not pay for them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mailbot import failpoints
from mailbot.cli.options import clock_from
from mailbot.clock import Clock, SystemClock
from mailbot.config import Config, load
from mailbot.memory import nothing_to_collect
from mailbot.store.sealing import read_key_file
from mailbot.store.unit_of_work import Store, Transaction, open_store

if TYPE_CHECKING:
    from mailbot.app import App


@dataclass(frozen=True, slots=True)
class Kept:
    """What was kept, and the configuration that says how it is shown."""

    config: Config
    store: Store


@contextmanager
def opened_app(config: Path | None, now: str | None) -> Iterator[App]:
    """The app that the options ask for, closed at the end."""
    with ExitStack() as stack:
        with nothing_to_collect():
            from mailbot.app import opened  # here, because with it comes everything that takes mail in

            failpoints.arm(os.environ)
            app = stack.enter_context(opened(load(config, os.environ), clock_from(now)))
        yield app


@contextmanager
def opened_kept(config: Path | None, now: str | None) -> Iterator[Kept]:
    """What was kept alone, for a command that only looks: it starts in half the time."""
    failpoints.arm(os.environ)
    settings = load(config, os.environ)
    with opened_store(settings, clock_from(now)) as store:
        yield Kept(settings, store)


@contextmanager
def opened_store(config: Config, clock: Clock) -> Iterator[Store]:
    """The store alone, for what only looks at what was kept. Raises what `open_store` raises."""
    with closing(open_store(config.database.url, read_key_file(config.keys.file), clock)) as store:
        yield store


@contextmanager
def looked_at(config: Config) -> Iterator[Transaction | None]:
    """What was kept, for a line of `mailbot check`; None where the database is a file that is not there yet.

    Of that another line tells.
    """
    file = config.database.file
    if file and not file.exists():
        yield None
        return
    with opened_store(config, SystemClock()) as store, store.reading() as transaction:
        yield transaction
