"""Cases as the administration system takes them: one CSV row and one JSON line each."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence

from mailbot.cases.cells import cell
from mailbot.cases.understanding import FIELDS
from mailbot.store.case_file import CaseFile

COLUMNS = ("number", "category", "opened_at", "flags", "documents", *FIELDS)
_BETWEEN = "; "


def as_csv(files: Sequence[CaseFile]) -> bytes:
    """UTF-8 with a header row; several values of a field stand in one cell."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for file in files:
        values = (_BETWEEN.join(file.facts.values(name)) for name in FIELDS)
        papers = _BETWEEN.join(file.facts.documents)
        head = (file.number, file.category, file.opened_at.isoformat(), _flags(file), papers)
        writer.writerow([cell(value) for value in (*head, *values)])
    return text.getvalue().encode("utf-8", "replace")


def as_json_lines(files: Sequence[CaseFile], batch: str) -> bytes:
    """UTF-8, one object a line; each field is a list of its values, as they were read."""
    lines = (
        {
            "batch": batch,
            "number": file.number,
            "category": file.category,
            "opened_at": file.opened_at.isoformat(),
            "flags": _flags(file).split(),
            "documents": list(file.facts.documents),
            "fields": {name: list(file.facts.values(name)) for name in FIELDS if file.facts.values(name)},
        }
        for file in files
    )
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode("utf-8", "replace")


def _flags(file: CaseFile) -> str:
    flags = file.facts.flags
    return " ".join(name for name in flags.__slots__ if getattr(flags, name))
