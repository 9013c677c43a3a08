"""What can go wrong, said so that a person knows what to do next.

Every error that a person may see is a MailbotError whose text is one clear sentence with the remedy.
It never carries text, addresses or values from mail, and never a secret.
"""

from __future__ import annotations

import traceback
from pathlib import Path


class MailbotError(Exception):
    """The root; `exit_status` is what a command ends with when it meets this error."""

    exit_status = 2


class ConfigurationError(MailbotError):
    """The configuration, a key or a file that it names cannot be used as it is."""


class UsageError(MailbotError):
    """A command was called in a way that cannot work."""


class Infected(MailbotError):
    """The virus scanner found something in a mail: it is held at once and not read."""


class NotAMail(MailbotError):
    """What was handed in cannot be read as a mail at all (EX_DATAERR)."""

    exit_status = 65


class TryAgainLater(MailbotError):
    """It did not work now and may work later (EX_TEMPFAIL)."""

    exit_status = 75


class ScannerUnavailable(TryAgainLater):
    """The virus scanner did not say whether a mail is clean."""


class StoreUnavailable(TryAgainLater):
    """The database did not answer; nothing was changed."""


class StoreBusy(StoreUnavailable):
    """The database takes no write now, whatever is written: locked by another process, or out of room."""


class KeyUnusable(ConfigurationError):
    """The key file is missing, unreadable, or not the one that sealed this database."""


class Tampered(MailbotError):
    """A sealed value does not open: it was changed, moved to another row, or sealed by another key."""

    exit_status = 1


def place_of(error: BaseException, steps: int = 1) -> str:
    """The kind of an error and the last lines of ours on its way; its text may hold mail and is left out."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames if "mailbot" in frame.filename]
    return type(error).__name__ + (f" at {' > '.join(ours[-steps:])}" if ours else "")
