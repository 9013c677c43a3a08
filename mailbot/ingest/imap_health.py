"""How the mailboxes go, in sentences for `mailbot check`, and the alarm when nothing could be read for too long."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailbot.config import Mailbox
from mailbot.store.mailbox_words import MailboxHealth


@dataclass(frozen=True, slots=True)
class Finding:
    """One line about one mailbox; when not ok, `sentence` says what is the matter."""

    mailbox: str
    ok: bool
    sentence: str


def findings(
    mailboxes: Iterable[Mailbox], known: Iterable[MailboxHealth], signed_in: Mapping[str, datetime], now: datetime
) -> Iterator[Finding]:
    """At least one line for each configured mailbox. `signed_in`: by account, since when its refresh token counts."""
    rows = {health.account: health for health in known}
    for mailbox in mailboxes:
        health = rows.get(mailbox.account)
        yield _state(mailbox, health, now)
        if health and health.alarm and health.alarmed_at:
            yield Finding(mailbox.name, ok=False, sentence=f"{health.alarm} ({_ago(now - health.alarmed_at)} ago)")
        if mailbox.oauth and mailbox.account in signed_in:
            age = now - signed_in[mailbox.account]
            yield Finding(mailbox.name, ok=True, sentence=f"its OAuth refresh token is {_ago(age)} old")


def silent(mailboxes: Iterable[Mailbox], known: Iterable[MailboxHealth], now: datetime) -> dict[str, str]:
    """The alarm: by name, a sentence for each mailbox of which nothing could be read for longer than it may be."""
    rows = {health.account: health for health in known}
    return {
        mailbox.name: _silence(rows.get(mailbox.account), now)
        for mailbox in mailboxes
        if _is_silent(mailbox, rows.get(mailbox.account), now)
    }


def _is_silent(mailbox: Mailbox, health: MailboxHealth | None, now: datetime) -> bool:
    """One that was never tried is not silent yet."""
    if health is None or health.tried_at is None:
        return False
    return health.succeeded_at is None or now - health.succeeded_at > _allowed(mailbox)


def _allowed(mailbox: Mailbox) -> timedelta:
    return timedelta(minutes=mailbox.alarm_after_minutes)


def _state(mailbox: Mailbox, health: MailboxHealth | None, now: datetime) -> Finding:
    if health is None or health.tried_at is None:
        return Finding(mailbox.name, ok=True, sentence="not read yet")
    if _is_silent(mailbox, health, now) or health.error:
        return Finding(mailbox.name, ok=False, sentence=_silence(health, now))
    assert health.succeeded_at
    waiting = f", {health.waiting} messages could not be read yet" if health.waiting else ""
    return Finding(mailbox.name, not health.waiting, f"read {_ago(now - health.succeeded_at)} ago{waiting}")


def _silence(health: MailboxHealth | None, now: datetime) -> str:
    error = health.error if health and health.error else "see that `mailbot serve` runs"
    if health is None or health.succeeded_at is None:
        return f"nothing could be read yet: {error}"
    return f"nothing could be read for {_ago(now - health.succeeded_at)}: {error}"


def _ago(span: timedelta) -> str:
    """Roughly, in one unit."""
    seconds = max(0, round(span.total_seconds()))
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}s"
    return f"{seconds} second{'' if seconds == 1 else 's'}"
