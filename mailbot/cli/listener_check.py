"""What `mailbot check` says of the listener: whether it is open, and what its last outage keeps from being closed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from mailbot.cases.proof import GAP, Watch, grace_ends
from mailbot.cli.check import Check, at_the_desk
from mailbot.cli.opening import looked_at
from mailbot.config import Config
from mailbot.store.evidence import LISTENER


def listener(config: Config) -> Iterator[Check]:
    """Nothing is said before `mailbot serve` has opened it for the first time."""
    if config.listener.smtp is None and config.listener.lmtp is None:
        return
    with looked_at(config) as transaction:
        if transaction is None:
            return
        watch, now = transaction.watches.get(LISTENER), transaction.now
    if watch is not None:
        yield _of(watch, config, now)


def _of(watch: Watch, config: Config, now: datetime) -> Check:
    zone = config.desk.time_zone
    seen, until = at_the_desk(watch.seen_at, zone), grace_ends(watch, timedelta(hours=config.listener.grace_hours))
    if now - watch.seen_at > GAP:
        what = f"was last open at {seen}; no mail comes in by it, and no case is closed for want of a reply"
        return Check("listener", ok=False, sentence=f"{what}: start `mailbot serve`")
    if now < until:
        what = f"open since {at_the_desk(watch.since, zone)}, after it was down or for the first time"
        why = "other servers may still bring what they kept meanwhile"
        sentence = f"{what}; until {at_the_desk(until, zone)} no case is closed for want of a reply: {why}"
        return Check("listener", ok=True, sentence=sentence)
    return Check("listener", ok=True, sentence=f"open without a gap since {at_the_desk(watch.since, zone)}")
