"""The words of the mailboxes, as frozen values: a lease, a folder's life, a message in it, how far it is drained."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class UidState(StrEnum):
    """`recorded` waits for its flag or move; `failing` is tried again; the others are settled for good."""

    FAILING = "failing"
    RECORDED = "recorded"
    SETTLED = "settled"
    REFUSED = "refused"
    PASSED_OVER = "passed_over"

    @property
    def open(self) -> bool:
        return self in (UidState.FAILING, UidState.RECORDED)


@dataclass(frozen=True, slots=True)
class MailboxLease:
    """The right to read one account; `fence` is larger than that of every lease before."""

    mailbox_id: int
    account: str
    fence: int


@dataclass(frozen=True, slots=True)
class Epoch:
    """One life of a folder. `renewed` is True when the folder had another UIDVALIDITY before."""

    folder_id: int
    folder: str
    uidvalidity: int
    cut_off: datetime | None
    cut_below: int
    listed_at: datetime | None
    drained_to: int
    open_from: int | None
    renewed: bool


@dataclass(frozen=True, slots=True)
class UidRow:
    """One message of a folder; `size` and `internal_date` as the server told them."""

    uid: int
    state: UidState
    arrival_id: int | None = None
    size: int = 0
    internal_date: datetime | None = None
    tries: int = 0
    noted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Drained:
    """Everything that reached the folder before `at` is recorded, or was refused and that is recorded."""

    account: str
    folder: str
    uidvalidity: int
    up_to: int
    at: datetime


@dataclass(frozen=True, slots=True)
class MailboxHealth:
    """How a mailbox goes; `waiting` counts messages that the last pass saw and could not take."""

    account: str
    name: str
    tried_at: datetime | None
    succeeded_at: datetime | None
    failures: int
    error: str | None
    failed_at: datetime | None
    alarm: str | None
    alarmed_at: datetime | None
    waiting: int
    reading: bool
