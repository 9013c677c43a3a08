"""The killable child: foreign code that reads hostile files runs here, with a deadline and a memory limit."""

from __future__ import annotations

import resource
import threading
from collections.abc import Callable
from concurrent.futures import TimeoutError as Late
from typing import TYPE_CHECKING, Generic, ParamSpec, TypeVar

if TYPE_CHECKING:
    from pebble import ProcessPool

MEMORY_BYTES = 1 << 30
TASKS_BEFORE_RENEWAL = 200
STARTING_SECONDS = 20.0
#: Loaded once by the process that the children are forked from: each would need a tenth of a second for it.
PRELOADED = ("mailbot.ingest.contain", "mailbot.ingest.filetexts", "pebble.pool.process", "pypdfium2")

P = ParamSpec("P")
R = TypeVar("R")


class ChildFailed(Exception):
    """The child ran out of time or memory, died, or what it ran raised; the text names only the kind of failure."""


class _Call(Generic[R]):
    """A call that forgets what it was given: the pool keeps its last tasks, and with them files of many megabytes."""

    def __init__(self, function: Callable[..., R], args: tuple[object, ...], kwargs: dict[str, object]) -> None:
        self._function, self._args, self._kwargs = function, args, kwargs

    def __call__(self) -> R:
        return self._function(*self._args, **self._kwargs)

    def forget(self) -> None:
        self._args, self._kwargs = (), {}


class Child:
    """A small pool of processes that is started by the first task; safe to use from several threads."""

    def __init__(self, *, workers: int = 2, seconds: float = 10.0) -> None:
        self._workers, self._seconds = workers, seconds
        self._pool: ProcessPool | None = None
        self._lock = threading.Lock()

    def run(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run a function of a module there and return what it returns; ChildFailed otherwise."""
        call = _Call(function, args, kwargs)
        try:
            task = self._started().schedule(call, timeout=self._seconds)
            # The pool's own deadline begins when a process takes the task up: one that cannot start never does.
            # Asked for and not raised: an error keeps what it was raised through, and the pool keeps the error.
            error = task.exception(timeout=self._seconds + STARTING_SECONDS)
        except Late as late:
            task.cancel()  # type: ignore[no-untyped-call]
            error = late
        except Exception as broken:  # noqa: BLE001 a pool that was closed meanwhile
            raise ChildFailed(type(broken).__name__) from None
        finally:
            call.forget()
        if error is not None:
            raise ChildFailed("out of time" if isinstance(error, Late) else type(error).__name__)
        result: R = task.result()
        return result

    def _started(self) -> ProcessPool:
        import multiprocessing  # here, because most commands and most mails read no file

        from pebble import ProcessPool

        with self._lock:
            if self._pool is None or not self._pool.active:
                context = multiprocessing.get_context("forkserver")
                context.set_forkserver_preload(list(PRELOADED))
                self._pool = ProcessPool(
                    max_workers=self._workers,
                    max_tasks=TASKS_BEFORE_RENEWAL,
                    initializer=_limit,
                    context=context,
                )
            return self._pool

    def close(self) -> None:
        """End the processes; a later task would start new ones."""
        with self._lock:
            if self._pool is not None:
                self._pool.stop()  # type: ignore[no-untyped-call]
                self._pool.join()
                self._pool = None


def _limit() -> None:
    """Limits that the child puts on itself before its first task: memory, no files written, no core dump (C04)."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
