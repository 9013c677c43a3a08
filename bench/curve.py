"""Draws what bench/flat.py has measured, as an SVG that is readable on a light and on a dark page.

python bench/curve.py RUN.json [ANOTHER.json ...] > docs/flatness.svg
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log10
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 760, 420, 70, 24, 56, 120
_HIGHEST, _STEP = 2.0, 0.25
#: What every size is compared with.
_SMALL = 1_000
_COLOURS = ("#3b82c4", "#d9822b", "#2ea06a", "#b05fc4", "#c4453b", "#8a8f98")
#: The middle grey shows on white and on black; the rest is either page's own colour.
_GREY = "#8a8f98"
#: What is drawn, by its name in the figures and in the picture.
DRAWN = {
    "a mail, cpu ms": "a mail, steps 1 to 9 (CPU)",
    "a sweep with 100 due, wall ms": "a sweep, 100 due",
    "cases, a later page, wall ms": "a page of mailbot cases",
}
ENGINES = ("sqlite", "postgresql")


@dataclass(frozen=True)
class Line:
    """What one thing costs on one engine: (size, times that of the small desk), sizes growing."""

    kind: int
    engine: str
    name: str
    points: Sequence[tuple[int, float]]


def picture(rows: Sequence[Mapping[str, Any]]) -> str:
    """How many times the cost at 1,000 cases each thing costs, on each engine."""
    lines = [
        Line(kind, engine, shown, _points(rows, engine, name))
        for kind, (name, shown) in enumerate(DRAWN.items())
        for engine in ENGINES
        if any(row["engine"] == engine for row in rows)
    ]
    sizes = sorted({_SMALL, *(row["size"] for row in rows)})
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif" '
        f'font-size="13" fill="{_GREY}">',
        f'<text x="{_LEFT}" y="24" font-size="16" font-weight="bold">Cost against a desk of 1,000 cases</text>',
        *_axes(sizes),
        *(part for line in lines for part in _line(sizes, line)),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _points(rows: Sequence[Mapping[str, Any]], engine: str, name: str) -> list[tuple[int, float]]:
    found = {row["size"]: row["figures"][name]["ratio"] for row in rows if row["engine"] == engine}
    return sorted(({_SMALL: 1.0} | found).items())


def _x(sizes: Sequence[int], size: int) -> float:
    span = log10(sizes[-1] / sizes[0]) or 1.0
    return _LEFT + (_WIDTH - _LEFT - _RIGHT) * log10(size / sizes[0]) / span


def _y(ratio: float) -> float:
    return _HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * min(ratio, _HIGHEST) / _HIGHEST


def _axes(sizes: Sequence[int]) -> Iterator[str]:
    for step in range(round(_HIGHEST / _STEP) + 1):
        value, at = step * _STEP, _y(step * _STEP)
        strong = ' stroke-opacity="0.9"' if value == 1 else ' stroke-opacity="0.3"'
        yield f'<line x1="{_LEFT}" y1="{at:.1f}" x2="{_WIDTH - _RIGHT}" y2="{at:.1f}" stroke="{_GREY}"{strong}/>'
        yield f'<text x="{_LEFT - 8}" y="{at + 4:.1f}" text-anchor="end">{value:g} ×</text>'
    for size in sizes:
        anchor = "end" if size == sizes[-1] else "middle"
        yield f'<text x="{_x(sizes, size):.1f}" y="{_HEIGHT - _BOTTOM + 20}" text-anchor="{anchor}">{size:,}</text>'
    yield f'<text x="{_WIDTH - _RIGHT}" y="{_HEIGHT - _BOTTOM + 38}" text-anchor="end">stored cases</text>'


def _line(sizes: Sequence[int], line: Line) -> Iterator[str]:
    """One line with its dots and its name."""
    which, colour = ENGINES.index(line.engine), _COLOURS[line.kind]
    look = f'stroke="{colour}"' + (' stroke-dasharray="6 4"' if which else "")
    places = [(_x(sizes, size), _y(ratio)) for size, ratio in line.points]
    joined = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    yield f'<polyline points="{joined}" fill="none" stroke-width="2" {look}/>'
    for (x, y), (size, ratio) in zip(places, line.points, strict=True):
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"><title>{size:,}: {ratio} ×</title></circle>'
    left, at = _LEFT + 340 * which, _HEIGHT - 62 + 22 * line.kind
    yield f'<line x1="{left}" y1="{at - 4}" x2="{left + 26}" y2="{at - 4}" stroke-width="3" {look}/>'
    yield f'<text x="{left + 34}" y="{at}">{escape(f"{line.engine}: {line.name}")}</text>'


def main() -> None:
    rows = [row for file in sys.argv[1:] for row in json.loads(Path(file).read_text("utf-8"))["rows"]]
    print(picture(rows), end="")


if __name__ == "__main__":
    main()
