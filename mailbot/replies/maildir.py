"""Delivery into a Maildir: each letter becomes a file, for trying out and for rehearsals."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from mailbot.mail import Letter
from mailbot.replies.outcomes import Later, Outcome, Sent


@dataclass(frozen=True, slots=True)
class MaildirCourier:
    """Writes to DIR/tmp, then moves to DIR/new; a letter is there whole or not at all."""

    folder: Path

    def deliver(self, letters: Iterable[Letter]) -> Iterator[Outcome]:
        """The file's name follows from the message id: the same letter again replaces itself."""
        for letter in letters:
            yield self._one(letter)

    def trouble(self) -> str | None:
        """Whether the folder, or the one that it will be made in, can be written."""
        home = next(folder for folder in (self.folder, *self.folder.parents) if folder.exists())
        return None if os.access(home, os.W_OK) else f"{home} cannot be written by this user; letters belong there"

    def _one(self, letter: Letter) -> Outcome:
        name = hashlib.sha256(letter.message_id.encode()).hexdigest()[:40] + ".mailbot"
        passing = self.folder / "tmp" / name
        try:
            for part in ("tmp", "new", "cur"):
                (self.folder / part).mkdir(parents=True, exist_ok=True)
            _write(passing, letter.content.replace(b"\r\n", b"\n"))
            os.replace(passing, self.folder / "new" / name)
            _sync(self.folder / "new")
        except OSError as error:
            with suppress(OSError):
                passing.unlink()  # half a letter takes up room that is wanted
            return Later(f"The Maildir cannot be written: {error.strerror or type(error).__name__}.")
        return Sent(f"written to new/{name}")


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    """The move itself must survive a power cut: the folder is written out too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
