"""Writes the files of a batch so that nobody ever sees half of one: the manifest comes last, and means "complete"."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from mailbot.errors import TryAgainLater
from mailbot.failpoints import failpoint


def prepare(folder: Path) -> None:
    """Make the folder where it is not there, for its owner only. TryAgainLater when nothing can be written there."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise _trouble(folder, error) from None
    if not os.access(folder, os.W_OK | os.X_OK):
        raise TryAgainLater(f"nothing can be written to {folder}: let the user of mailbot write there")


def write_batch(folder: Path, name: str, files: Mapping[str, bytes], count: int, made_at: datetime) -> None:
    """Write each file (by its ending) and then the manifest. A batch that is complete already stays as it is."""
    if is_complete(folder, name):
        return
    try:
        for ending, content in files.items():
            _write(folder, f"{name}.{ending}", content)
            failpoint("export.between_files")
        manifest = {
            "batch": name,
            "made_at": made_at.isoformat(),
            "cases": count,
            "files": [
                {"name": f"{name}.{ending}", "sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
                for ending, content in files.items()
            ],
        }
        _write(folder, _manifest(name), json.dumps(manifest, indent=2).encode() + b"\n")
    except OSError as error:
        raise _trouble(folder, error) from None


def is_complete(folder: Path, name: str) -> bool:
    """Whether the manifest is there and every file is the one that it names."""
    try:
        manifest = json.loads((folder / _manifest(name)).read_bytes())
        return all(
            hashlib.sha256((folder / each["name"]).read_bytes()).hexdigest() == each["sha256"]
            for each in manifest["files"]
        )
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _manifest(name: str) -> str:
    return f"{name}.manifest.json"


def _write(folder: Path, name: str, content: bytes) -> None:
    """A file that only its owner can read, on the disk before it has its name."""
    passing = folder / f".{name}.{secrets.token_hex(4)}.tmp"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
    try:
        with os.fdopen(os.open(passing, flags, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        passing.replace(folder / name)
    finally:
        passing.unlink(missing_ok=True)
    place = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(place)
    finally:
        os.close(place)


def _trouble(folder: Path, error: OSError) -> TryAgainLater:
    return TryAgainLater(f"the export cannot be written to {folder}: {error.strerror}; it is tried again")
