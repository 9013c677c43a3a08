"""What can be lacking in the proof that nobody replied in time: how it comes to be so, and what mends it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from mailbot.cases.deadlines import Calendar
from mailbot.cases.understanding import Understanding
from mailbot.replies.outcomes import Later, Refused, Unknown
from mailbot.store.evidence import LISTENER, FedBy
from tests.mails import EVE, bounce_of, mail
from tests.readers import read_by
from tests.stories.tales import BOTH, Tale

DEADLINE_PASSED = "2026-12-04 09:00"
ACCOUNT = "enrollment@imap.desk.example"


@dataclass(frozen=True)
class Lack:
    """Something that is lacking: how it comes to be so, what is told, and what mends it."""

    befall: Callable[[Tale, str], None]
    told: str
    mend: Callable[[Tale, str], None]


def drain(tale: Tale, uidvalidity: int = 1) -> None:
    """The mailbox is read to its end now."""
    with tale.desk.store.writing() as transaction:
        lease = transaction.mailboxes.acquire(ACCOUNT, "enrollment", "a test", lambda owner: True)
        assert lease
        epoch = transaction.mailboxes.epoch(lease, ("INBOX", uidvalidity, 5), None)
        transaction.mailboxes.drained(epoch.folder_id, 5, transaction.now)
        transaction.mailboxes.release(lease)


def beat(tale: Tale) -> None:
    with tale.desk.store.writing() as transaction:
        transaction.watches.beat(LISTENER, unbroken=False)


def feed_by_imap(tale: Tale, *folders: str) -> None:
    names = folders or ("INBOX",)
    tale.desk.app.timekeeper._fed_by = FedBy(folders=tuple((ACCOUNT, "enrollment", name) for name in names))


def watch_all_week(tale: Tale, until: str) -> None:
    """The listener is up from Monday until then."""
    tale.desk.app.timekeeper._fed_by = FedBy(listener=True)
    beat(tale)
    now = tale.desk.clock.moment
    tale.on(until)
    end = tale.desk.clock.moment
    while now < end:
        tale.desk.clock.moment = now = min(now + timedelta(minutes=4), end)
        beat(tale)


def restarted(tale: Tale) -> None:
    """The service starts now."""
    tale.desk.app.timekeeper._began_at = tale.desk.clock.moment


def hold_a_mail(tale: Tale, raw: bytes) -> int:
    """A mail that cannot be taken in is held after three attempts."""

    def fail(_: object) -> Understanding:
        raise ValueError("this mail is poison")

    well = read_by(tale.desk.app, fail)
    arrival_id = tale.desk.record(raw).arrival_id
    for _ in range(3):
        tale.desk.take_in()
        tale.desk.later()
    read_by(tale.desk.app, well)
    assert [row.arrival_id for row in tale.desk.arrivals("held")] == [arrival_id]
    return arrival_id


def release(tale: Tale, _: str) -> None:
    """Staff let all held mail go on as mail of its own."""
    with tale.desk.store.writing() as transaction:
        for row in transaction.arrivals.listed("held"):
            assert transaction.arrivals.free(row.arrival_id)
    tale.desk.take_in()


def reviewed(tale: Tale, number: str) -> None:
    tale.desk.app.casework.reviewed(number, "ana")


def released_and_reviewed(tale: Tale, number: str) -> None:
    """It turns out to be a doubtful answer."""
    release(tale, number)
    reviewed(tale, number)


# What can be lacking.


def never_drained(tale: Tale, number: str) -> None:
    feed_by_imap(tale)
    tale.on(DEADLINE_PASSED)


def drained_before_the_deadline(tale: Tale, number: str) -> None:
    feed_by_imap(tale)
    tale.on("2026-12-03 23:59")
    drain(tale)
    tale.on(DEADLINE_PASSED)


def junk_not_looked_at(tale: Tale, number: str) -> None:
    feed_by_imap(tale, "INBOX", "Junk")
    tale.on(DEADLINE_PASSED)
    drain(tale)


def another_life_of_the_folder(tale: Tale, number: str) -> None:
    """The server numbered the folder anew and it has not been read since."""
    feed_by_imap(tale)
    tale.on(DEADLINE_PASSED)
    drain(tale)
    tale.desk.later()
    with tale.desk.store.writing() as transaction:
        lease = transaction.mailboxes.acquire(ACCOUNT, "enrollment", "a test", lambda owner: True)
        assert lease
        transaction.mailboxes.epoch(lease, ("INBOX", 2, 5), None)
        transaction.mailboxes.release(lease)


def not_drained_since_the_start(tale: Tale, number: str) -> None:
    feed_by_imap(tale)
    tale.on(DEADLINE_PASSED)
    drain(tale)
    tale.desk.later()
    restarted(tale)


def listener_gone(tale: Tale, number: str) -> None:
    watch_all_week(tale, "2026-11-24")
    tale.on(DEADLINE_PASSED)


def listener_back_for_an_hour(tale: Tale, number: str) -> None:
    watch_all_week(tale, "2026-11-24")
    tale.on("2026-12-04 08:00")
    watch_all_week(tale, DEADLINE_PASSED)


def not_taken_in(tale: Tale, number: str) -> None:
    """A mail is recorded, and the workers have not come to it."""
    tale.on(DEADLINE_PASSED)
    tale.desk.record(mail("Something else.", sender=EVE))


def held_reply(tale: Tale, number: str) -> None:
    tale.on("2026-12-01")
    hold_a_mail(tale, tale.answer(BOTH, sender="Somebody <else@where.example>"))
    tale.on(DEADLINE_PASSED)


def held_mail_of_the_sender(tale: Tale, number: str) -> None:
    tale.on("2026-12-01")
    hold_a_mail(tale, mail("No word of which case.", subject="Hello"))
    tale.on(DEADLINE_PASSED)


def held_mail_that_nobody_can_read(tale: Tale, number: str) -> None:
    tale.on("2026-12-01")
    hold_a_mail(tale, mail("Who wrote this?", sender="nobody at all", subject="Hello"))
    tale.on(DEADLINE_PASSED)


def held_bounce_of_the_request(tale: Tale, number: str) -> None:
    tale.on("2026-12-01")
    hold_a_mail(tale, bounce_of(tale.last_letter().message_id))
    tale.on(DEADLINE_PASSED)


def doubtful_reply(tale: Tale, number: str) -> None:
    """Somebody who is not on the case answers the letter."""
    tale.on("2026-12-01")
    tale.desk.send(tale.answer(BOTH, sender=EVE), "eve@elsewhere.example")
    tale.on(DEADLINE_PASSED)


def reminder_not_accepted(tale: Tale, number: str) -> None:
    tale.courier.outcomes += [Later("451 not now")] * 400
    tale.on("2026-12-03 22:00")
    tale.round()
    tale.on(DEADLINE_PASSED)


def reminder_refused(tale: Tale, number: str) -> None:
    tale.courier.outcomes.append(Refused(550, "550 no such user"))
    tale.on("2026-11-28")
    tale.round()
    tale.on(DEADLINE_PASSED)


def reminder_bounced(tale: Tale, number: str) -> None:
    tale.on("2026-11-28")
    tale.round()
    tale.desk.send(bounce_of(tale.last_letter().message_id), "")
    tale.on(DEADLINE_PASSED)


def reminder_in_doubt(tale: Tale, number: str) -> None:
    tale.courier.outcomes += [Unknown("the answer was lost")] * 2
    tale.on("2026-12-03 22:00")
    tale.round()
    tale.on("2026-12-03 23:00")
    tale.round()
    tale.on(DEADLINE_PASSED)


def holidays_unknown(tale: Tale, number: str) -> None:
    keeper = tale.desk.app.timekeeper
    calendar = keeper._rules.calendar
    unknown = Calendar(calendar.zone, calendar.is_holiday, lambda year: year < 2027)
    keeper._rules = replace(keeper._rules, calendar=unknown)
    tale.on(DEADLINE_PASSED)


def in_a_day(tale: Tale, number: str) -> None:
    watch_all_week(tale, "2026-12-05 10:00")


def now_drained(tale: Tale, number: str) -> None:
    drain(tale, uidvalidity=2)


def only_the_inbox(tale: Tale, number: str) -> None:
    feed_by_imap(tale)


def taken_in(tale: Tale, number: str) -> None:
    tale.desk.take_in()


def relay_back(tale: Tale, number: str) -> None:
    """The reminder goes out late, and the deadline moves with it."""
    tale.courier.outcomes.clear()
    tale.on("2026-12-05")
    tale.round()
    tale.on("2026-12-10")


def holidays_known(tale: Tale, number: str) -> None:
    keeper = tale.desk.app.timekeeper
    keeper._rules = replace(keeper._rules, calendar=replace(keeper._rules.calendar, knows=lambda year: True))


LACKS = {
    "f35_mailbox_never_read": Lack(never_drained, "folder INBOX of mailbox enrollment has not been read", now_drained),
    "f35_mailbox_read_before": Lack(drained_before_the_deadline, "not been read to its end since the d", now_drained),
    "f39_junk_not_looked_at": Lack(junk_not_looked_at, "folder Junk of mailbox enrollment", only_the_inbox),
    "folder_numbered_anew": Lack(another_life_of_the_folder, "folder INBOX of mailbox enrollment", now_drained),
    "f34_not_read_since_the_start": Lack(not_drained_since_the_start, "since the service started", now_drained),
    "f36_listener_gone": Lack(listener_gone, "the listener does not run", in_a_day),
    "f36_listener_just_back": Lack(listener_back_for_an_hour, "until 2026-12-05 13:00 UTC", in_a_day),
    "f38_arrival_not_taken_in": Lack(not_taken_in, "not taken in yet", taken_in),
    "held_answer": Lack(held_reply, "is held and may belong here", released_and_reviewed),
    "held_mail_of_the_sender": Lack(held_mail_of_the_sender, "is held and may belong here", release),
    "held_mail_of_nobody": Lack(held_mail_that_nobody_can_read, "is held and may belong here", release),
    "doubtful_answer": Lack(doubtful_reply, "may belong here: look at it", reviewed),
    "f40_reminder_waits": Lack(reminder_not_accepted, "the reminder is later, not sent", relay_back),
    "f43_holidays_unknown": Lack(holidays_unknown, "the holidays of 2027 are not known", holidays_known),
}
FOR_GOOD = {
    "f40_reminder_refused": (reminder_refused, "the reminder is refused, not sent"),
    "f40_reminder_bounced": (reminder_bounced, "the reminder bounced"),
    "f40_reminder_in_doubt": (reminder_in_doubt, "the reminder is held, not sent"),
    "held_bounce": (held_bounce_of_the_request, "is held and may belong here"),
}
