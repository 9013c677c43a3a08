"""The proof that nobody replied in time: every single fact that is lacking is enough to keep a case open."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.cases.proof import Folder, Posted, Proof, Standing, Watch, may_belong_here, prove

DUE = datetime(2026, 12, 4, 4, 59, 59, 999_999, tzinfo=UTC)
NOW = DUE + timedelta(hours=9)
BEGAN = DUE + timedelta(hours=1)
INBOX = Folder("enrollment", "INBOX", NOW - timedelta(minutes=1))
UP = Watch(NOW - timedelta(days=30), NOW - timedelta(seconds=30))
STANDING = Standing(now=NOW, began_at=BEGAN, folders=(INBOX,), listener=UP)
PROOF = Proof(STANDING, DUE, letters=(Posted("info_request", "sent"), Posted("reminder", "sent")))
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)


def lacking(**changes: object) -> str | None:
    return prove(replace(PROOF, **changes))  # type: ignore[arg-type]


def lacking_for_all(**changes: object) -> str | None:
    return lacking(standing=replace(STANDING, **changes))  # type: ignore[arg-type]


def test_a_whole_proof_closes() -> None:
    assert prove(PROOF) is None


def test_a_desk_without_mailboxes_and_listener_has_less_to_prove() -> None:
    assert lacking_for_all(folders=(), listener=None) is None


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"clock_stopped": "the info_request could not be delivered"}, "the clock stands, because the info_request"),
        ({"reply_due": None}, "the deadline has not passed"),
        ({"reply_due": NOW}, "the deadline has not passed"),
        ({"reply_due": NOW + SECOND}, "the deadline has not passed"),
        ({"held": (77, 78)}, "arrival 77 is held and may belong here: `mailbot release 77` lets it go on"),
        ({"review": ("look", may_belong_here("261121-0000428"))}, "261121-0000428 may belong here: look at it"),
        ({"letters": ()}, "no request is known"),
        ({"letters": (Posted("info_request", "sent", bounced=True),)}, "the info_request bounced"),
        ({"letters": (Posted("info_request", "sent"), Posted("reminder", "later"))}, "the reminder is later, not sent"),
    ],
)
def test_each_lacking_fact_of_a_case_keeps_it_open(facts: dict[str, object], told: str) -> None:
    reason = lacking(**facts)
    assert reason
    assert reason.startswith(told)


@pytest.mark.parametrize("state", ["due", "sending", "later", "refused", "unknown", "held", "cancelled"])
def test_f40_a_letter_in_any_state_but_sent_keeps_it_open(state: str) -> None:
    assert lacking(letters=(Posted("info_request", state),)) == (
        f"the info_request is {state}, not sent: `mailbot letters --state {state}` shows it"
    )


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"clock": "the clock was set"}, "the clock was set"),
        ({"year": 2027}, "the holidays of 2027 are not known"),
        ({"folders": (INBOX, Folder("billing", "INBOX", None))}, "folder INBOX of mailbox billing has not been read"),
        ({"folders": (replace(INBOX, drained_at=DUE),)}, "folder INBOX of mailbox enrollment has not been read"),
        ({"folders": (replace(INBOX, drained_at=NOW + HOUR),)}, "folder INBOX of mailbox enrollment has not been read"),
        ({"listener": Watch(UP.since, NOW - timedelta(minutes=6))}, "the listener does not run"),
        ({"letters_refused": True}, "the outgoing server refuses all letters"),
        ({"listener": Watch(UP.since, NOW + HOUR)}, "the listener does not run"),
        ({"untaken": True}, "mail that has come in is not taken in yet"),
    ],
)
def test_each_lacking_fact_of_the_desk_keeps_all_cases_open(facts: dict[str, object], told: str) -> None:
    reason = lacking_for_all(**facts)
    assert reason
    assert reason.startswith(told)


@pytest.mark.parametrize(("drained", "closes"), [(DUE - SECOND, False), (DUE, False), (DUE + SECOND, True)])
def test_f35_a_mailbox_counts_that_was_read_past_the_deadline(drained: datetime, closes: bool) -> None:
    """Also where the service runs since long before it."""
    folders = (replace(INBOX, drained_at=drained),)
    reason = lacking_for_all(folders=folders, began_at=DUE - timedelta(days=3))
    assert (reason is None) == closes
    assert closes or "since the deadline" in str(reason)


@pytest.mark.parametrize(("ago", "runs"), [(timedelta(minutes=5), True), (timedelta(minutes=5) + SECOND, False)])
def test_f36_a_listener_that_was_not_seen_for_five_minutes_is_down(ago: timedelta, runs: bool) -> None:
    assert (lacking_for_all(listener=Watch(UP.since, NOW - ago)) is None) == runs


def test_f34_a_mailbox_counts_once_it_was_read_since_the_start() -> None:
    before = (replace(INBOX, drained_at=BEGAN - SECOND),)
    assert "since the service started" in (lacking_for_all(folders=before) or "")
    assert lacking_for_all(folders=(replace(INBOX, drained_at=BEGAN),)) is None
    assert lacking_for_all(folders=before, began_at=None) is None  # somebody only looks


def test_f36_after_an_outage_the_grace_runs_to_its_end() -> None:
    back = Watch(NOW - timedelta(hours=24), NOW)
    assert lacking_for_all(listener=back) is None
    just_short = replace(back, since=back.since + SECOND)
    assert lacking_for_all(listener=just_short) == (
        "the listener was down; until 2026-12-04 14:00 UTC other servers may bring what they kept"
    )
    assert lacking_for_all(listener=just_short, grace=timedelta(hours=12)) is None


def test_an_ordinary_review_keeps_nothing_open() -> None:
    assert lacking(review=("the category is not sure", "the reply brought nothing that was asked for")) is None


def test_the_reason_does_not_change_while_its_cause_stays() -> None:
    """It is written down when it changes: a sentence with the minute in it would fill the history."""
    facts = {"folders": (Folder("billing", "INBOX", None),), "listener": Watch(UP.since, UP.seen_at)}
    reasons = {lacking_for_all(**facts, now=NOW + minute * timedelta(minutes=1)) for minute in range(4)}
    assert len(reasons) == 1


proofs = st.builds(
    Proof,
    standing=st.builds(
        Standing,
        now=st.just(NOW),
        began_at=st.sampled_from([None, BEGAN]),
        clock=st.sampled_from(["", "the clock was set"]),
        year=st.sampled_from([None, 2027]),
        folders=st.lists(st.sampled_from([INBOX, replace(INBOX, drained_at=None)]), max_size=2).map(tuple),
        listener=st.sampled_from([None, UP, Watch(NOW - timedelta(hours=1), NOW)]),
        untaken=st.booleans(),
    ),
    reply_due=st.sampled_from([DUE, NOW + SECOND]),
    clock_stopped=st.sampled_from([None, "it bounced"]),
    letters=st.lists(st.builds(Posted, st.just("reminder"), st.sampled_from(["sent", "later"]), st.booleans())).map(
        tuple
    ),
    held=st.sampled_from([(), (1,)]),
    review=st.sampled_from([(), (may_belong_here("1"),)]),
)


@given(proofs)
def test_nothing_closes_unless_everything_is_there(proof: Proof) -> None:
    standing = proof.standing
    whole = (
        not (standing.clock or standing.year or standing.untaken or proof.clock_stopped or proof.held or proof.review)
        and proof.reply_due == DUE
        and all(folder.drained_at for folder in standing.folders)
        and standing.listener in (None, UP)
        and bool(proof.letters)
        and all(letter.state == "sent" and not letter.bounced for letter in proof.letters)
    )
    assert (prove(proof) is None) == whole
