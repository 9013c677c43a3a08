"""Tells on which line of a TOML file a key stands, which the parser of the standard library does not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

Path = tuple[str | int, ...]


def lines_of(text: str) -> Mapping[Path, int]:
    """Each table and key by its path, as ("category", 3, "team"), with its line counted from 1."""
    where: dict[Path, int] = {}
    table: Path = ()
    counts: dict[Path, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        line = line.strip()
        if line.startswith("["):
            table = _table(line, counts)
            where.setdefault(table, number)
        elif "=" in line and not line.startswith("#"):
            key = line.partition("=")[0].strip().strip("\"'")
            where.setdefault((*table, *key.split(".")), number)
    return where


def line_of(where: Mapping[Path, int], path: Path) -> int:
    """The line of a path, or of the nearest table around it; 1 where nothing is known."""
    return next((where[part] for part in _outwards(path) if part in where), 1)


def _outwards(path: Path) -> Iterator[Path]:
    return (path[:end] for end in range(len(path), 0, -1))


def _table(line: str, counts: dict[Path, int]) -> Path:
    """The path of a [table] or [[array of tables]] header; `counts` remembers how many of each array there were."""
    array = line.startswith("[[")
    parts = line.lstrip("[").partition("]")[0].split(".")
    path: Path = ()
    for depth, part in enumerate(parts):
        path = (*path, part.strip())
        if array and depth == len(parts) - 1:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path
