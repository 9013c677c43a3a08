"""Mail from files: .eml, mbox, Maildir, and folders of them, in the order of their dates."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

from mailbot.errors import UsageError

_MBOX_LINE = re.compile(rb"From \S*.*\d{4}")
_HEAD = 64 * 1024
_DATED = re.compile(rb"^(?:received:.*?;|date:)[ \t]*([^\r\n]+)", re.IGNORECASE | re.MULTILINE)
_UNFOLD = re.compile(rb"\r?\n[ \t]+")


@dataclass(frozen=True, slots=True)
class FoundMail:
    """Where a mail stands in a file: all of it, or `length` bytes from `offset` on in an mbox.

    `dated` is when it came, as its own headers or the file tell; it is only used to order and to date an import.
    """

    path: Path
    dated: datetime
    offset: int = 0
    length: int | None = None
    in_mbox: bool = field(default=False)

    @property
    def name(self) -> str:
        return f"{self.path.name}:{self.offset}" if self.in_mbox else self.path.name

    def read(self) -> bytes:
        """The mail's bytes; in an mbox without the quoting of its From lines. UsageError when it cannot be read."""
        with readable(self.path), self.path.open("rb") as file:
            file.seek(self.offset)
            raw = file.read() if self.length is None else file.read(self.length)
        return re.sub(rb"^>(>*From )", rb"\1", raw, flags=re.MULTILINE) if self.in_mbox else raw


def find(paths: Iterable[Path]) -> list[FoundMail]:
    """Every mail in these files and folders, oldest first. UsageError names a path that is not there or cannot be read.

    A pipe, a device, a link that leads nowhere and a file without content hold no mail.
    """
    found: list[FoundMail] = []
    for path in paths:
        if not path.exists():
            raise UsageError(f"{path} is not there: name files or folders that are")
        if not (path.is_dir() or path.is_file()):
            raise UsageError(f"{path} is neither a file nor a folder: name files or folders")
        with readable(path):
            found += _in_folder(path) if path.is_dir() else _in_file(path)
    return sorted(found, key=lambda mail: (mail.dated, str(mail.path), mail.offset))


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """UsageError with what the system says of a file that cannot be read, or is gone meanwhile."""
    try:
        yield
    except OSError as error:
        where = error.filename or path
        raise UsageError(
            f"{where} cannot be read: {error.strerror}; put that right and import again, what is in is passed over"
        ) from error


def _in_folder(folder: Path) -> Iterator[FoundMail]:
    """A Maildir's new and cur (not tmp, which holds halves), or any folder's files."""
    if (folder / "new").is_dir() and (folder / "cur").is_dir():
        for part in ("new", "cur"):
            yield from (_whole(path) for path in (folder / part).iterdir() if _has_content(path))
        inner = [path for path in folder.iterdir() if path.is_dir() and path.name not in ("new", "cur", "tmp")]
    else:
        inner = [path for path in folder.iterdir() if not path.name.startswith(".")]
    for path in sorted(inner):
        yield from _in_folder(path) if path.is_dir() else _in_file(path)


def _has_content(path: Path) -> bool:
    return path.is_file() and path.stat().st_size > 0


def _in_file(path: Path) -> Iterator[FoundMail]:
    if not _has_content(path):
        return
    with path.open("rb") as file:
        first = file.readline(1000)
    if _MBOX_LINE.match(first):
        yield from _in_mbox(path)
    else:
        yield _whole(path)


def _whole(path: Path) -> FoundMail:
    with path.open("rb") as file:
        head = file.read(_HEAD)
    return FoundMail(path, dated(head) or _modified(path))


def _in_mbox(path: Path) -> Iterator[FoundMail]:
    """The messages between "From " lines that follow an empty line (RFC 4155)."""
    start, head, position, after_blank = None, b"", 0, True
    with path.open("rb") as file:
        for line in file:
            if after_blank and _MBOX_LINE.match(line):
                if start is not None:
                    yield FoundMail(path, dated(head) or _modified(path), start, position - start, in_mbox=True)
                start, head = position + len(line), b""
            elif len(head) < _HEAD:
                head += line
            after_blank = not line.strip(b"\r\n")
            position += len(line)
    if start is not None:
        yield FoundMail(path, dated(head) or _modified(path), start, position - start, in_mbox=True)


def dated(head: bytes) -> datetime | None:
    """When a mail came: the topmost Received, which our own side wrote, else its Date; None if neither can be read."""
    header = _UNFOLD.sub(b" ", head.partition(b"\n\n")[0].partition(b"\r\n\r\n")[0])
    for match in _DATED.finditer(header):
        try:
            moment = parsedate_to_datetime(match[1].decode("ascii", "replace"))
        except ValueError:
            continue
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return None


def _modified(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)
