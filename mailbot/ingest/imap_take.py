"""Taking messages of one folder: fetch, record and commit, and only then flag or move."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from mailbot.config import AfterAction, Mailbox
from mailbot.failpoints import failpoint
from mailbot.ingest.imap_plan import MOST_TRIES, Described, TakingRules, batches, plan
from mailbot.ingest.imap_session import ImapSession
from mailbot.ingest.imap_trouble import CommandRefused, MailboxTrouble, ServerMisbehaves
from mailbot.mail import Envelope
from mailbot.store.arrivals import NewArrival
from mailbot.store.mailbox_words import Epoch, MailboxLease, UidRow, UidState
from mailbot.store.unit_of_work import Store

#: Mail that is older than this when it comes in gets no letter.
FRESH = timedelta(days=1)
HEADER_BYTES = 64 * 1024
MEGABYTE = 1024 * 1024


@dataclass(slots=True)
class Tally:
    """What a poll adds up to, connections that broke included.

    `waiting` says of each folder how many messages could not be read yet. `hear` is called after each commit that
    made new arrivals.
    """

    new: int = 0
    waiting: dict[str, int] = field(default_factory=dict)
    alarms: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    hear: Callable[[], None] = lambda: None

    def count(self, new: int) -> None:
        self.new += new
        if new:
            self.hear()


@dataclass(frozen=True, slots=True)
class Reading:
    """What a pass needs: whose mailbox, over which connection, with which right.

    `answers_us` says of a header in a junk folder whether it answers one of our letters; `stopping` whether to
    begin nothing new.
    """

    store: Store
    mailbox: Mailbox
    session: ImapSession
    lease: MailboxLease
    answers_us: Callable[[bytes], bool]
    tally: Tally
    stopping: Callable[[], bool] = lambda: False


@dataclass(frozen=True, slots=True)
class Resume:
    """Where the next turn of the same poll goes on: below `low` this life of the folder was walked already."""

    uidvalidity: int
    low: int
    waiting: int
    whole: bool


@dataclass(slots=True)
class FolderOutcome:
    """What a turn did. `waiting` are messages that could not be read yet, those of earlier turns included.

    `resume` is set when it stopped before the end.
    """

    taken: int = 0
    waiting: int = 0
    resume: Resume | None = None


class Taker:
    """Takes the messages of one folder in one of its lives; notes in `outcome` what it did."""

    def __init__(self, reading: Reading, epoch: Epoch, *, junk: bool) -> None:
        self._reading = reading
        self._session = reading.session
        self._store = reading.store
        self._epoch = epoch
        self._junk = junk
        self._may_mark = not junk and reading.mailbox.after.action is not AfterAction.KEEP
        self._most = reading.mailbox.max_message_mb * MEGABYTE
        self._done_state = UidState.RECORDED if self._may_mark else UidState.SETTLED
        self._suspects: dict[int, int | None] = {}
        self.outcome = FolderOutcome()

    def take(self, uids: Sequence[int], known: Mapping[int, UidRow]) -> None:
        """Bring these UIDs to an end, or note why not. Raises MailboxTrouble when the connection is of no more use."""
        described = self._session.describe(uids)
        self._count_tries(self._still_there([uid for uid in uids if uid not in described], known), known)
        rules = TakingRules(self._epoch.cut_off, self._epoch.cut_below, self._most, self._store.now())
        planned = plan(described, known, rules)
        for uid in planned.swapped:
            self.suspect(known[uid])
        self._mark(planned.recorded)
        self._note(UidRow(uid, UidState.PASSED_OVER) for uid in planned.passed_over)
        self.outcome.waiting += len(planned.resting)
        for uid in planned.too_big:
            self._refuse_too_big(uid, described[uid])
        for batch in batches(planned.wanted, planned.failing):
            self._take_batch(self._answering(batch) if self._junk else batch, described, known)

    def settle(self, uids: Sequence[int]) -> None:
        """These are flagged, moved, or were taken away by somebody."""
        if uids:
            with self._store.writing() as transaction:
                transaction.mailboxes.renew(self._reading.lease)
                transaction.mailboxes.settle(self._epoch.folder_id, uids)

    def alarm(self, sentence: str) -> None:
        """Tell staff, in `mailbot check` and in the outcome; reading goes on."""
        if sentence not in self._reading.tally.alarms:
            self._reading.tally.alarms.append(sentence)
            with self._store.writing() as transaction:
                transaction.mailboxes.alarm(self._reading.lease, sentence)

    def suspect(self, row: UidRow) -> None:
        """Under its UID the server seems to show another message (ATTACKS F18, A022): its content will tell."""
        self._suspects[row.uid] = row.arrival_id

    def _take_batch(
        self, sizes: dict[int, int], described: Mapping[int, Described], known: Mapping[int, UidRow]
    ) -> None:
        if not sizes:
            return
        try:
            fetched = self._session.fetch(sizes, self._most)
        except MailboxTrouble as trouble:
            self._count_tries(sizes, known, may_refuse=isinstance(trouble, ServerMisbehaves) and len(sizes) == 1)
            raise
        self._count_tries(self._still_there(sorted(fetched.unusable), known), known)
        self._mark(self._record(fetched.contents, described))

    def _record(self, contents: dict[int, bytes], described: Mapping[int, Described]) -> list[int]:
        """One commit for the batch. Nothing was changed on the server yet."""
        failpoint("imap.before_record")
        with self._store.large_turn.held():
            rows, new = self._commit(contents, described)
        failpoint("imap.after_record")
        self._reading.tally.count(new)
        self.outcome.taken += len(rows)
        if any(self._suspects.get(row.uid, row.arrival_id) != row.arrival_id for row in rows):
            self.alarm(
                f"the server shows another message under a known number in {self._epoch.folder}: it was taken as new; "
                "ask the provider whether the mailbox was restored or rebuilt"
            )
        return [row.uid for row in rows]

    def _commit(self, contents: dict[int, bytes], described: Mapping[int, Described]) -> tuple[list[UidRow], int]:
        """What is known of the messages now, and how many of them nobody had recorded before."""
        rows: list[UidRow] = []
        new = 0
        with self._store.writing() as transaction:
            transaction.mailboxes.renew(self._reading.lease)
            for uid in sorted(contents):
                each = described[uid]
                recorded = transaction.arrivals.record(self._arrival(contents.pop(uid), each.internal_date))
                rows.append(UidRow(uid, self._done_state, recorded.arrival_id, each.size, each.internal_date))
                new += recorded.new
            transaction.mailboxes.note(self._epoch.folder_id, rows)
            failpoint("imap.in_record")
        return rows, new

    def _mark(self, uids: Sequence[int]) -> None:
        """Flag or move what is recorded; what the server refuses stays where it is and is tried at the next pass."""
        if not uids or not self._may_mark:
            return
        marked = self._marked(uids)
        failpoint("imap.after_mark")
        self.settle(marked)
        if len(marked) < len(uids):
            self._may_mark = bool(marked)
            self.alarm(
                f"the server refuses `after` for {len(uids) - len(marked)} messages of {self._epoch.folder}: they are "
                "safe with us and stay in the folder; look at its quota and rights"
            )

    def _marked(self, uids: Sequence[int]) -> list[int]:
        """All at once; when that is refused, one by one, so that one message does not hold up the others."""
        try:
            self._mark_on_server(uids)
            return list(uids)
        except CommandRefused:
            return [uid for uid in uids if self._marked_alone(uid)] if len(uids) > 1 else []

    def _marked_alone(self, uid: int) -> bool:
        try:
            self._mark_on_server([uid])
        except CommandRefused:
            return False
        return True

    def _mark_on_server(self, uids: Sequence[int]) -> None:
        after = self._reading.mailbox.after
        if after.action is AfterAction.MOVE:
            self._session.move(uids, after.name)
        else:
            self._session.flag(uids, after.name)

    def _still_there(self, uids: Sequence[int], known: Mapping[int, UidRow]) -> list[int]:
        """Of messages that did not come, those that nobody took away meanwhile."""
        if not uids:
            return []
        there = self._session.present(uids)
        self.settle([uid for uid in uids if uid not in there and uid in known])
        return [uid for uid in uids if uid in there]

    def _count_tries(self, uids: Iterable[int], known: Mapping[int, UidRow], *, may_refuse: bool = True) -> None:
        """Note a failure for each, or refuse it when there were too many: none stands in the way for ever."""
        failing: list[UidRow] = []
        for uid in uids:
            tries = 1 + (known[uid].tries if uid in known else 0)
            if tries >= MOST_TRIES and may_refuse:
                self._refuse_unreadable(uid)
            else:
                failing.append(UidRow(uid, UidState.FAILING, tries=tries))
        if failing:
            self.outcome.waiting += len(failing)
            self._note(failing)
            self.alarm(f"{len(failing)} messages of {self._epoch.folder} could not be read yet: they are tried again")

    def _refuse_too_big(self, uid: int, described: Described) -> None:
        name, most = self._reading.mailbox.name, self._reading.mailbox.max_message_mb
        self._refuse(
            UidRow(uid, UidState.REFUSED, size=described.size, internal_date=described.internal_date),
            self._session.fetch_headers((uid,), HEADER_BYTES).get(uid),
            f"too big: {described.size / MEGABYTE:.0f} MB, and max_message_mb of mailbox {name} is {most}; "
            f"the whole mail is in its folder {self._epoch.folder}",
        )

    def _refuse_unreadable(self, uid: int) -> None:
        """Without another word to a server that cannot show it."""
        self._refuse(
            UidRow(uid, UidState.REFUSED, tries=MOST_TRIES),
            None,
            f"the server could not show this mail in {MOST_TRIES} tries: look for message UID {uid} in folder "
            f"{self._epoch.folder} of mailbox {self._reading.mailbox.name}",
        )

    def _refuse(self, row: UidRow, header: bytes | None, sentence: str) -> None:
        """Record a held arrival with the header, or with a name for what we never saw; the mail stays on the server."""
        named = f"Message-ID: <{row.uid}.{self._epoch.folder_id}@unread.invalid>\r\n\r\n"
        with self._store.writing() as transaction:
            transaction.mailboxes.renew(self._reading.lease)
            arrival = self._arrival(header or named.encode(), row.internal_date)
            recorded = transaction.arrivals.refuse(arrival, sentence)
            refused = UidRow(row.uid, row.state, recorded.arrival_id, row.size, row.internal_date, row.tries)
            transaction.mailboxes.note(self._epoch.folder_id, [refused])
        self._reading.tally.count(int(recorded.new))

    def _answering(self, batch: dict[int, int]) -> dict[int, int]:
        """Of a junk folder only what answers our letters is taken; the rest is passed over, unread by anybody."""
        headers = self._session.fetch_headers(tuple(batch), HEADER_BYTES)
        other = [uid for uid, header in headers.items() if not self._reading.answers_us(header)]
        self._note(UidRow(uid, UidState.PASSED_OVER) for uid in other)
        return {uid: size for uid, size in batch.items() if uid not in other}

    def _note(self, rows: Iterable[UidRow]) -> None:
        if noted := list(rows):
            with self._store.writing() as transaction:
                transaction.mailboxes.renew(self._reading.lease)
                transaction.mailboxes.note(self._epoch.folder_id, noted)

    def _arrival(self, raw: bytes, internal_date: datetime | None) -> NewArrival:
        """Received when it reached the mailbox, which is what counts for a deadline; never later than now."""
        now = self._store.now()
        received_at = min(internal_date or now, now)
        source = f"imap:{self._reading.mailbox.name}"
        return NewArrival(raw, Envelope(None), source, received_at, silent=received_at < now - FRESH)


__all__ = ["FolderOutcome", "Reading", "Resume", "Taker", "Tally"]
