"""How much CPU each step of the path takes: what a step calls is counted once, to the innermost step that is named."""

from __future__ import annotations

import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from mailbot import intake, keeping, reading
from mailbot.classify.understand import Understander
from mailbot.ingest.extract import ChildReader
from mailbot.replies.writing import Writer
from mailbot.store.arrivals import Arrivals
from mailbot.store.outbox import Outbox

#: Where each step is done; what is in none of these is "commit" (and the little between the steps).
PLACES: tuple[tuple[Any, str, str], ...] = (
    (Arrivals, "record", "record"),
    (Arrivals, "take", "take"),
    (reading, "parse", "parse"),
    (reading, "screen", "screen"),
    (reading, "assess", "screen"),
    (ChildReader, "__call__", "read files"),
    (Understander, "understand", "classify"),
    (intake.Intake, "_match", "match"),
    (intake.Intake, "_others", "match"),
    (intake, "decide", "decide"),
    (Writer, "write", "compose"),
    (keeping.Keeper, "keep", "keep"),
    (Outbox, "spent", "budgets"),
    (Arrivals, "finish", "keep"),
)
_TICKS = os.sysconf("SC_CLK_TCK")


class Steps:
    """CPU nanoseconds by step."""

    def __init__(self) -> None:
        self.spent: dict[str, int] = defaultdict(int)
        self._stack: list[str] = []
        self._since = 0

    @contextmanager
    def counted(self, step: str) -> Iterator[None]:
        """Everything in the block is this step's, apart from what an inner step does."""
        self._enter(step)
        try:
            yield
        finally:
            self._leave()

    def _enter(self, step: str) -> None:
        self._settle()
        self._stack.append(step)

    def _leave(self) -> None:
        self._settle()
        self._stack.pop()

    def _settle(self) -> None:
        now = time.process_time_ns()
        if self._stack:
            self.spent[self._stack[-1]] += now - self._since
        self._since = now

    def wrapped(self, function: Callable[..., Any], step: str) -> Callable[..., Any]:
        def timed(*args: Any, **kwargs: Any) -> Any:
            self._enter(step)
            try:
                return function(*args, **kwargs)
            finally:
                self._leave()

        return timed


@contextmanager
def watched() -> Iterator[Steps]:
    """Count the steps while the block runs."""
    steps = Steps()
    before = [(place, name, getattr(place, name)) for place, name, _ in PLACES]
    for (place, name, step), (_, _, function) in zip(PLACES, before, strict=True):
        setattr(place, name, steps.wrapped(function, step))
    try:
        yield steps
    finally:
        for place, name, function in before:
            setattr(place, name, function)


def cpu_of(process: int) -> float:
    """CPU seconds of a process and of all that it started, dead or alive."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    own = sum(int(field) for field in fields[11:15]) / _TICKS
    return own + sum(cpu_of(child) for child in _children(process))


def _children(process: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{process}/task").iterdir():
        with suppress(OSError):  # a thread may end meanwhile
            found += [int(word) for word in (task / "children").read_text().split()]
    return found
