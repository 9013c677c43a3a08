"""Standard input, output and error as whoever started us left them: full, gone or closed."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from mailbot.errors import MailbotError

#: What an open file says that cannot be written any more; an error about opening one has a name beside it.
_UNWRITABLE = {errno.EPIPE, errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}


class OutputLost(MailbotError):
    """What was asked for could not be shown."""

    exit_status = 74  # EX_IOERR (sysexits.h)


def open_what_is_closed() -> None:
    """A file that is opened later must not get the number of a closed stream: what is printed would go into it."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest number that is free: this one
    sys.stdin = sys.stdin or open(0)  # noqa: SIM115 for as long as the process runs
    sys.stdout = sys.stdout or open(1, "w")  # noqa: SIM115
    sys.stderr = sys.stderr or open(2, "w")  # noqa: SIM115


@contextmanager
def shown() -> Iterator[None]:
    """Everything that is printed here is written out at the end. OutputLost where it cannot be written.

    A reader that has seen enough (`mailbot cases | head -1`) is no error to tell of: typer ends with 1, and so do we.
    """
    try:
        try:
            yield
        finally:
            sys.stdout.flush()
    except OSError as error:
        if error.errno not in _UNWRITABLE or error.filename is not None:
            raise
        _print_no_more()
        if error.errno == errno.EPIPE:
            sys.exit(1)
        raise OutputLost(f"the output cannot be written ({error.strerror}): send it elsewhere, or make room") from error


def _print_no_more() -> None:
    """What waits to be written goes nowhere, or Python would try again at its end and give a status of its own."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
