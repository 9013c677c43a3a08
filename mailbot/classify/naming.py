"""Name features as a model file has them: "w termin", "b new hire", "c REFUND", "p MARRY+NAMECH", "g files none"."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

#: A stem, a concept or a sign; or two stems or two concepts that stand together.
Feature = str | tuple[str, str]

_BETWEEN = {"b": " ", "p": "+"}
_Worth = TypeVar("_Worth")


def name_of(block: str, feature: Feature) -> str:
    """The name of a feature of a block."""
    return f"{block} {feature if isinstance(feature, str) else _BETWEEN[block].join(feature)}"


def by_block(named: Iterable[tuple[str, _Worth]]) -> dict[str, dict[Feature, _Worth]]:
    """Features out of their names, block by block, each with its worth; a block without features is not there."""
    found: dict[str, dict[Feature, _Worth]] = {}
    for name, worth in named:
        block, text = name[0], name[2:]
        first, between, second = text.partition(_BETWEEN[block]) if block in _BETWEEN else (text, "", "")
        found.setdefault(block, {})[(first, second) if between else text] = worth
    return found
