"""Reads durations as a playbook writes them: "7 days", "2 business days"."""

from __future__ import annotations

from mailbot.cases.rules import Duration, Unit

_LONGEST = 3660


def duration(text: str) -> Duration:
    """The span; ValueError with the remedy for anything else."""
    count, _, unit = text.strip().partition(" ")
    unit = unit.strip().removesuffix("s") + "s"
    if not (count.isascii() and count.isdigit()) or unit not in list(Unit):
        raise ValueError(f'{text!r} is no duration; write "7 days" or "2 business days"')
    if not 1 <= int(count) <= _LONGEST:
        raise ValueError(f"{text!r} must be between 1 and {_LONGEST} days")
    return Duration(int(count), Unit(unit))
