"""The breaker: when no automatic letter goes out at all, though mail is taken in as ever (ATTACKS A094, F56)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

#: So many letters refused one after the other, with none accepted between, are refused for what we are.
REFUSALS = 10
#: After that one letter is tried in each such span; with the first that is accepted all go on.
PAUSE = timedelta(minutes=15)


# RFC 3463 section 3.2: the address is at fault.
_BAD_ADDRESS = " 5.1."


def is_about_us(answer: str) -> bool:
    """Whether a refusal may be about us rather than about the one address of the letter."""
    return _BAD_ADDRESS not in answer


@dataclass(frozen=True, slots=True)
class Stopped:
    """Letters are stopped: `since` when, until when at least, and in sentences why and what to do."""

    since: datetime
    until: datetime
    why: str
    remedy: str


def used_up(since: datetime, until: datetime, in_all_an_hour: int) -> Stopped:
    """The last hour had as many letters as an hour may have."""
    return Stopped(
        since,
        until,
        f"{in_all_an_hour} letters were written within an hour, which is all that outgoing.in_all_an_hour allows",
        "see `mailbot cases` for whom they answer: a storm of forged mail passes by itself and its cases say which "
        "letters were kept back; raise the budget where all of it was honest",
    )


def refused(since: datetime, last: datetime) -> Stopped:
    """The outgoing server refuses whatever it is given."""
    return Stopped(
        since,
        last + PAUSE,
        f"the outgoing server refused the last {REFUSALS} letters, one after the other",
        "see `mailbot letters --state refused` for its words and settle it with those who run it; one letter is tried "
        f"every {PAUSE // timedelta(minutes=1)} minutes, and with the first that is accepted all go on. No case is "
        "closed for want of a reply meanwhile",
    )
