"""Commands are one unit of work with the mail that brings them: done once, with everything or with nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from email.utils import format_datetime
from threading import Barrier
from typing import Any

import pytest

from mailbot.intake import TakenIn
from tests.mails import mail
from tests.stories.colleagues import ANN, DANA, PASSED, Colleagues
from tests.stories.tales import PCP_CHANGE

COMPLETE = f"category: {PCP_CHANGE}\nsubscriber_id: Q1234567\npcp_name: Dr. Ada Vell"


def recorded(colleagues: Colleagues, number: str, typed: str, **headers: Any) -> int:
    """A mail of Ann's that has come and is not taken in; its arrival."""
    now = format_datetime(colleagues.desk.clock.now())
    fields = {"subject": f"Re: [Case {number}]", "authentication_results": PASSED, "date": now} | headers
    return colleagues.desk.record(mail(typed, sender=ANN, **fields), "ann@plan.example").arrival_id


def test_what_fails_after_the_commands_undoes_them_and_they_run_once_in_the_end(
    colleagues: Colleagues, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = colleagues.inquires(COMPLETE)
    recorded(colleagues, number, "#reply We are at it.\n#assign me")
    telling = colleagues.desk.app.intake._staff._telling  # type: ignore[attr-defined]
    with monkeypatch.context() as patched:
        patched.setattr(telling, "tell", _breaks)
        colleagues.desk.take_in()
    # Nothing of it is there, and the mail waits for its next attempt.
    assert (colleagues.letters_to(DANA), colleagues.desk.case(number).assignee) == (["acknowledgment"], None)
    colleagues.desk.later()
    colleagues.desk.take_in()
    # It is no repetition of itself.
    assert (colleagues.letters_to(DANA), colleagues.desk.case(number).assignee) == (
        ["acknowledgment", "answer"],
        "Ann Lee",
    )
    assert len(colleagues.results()) == 1
    assert [row.state for row in colleagues.desk.arrivals()] == ["done", "done"]


def _breaks(*_: object) -> None:
    raise RuntimeError("the pen broke")


def test_a081_two_shapes_of_one_mail_taken_in_at_the_same_moment_run_once(colleagues: Colleagues) -> None:
    number = colleagues.inquires(COMPLETE)
    both = [
        recorded(colleagues, number, "#reply We are at it.", message_id="<ann1@plan.example>", **change)
        for change in ({}, {"reply_to": "somebody@elsewhere.example"})
    ]
    together = Barrier(2)

    def take_in(arrival_id: int) -> TakenIn | None:
        together.wait(20)
        return colleagues.desk.app.intake.take_in_one(arrival_id)

    with ThreadPoolExecutor(2) as pool:
        assert [result.outcome for result in pool.map(take_in, both) if result] == ["appended", "appended"]
    assert colleagues.letters_to(DANA) == ["acknowledgment", "answer"]
    assert len(colleagues.results()) == 2


def test_a014_the_same_bytes_a_hundred_times_are_one_arrival(small_colleagues: Colleagues) -> None:
    number = small_colleagues.inquires(COMPLETE)
    first = recorded(small_colleagues, number, "#reply We are at it.", message_id="<ann1@plan.example>")
    for _ in range(100):
        assert recorded(small_colleagues, number, "#reply We are at it.", message_id="<ann1@plan.example>") == first
    small_colleagues.desk.take_in()
    assert small_colleagues.letters_to(DANA) == ["acknowledgment", "answer"]


def test_a_trial_leaves_no_trace_in_the_case(colleagues: Colleagues) -> None:
    number = colleagues.inquires(COMPLETE)
    before = colleagues.file(number)
    events = len(colleagues.desk.events(number))
    colleagues.commands("#try\n#field npn = 8812345\n#resolve Done.\n#note Never kept.", about=number)
    after = colleagues.file(number)
    assert (after.state, after.facts, after.content.comments) == (before.state, before.facts, "")
    # Only that a transcript was written and sent is told of it.
    assert [event.kind.value for event in colleagues.desk.events(number)[events:]] == ["letter_composed", "letter_sent"]


def test_two_colleagues_merge_the_same_cases_both_ways_at_once_and_no_case_is_lost(colleagues: Colleagues) -> None:
    one = colleagues.inquires(COMPLETE)
    two = colleagues.inquires("Something else.", sender="Carl Boone <carl@broker.example>")
    both = [recorded(colleagues, one, f"#merge {two}"), recorded(colleagues, two, f"#merge {one}")]
    together = Barrier(2)

    def take_in(arrival_id: int) -> TakenIn | None:
        together.wait(20)
        return colleagues.desk.app.intake.take_in_one(arrival_id)

    with ThreadPoolExecutor(2) as pool:
        assert all(pool.map(take_in, both))
    # The first one wins; the second finds that both are one case already, and says so.
    assert len(colleagues.desk.cases()) == 1
    assert "cannot be merged into itself" in colleagues.result()
