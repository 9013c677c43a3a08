"""Memory: large mail one at a time, free memory given back, and no search for garbage while modules are loaded."""

from __future__ import annotations

import asyncio
import ctypes
import gc
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

_M_MMAP_THRESHOLD = -3
_M_ARENA_MAX = -8
_ARENAS = 2
_LARGE = 1024 * 1024

#: Nobody waits longer for the turn: more memory is better than mail that is not taken.
PATIENCE_SECONDS = 60.0


class LargeTurn:
    """The turn to have a large mail in memory, which one thread or task has at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    @contextmanager
    def held(self) -> Iterator[None]:
        waited = self._wait()
        try:
            yield
        finally:
            self._give_back(waited=waited)

    @asynccontextmanager
    async def awaited(self) -> AsyncIterator[None]:
        """The same for a task: the loop goes on while it waits, also when the task is cancelled meanwhile."""
        waiting = asyncio.get_running_loop().run_in_executor(None, self._wait)
        try:
            waited = await asyncio.shield(waiting)
        except asyncio.CancelledError:
            waiting.add_done_callback(lambda done: self._give_back(waited=done.result()))
            raise
        try:
            yield
        finally:
            self._give_back(waited=waited)

    def _wait(self) -> bool:
        return self._lock.acquire(timeout=PATIENCE_SECONDS)

    def _give_back(self, *, waited: bool) -> None:
        if waited:
            self._lock.release()


@contextmanager
def nothing_to_collect() -> Iterator[None]:
    """While the block loads modules, nothing of which is ever garbage, the collector rests.

    It would look through everything that was loaded so far again and again, for a seventh of the time to start.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_on:
            gc.enable()


def give_memory_back() -> None:
    """Let every large block be a mapping of its own, which is gone when it is freed, and threads share their heaps.

    glibc stops doing so by itself after the first few large blocks are freed, and a mail of 25 MB would leave holes
    of 25 MB behind; and it has a heap for each thread, with free memory that the others cannot use. Other C libraries
    have no such habits, and no such call. To be called before the threads start.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt:
        mallopt(_M_MMAP_THRESHOLD, _LARGE)
        mallopt(_M_ARENA_MAX, _ARENAS)
