"""Reads what the administration system says of each case: a CSV or JSON Lines file with number, status and reason."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from mailbot.errors import UsageError

#: A larger file is none of ours.
LARGEST = 50_000_000


class Status(StrEnum):
    """What became of a case there."""

    PROCESSED = "processed"
    REFUSED = "refused"


_WORDS = {
    **dict.fromkeys(("processed", "accepted", "completed", "complete", "done", "ok"), Status.PROCESSED),
    **dict.fromkeys(("refused", "rejected", "denied", "failed", "error"), Status.REFUSED),
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What one line says; `status` is None for a word that we do not know, which is then in `said`."""

    line: int
    number: str
    status: Status | None
    said: str = ""
    reason: str = field(default="", repr=False)


def read(content: bytes, name: str) -> list[Answer]:
    """The answers of a file, in its order. UsageError, with the line, when it is not such a file."""
    if len(content) > LARGEST:
        raise UsageError(f"{name} is larger than {LARGEST:,} bytes: is this the right file?")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{name} is not UTF-8: save it as UTF-8 and try again") from error
    rows = _json_rows(text, name) if text.lstrip().startswith("{") else _csv_rows(text, name)
    return [_answer(line, row) for line, row in rows]


def _json_rows(text: str, name: str) -> Iterator[tuple[int, Mapping[str, object]]]:
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise UsageError(f"{name}, line {number}: this is no JSON object") from error
        if not isinstance(row, dict) or not {"number", "status"} <= row.keys():
            raise UsageError(f'{name}, line {number}: an object with "number" and "status" must stand here')
        yield number, row


def _csv_rows(text: str, name: str) -> Iterator[tuple[int, Mapping[str, object]]]:
    reader = csv.DictReader(io.StringIO(text, newline=""), restval="")
    try:
        names = [(each or "").strip().casefold() for each in reader.fieldnames or ()]
        if not {"number", "status"} <= set(names):
            raise UsageError(f"{name}, line 1: the columns number and status must be named here")
        reader.fieldnames = names
        for row in reader:
            yield reader.line_num, row
    except csv.Error as error:
        raise UsageError(f"{name}, line {reader.line_num}: this is no CSV ({error})") from error


def _answer(line: int, row: Mapping[str, object]) -> Answer:
    said = str(row["status"]).strip()
    number = str(row["number"]).strip().lstrip("'")
    return Answer(line, number, _WORDS.get(said.casefold()), said[:40], str(row.get("reason") or "").strip())
