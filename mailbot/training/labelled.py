"""Read labelled mail: DIR/labels.jsonl names each file below DIR/mail and its category."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from mailbot.errors import UsageError
from mailbot.ingest.parse import parse
from mailbot.training.composing import Lesson

LARGEST = 60_000_000


def labelled_lessons(folder: Path) -> Iterator[Lesson]:
    """The mails that have a category; UsageError names the line that cannot be used."""
    path = folder / "labels.jsonl"
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read ({error.strerror}); a labelled folder has labels.jsonl and mail/"
        ) from error
    for number, line in enumerate(filter(None, lines), 1):
        name, code = _label(line, f"{path} line {number}")
        if code:
            yield Lesson(parse(_raw(folder, name)), code)


def _label(line: str, where: str) -> tuple[str, str | None]:
    try:
        told = json.loads(line)
        name, code = told["file"], told.get("category")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(
            f'{where}: write one object a line, as {{"file": "0001.eml", "category": "other.general"}}'
        ) from error
    kind = told.get("kind", "inquiry")
    return str(name), str(code) if code and kind == "inquiry" else None


def _raw(folder: Path, name: str) -> bytes:
    path = folder / "mail" / Path(name).name
    try:
        with path.open("rb") as mail:
            return mail.read(LARGEST)
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror}), but labels.jsonl names it") from error
