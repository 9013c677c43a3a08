"""What `mailbot check` says of the mailboxes, and when the alarm is raised."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from mailbot.config import Mailbox, OAuth
from mailbot.ingest.imap_health import findings, silent
from mailbot.store.mailbox_words import MailboxHealth

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
BOX = Mailbox(name="enrollment", host="imap.desk.example", user="enrollment")
GOOD = MailboxHealth(
    account=BOX.account,
    name="enrollment",
    tried_at=NOW,
    succeeded_at=NOW - timedelta(seconds=20),
    failures=0,
    error=None,
    failed_at=None,
    alarm=None,
    alarmed_at=None,
    waiting=0,
    reading=True,
)


def said(health: MailboxHealth | None, box: Mailbox = BOX) -> list[tuple[bool, str]]:
    known = [health] if health else []
    return [(finding.ok, finding.sentence) for finding in findings([box], known, {}, NOW)]


def test_a_mailbox_that_is_read_says_when() -> None:
    assert said(GOOD) == [(True, "read 20 seconds ago")]
    assert silent([BOX], [GOOD], NOW) == {}


def test_a_mailbox_that_was_never_tried_is_no_alarm() -> None:
    assert said(None) == [(True, "not read yet")]
    assert silent([BOX], [], NOW) == {}


def test_pain_10_silence_is_told_after_its_minutes_with_the_last_error() -> None:
    error = "imap.desk.example refused the login: check `user` and its password or token"
    failing = replace(GOOD, succeeded_at=NOW - timedelta(minutes=15), failures=9, error=error)
    assert silent([BOX], [failing], NOW) == {}
    assert silent([BOX], [failing], NOW + timedelta(seconds=1)) == {
        "enrollment": f"nothing could be read for 15 minutes: {error}"
    }
    assert silent([replace(BOX, alarm_after_minutes=60)], [failing], NOW + timedelta(seconds=1)) == {}


def test_silence_without_an_error_asks_whether_the_service_runs() -> None:
    stopped = replace(GOOD, succeeded_at=NOW - timedelta(days=3))
    assert said(stopped) == [(False, "nothing could be read for 3 days: see that `mailbot serve` runs")]


def test_a_mailbox_that_was_tried_and_never_read_is_an_alarm() -> None:
    failing = replace(GOOD, succeeded_at=None, error="it cannot be reached")
    assert silent([BOX], [failing], NOW) == {"enrollment": "nothing could be read yet: it cannot be reached"}


def test_an_error_and_what_waits_need_attention_before_any_silence() -> None:
    assert said(replace(GOOD, error="folder Nowhere: refused")) == [
        (False, "nothing could be read for 20 seconds: folder Nowhere: refused")
    ]
    assert said(replace(GOOD, waiting=2)) == [(False, "read 20 seconds ago, 2 messages could not be read yet")]


def test_an_alarm_is_a_line_of_its_own() -> None:
    odd = replace(GOOD, alarm="the server numbers INBOX anew", alarmed_at=NOW - timedelta(hours=5))
    assert said(odd)[1] == (False, "the server numbers INBOX anew (5 hours ago)")


def test_pain_10_the_age_of_the_refresh_token_is_told() -> None:
    box = replace(BOX, oauth=OAuth(token_url="https://login.example/token", client_id="mailbot"))
    told = list(findings([box], [GOOD], {box.account: NOW - timedelta(days=89)}, NOW))
    assert told[1].sentence == "its OAuth refresh token is 89 days old"


@pytest.mark.parametrize(
    ("ago", "told"),
    [
        (timedelta(seconds=-5), "0 seconds"),  # the clock was set back
        (timedelta(seconds=1), "1 second"),
        (timedelta(seconds=119), "119 seconds"),
        (timedelta(minutes=2), "2 minutes"),
        (timedelta(minutes=119), "119 minutes"),
        (timedelta(hours=2), "2 hours"),
        (timedelta(hours=47), "47 hours"),
        (timedelta(days=2), "2 days"),
    ],
)
def test_a_span_is_told_roughly_in_one_unit(ago: timedelta, told: str) -> None:
    patient = replace(BOX, alarm_after_minutes=100_000)
    assert said(replace(GOOD, succeeded_at=NOW - ago), patient) == [(True, f"read {told} ago")]


def test_a_mailbox_without_a_password_of_its_own_has_no_token_to_tell_of() -> None:
    told = list(findings([BOX], [GOOD], {BOX.account: NOW - timedelta(days=89)}, NOW))
    assert len(told) == 1
