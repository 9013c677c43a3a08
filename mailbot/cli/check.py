"""One finding of `mailbot check`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """`sentence` says what was found; when not ok, what to do."""

    name: str
    ok: bool
    sentence: str
