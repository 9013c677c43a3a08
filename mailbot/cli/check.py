"""One finding of `mailbot check`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo


@dataclass(frozen=True, slots=True)
class Check:
    """`sentence` says what was found; when not ok, what to do."""

    name: str
    ok: bool
    sentence: str


def at_the_desk(moment: datetime, zone: tzinfo) -> str:
    """The moment as the desk's own clock shows it."""
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"
