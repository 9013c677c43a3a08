"""Waiting for the signal that ends the service, so that none is lost."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

#: Of a service manager, and of Ctrl-C.
STOP = (signal.SIGTERM, signal.SIGINT)


@contextmanager
def told_to_stop() -> Iterator[Callable[[], None]]:
    """From here on the signals that mean "stop" are heard; what is yielded waits for the first. For the main thread.

    An event that a handler sets is not enough: Python runs handlers between two steps of the main thread, so a signal
    that comes while it is about to wait, or that the kernel gives to another thread, wakes nobody. The octet that
    Python writes for each signal, whichever thread it came to, is there for whoever reads later, too.
    """
    heard, written = socket.socketpair()
    written.settimeout(0)  # whoever writes in a handler must not wait
    before = signal.set_wakeup_fd(written.fileno(), warn_on_full_buffer=False)
    handlers = {number: signal.signal(number, _nothing_else) for number in STOP}

    def wait() -> None:
        while heard.recv(1)[0] not in STOP:
            pass

    try:
        yield wait
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(before)
        heard.close()
        written.close()


def _nothing_else(*_: object) -> None:
    """In place of ending the process at once."""
