"""What to do with the messages that a folder shows, how much to fetch at once, and when to try again; all pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from mailbot.store.mailbox_words import UidRow, UidState

#: One FETCH brings at most this many messages and, unless one alone is larger, this many bytes.
MOST_MESSAGES = 50
MOST_BYTES = 16 * 1024 * 1024
#: A message that could not be read so often, while the connection stood, is refused and left to staff.
MOST_TRIES = 5
LONGEST_PAUSE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Described:
    """A message before its content: its size as the server counts it, and when it reached the mailbox."""

    size: int
    internal_date: datetime | None


@dataclass(frozen=True, slots=True)
class TakingRules:
    """UIDs below `cut_below` that reached the mailbox before `cut_off` are not taken; nor what is above `most`."""

    cut_off: datetime | None
    cut_below: int
    most: int
    now: datetime


@dataclass(slots=True)
class Plan:
    """Every described message is in exactly one place.

    `swapped` are those of `wanted` whose UID was another mail; `failing` counts the tries of those that failed.
    """

    recorded: list[int] = field(default_factory=list)
    passed_over: list[int] = field(default_factory=list)
    resting: list[int] = field(default_factory=list)
    too_big: list[int] = field(default_factory=list)
    wanted: dict[int, int] = field(default_factory=dict)
    swapped: list[int] = field(default_factory=list)
    failing: dict[int, int] = field(default_factory=dict)


def plan(described: Mapping[int, Described], known: Mapping[int, UidRow], rules: TakingRules) -> Plan:
    """Decide for each message; `known` holds what we know of them, if anything."""
    made = Plan()
    for uid, each in sorted(described.items()):
        row = known.get(uid)
        if row and row.state is UidState.RECORDED:
            if same(row, each):
                made.recorded.append(uid)
                continue
            made.swapped.append(uid)
        if row and row.state is UidState.FAILING and rests(row.tries, row.noted_at, rules.now):
            made.resting.append(uid)
        elif uid < rules.cut_below and _older(each.internal_date, rules.cut_off):
            made.passed_over.append(uid)
        elif each.size > rules.most:
            made.too_big.append(uid)
        else:
            made.wanted[uid] = each.size
            if row and row.tries:
                made.failing[uid] = row.tries
    return made


def same(row: UidRow, described: Described) -> bool:
    """Whether the server still shows the message that we know; it must (RFC 9051 section 2.3.1.1)."""
    return row.size == described.size and row.internal_date == described.internal_date


def start_of(day: date) -> datetime:
    """The cut-off that a day in the configuration names."""
    return datetime.combine(day, time(), UTC)


def _older(moment: datetime | None, cut_off: datetime | None) -> bool:
    return moment is not None and cut_off is not None and moment < cut_off


def batches(sizes: Mapping[int, int], failing: Mapping[int, int]) -> Iterator[dict[int, int]]:
    """Sizes by UID, cut by number and bytes, oldest first; what failed comes last and alone, the fewest tries first."""
    batch: dict[int, int] = {}
    for uid in sorted(sizes.keys() - failing.keys()):
        if batch and (len(batch) >= MOST_MESSAGES or sum(batch.values()) + sizes[uid] > MOST_BYTES):
            yield batch
            batch = {}
        batch[uid] = sizes[uid]
    if batch:
        yield batch
    for uid in sorted(sizes.keys() & failing.keys(), key=lambda uid: (failing[uid], uid)):
        yield {uid: sizes[uid]}


def rests(tries: int, noted_at: datetime | None, now: datetime) -> bool:
    """Whether a failing message is left alone for now: after the third failure for 1, 2, 4 … minutes."""
    if tries < 3 or noted_at is None:
        return False
    return now < noted_at + min(LONGEST_PAUSE, timedelta(minutes=2 ** min(tries - 3, 10)))


def chunks(uids: Sequence[int], count: int) -> Iterator[Sequence[int]]:
    for begin in range(0, len(uids), count):
        yield uids[begin : begin + count]


@dataclass(frozen=True, slots=True)
class Backoff:
    """How long to wait after failures in a row: doubling, capped, and spread so that many do not come at once.

    `chance` returns a number from 0 up to 1.
    """

    first: float
    longest: float
    chance: Callable[[], float]

    def seconds(self, failures: int) -> float:
        """Between half and all of the doubled time; `failures` counts from 1."""
        whole = min(self.longest, self.first * 2.0 ** min(failures - 1, 30))
        return whole * (0.5 + self.chance() / 2)
