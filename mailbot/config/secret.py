"""Secrets: where a password comes from, read only when it is needed and never shown."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field
from pathlib import Path

from mailbot.errors import ConfigurationError

LONGEST = 64 * 1024


@dataclass(frozen=True, slots=True)
class SecretText:
    """A secret that stood in the environment, or in a configuration file that only its owner can read."""

    text: str = field(repr=False)

    def reveal(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class SecretFile:
    """A secret in a file of its own. The file is opened by `reveal`, not before."""

    path: Path

    def reveal(self) -> str:
        """The content without the last line end; ConfigurationError when it cannot be used, see `read_private`."""
        try:
            text = read_private(self.path).decode("utf-8")
        except UnicodeDecodeError:
            raise ConfigurationError(f"{self.path} holds no text; a password file holds the password only") from None
        secret = text.removesuffix("\n").removesuffix("\r")
        if not secret:
            raise ConfigurationError(f"{self.path} is empty; write the password into it")
        return secret


Secret = SecretText | SecretFile


def read_private(path: Path) -> bytes:
    """The bytes of a file that holds a secret.

    Raises ConfigurationError with the remedy when the file is missing, is no regular file, is readable or
    writable by group or others, or belongs to somebody else than this user or root (ATTACKS A129, A131).
    """
    try:
        link = path.lstat()
        with open(path, "rb", opener=_at_once) as file:
            refuse_public(path, os.fstat(file.fileno()))
            if stat.S_ISLNK(link.st_mode) and link.st_uid not in _own_ids():
                raise ConfigurationError(f"{path} is a link made by another user; name the file itself")
            return file.read(LONGEST)
    except FileNotFoundError:
        raise ConfigurationError(f"{path} does not exist; create it with mode 0600") from None
    except PermissionError:
        raise ConfigurationError(f"{path} cannot be read by this user; run: chown {_user()} {path}") from None
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}") from None


def _at_once(path: str, flags: int) -> int:
    """A pipe that nobody writes to would keep the opening waiting for ever; a file does not mind."""
    return os.open(path, flags | os.O_NONBLOCK)


def refuse_public(path: Path, found: os.stat_result) -> None:
    """ConfigurationError unless only this user (or root) can read and change the file."""
    if not stat.S_ISREG(found.st_mode):
        raise ConfigurationError(f"{path} is no regular file; a secret is kept in a file")
    if found.st_uid not in _own_ids():
        raise ConfigurationError(f"{path} belongs to another user; run: chown {_user()} {path}")
    if found.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise ConfigurationError(f"{path} can be read by other users; run: chmod 600 {path}")


def _own_ids() -> tuple[int, int]:
    return (0, os.geteuid())


def _user() -> str:
    return str(os.geteuid())
