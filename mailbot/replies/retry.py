"""When a letter that did not go out is tried again, and when we give up."""

from __future__ import annotations

from datetime import datetime, timedelta

# RFC 5321 section 4.5.4.1: soon at first, for a greylisting server wants a few minutes, then patiently.
DELAYS = tuple(timedelta(minutes=m) for m in (1, 5, 15, 30, 60, 120, 240))
GIVE_UP_AFTER = timedelta(days=5)
RESENDS_OF_UNKNOWN = 1


def next_try(attempts: int, first_try_at: datetime, now: datetime) -> datetime | None:
    """When to try again after `attempts` tries that ended in `Later`; None when five days have gone by.

    The last try stands at the end of the five days, so that a server that comes back late still gets the letter.
    """
    end = first_try_at + GIVE_UP_AFTER
    if now >= end:
        return None
    delay = DELAYS[min(max(attempts, 1), len(DELAYS)) - 1]
    return min(now + delay, end)


def resend_unknown(unknowns: int, now: datetime) -> datetime | None:
    """When to send a letter again whose outcome was `Unknown` for the `unknowns`th time; None: leave it to staff.

    Once, with the same Message-ID, so that the receiver can tell the second from the first (DESIGN promise 3).
    """
    return now + DELAYS[1] if unknowns <= RESENDS_OF_UNKNOWN else None
