"""The options that every command takes, and how a command prints."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TextIO

import typer

from mailbot.clock import Clock, SetClock, SystemClock
from mailbot.errors import UsageError

ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", metavar="FILE", help="Configuration; else MAILBOT_CONFIG, else ./mailbot.toml."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object a line on standard output.")]
NowOption = Annotated[
    str | None,
    typer.Option("--now", metavar="ISO", help="Set the clock, as 2026-11-21T09:00-05:00 (rehearsals and tests)."),
]

#: Deadlines are counted from a time, and look-backs: near either end of the calendar there would be none.
_YEARS = range(1970, 2200)
#: So much of what was typed is shown again.
_SHOWN = 40


def clock_from(now: str | None) -> Clock:
    """The clock that `--now` asks for; the machine's when it is not given."""
    return SystemClock() if now is None else SetClock(moment_from(now, "--now"))


def moment_from(text: str, option: str) -> datetime:
    """An ISO time with an offset; UsageError with an example otherwise."""
    example = f"{option} takes a time with an offset, as 2026-11-21T09:00-05:00"
    given = repr(text[:_SHOWN])
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{example}; {given} is no time") from error
    if moment.tzinfo is None:
        raise UsageError(f"{example}; {given} has no offset")
    if moment.year not in _YEARS:
        raise UsageError(f"{example}; {given} is not between {_YEARS.start} and {_YEARS.stop}")
    return moment


def known_state(state: str | None, states: type[StrEnum]) -> None:
    """UsageError with the states there are when what `--state` names is none of them."""
    if state is not None and state not in set(states):
        raise UsageError(f"--state takes {', '.join(states)}; {state[:_SHOWN]!r} is none of them")


def print_json(row: object) -> None:
    """One object on one line of standard output; where that is not UTF-8, every other letter as its number."""
    plain = (sys.stdout.encoding or "").casefold() not in ("utf-8", "utf8")
    sys.stdout.write(json.dumps(row, ensure_ascii=plain, default=str) + "\n")


def say(sentence: str) -> None:
    """A sentence for a person, on standard error."""
    with heard_or_not(sys.stderr):
        sys.stderr.write(f"{sentence}\n")


@contextmanager
def heard_or_not(stream: TextIO) -> Iterator[None]:
    """What cannot be said, to a full disk or to nobody, changes nothing: no status, and nothing that runs.

    What waits to be written goes nowhere, or Python would end with a status of its own (ATTACKS F51).
    """
    try:
        yield
        stream.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
