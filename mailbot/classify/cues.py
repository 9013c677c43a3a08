"""Reads the words that tell one thing from another, in three languages, from the lists in classify/cues."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

from mailbot.classify.linear import Linear


@cache
def _lists(file: str) -> Mapping[str, str]:
    text = resources.files("mailbot.classify").joinpath("cues", f"{file}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def phrases(path: str) -> tuple[str, ...]:
    """The phrases of a list, as "when.birth"; in the file two blanks or a line's end part one from the next."""
    file, _, name = path.partition(".")
    return tuple(phrase for line in _lists(file)[name].split("\n") for phrase in line.strip().split("  ") if phrase)


def words(path: str) -> frozenset[str]:
    """The single words of a list."""
    file, _, name = path.partition(".")
    return frozenset(_lists(file)[name].split())


def cue(path: str, head: str = "", tail: str = "") -> Linear:
    """A linear expression (RE2) that finds any phrase of a list between `head` and `tail`, capitals or not."""
    return Linear(f"(?i){head}(?:{'|'.join(phrases(path))}){tail}")
