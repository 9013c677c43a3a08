"""Random histories of one case, played against a small reference model: messages, letters, time, sweeps."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from mailbot.cases.deadlines import deadline
from mailbot.cases.schedule import reminders
from mailbot.replies.outcomes import Later, Refused, Sent
from tests.desks import open_desk
from tests.mails import bounce_of, mail, reply
from tests.stories.tales import ONE, OTHER, PCP_CHANGE, Tale

NEEDED = {"subscriber_id": ONE, "pcp_name": OTHER}
ROUNDS = 3


@dataclass
class Model:
    """What should be true of the case, in a few words of our own."""

    state: str = "awaiting_sender"
    missing: frozenset[str] = frozenset(NEEDED)
    rounds: int = 1
    #: What became of the last request: "due", "later", "sent", or "lost" (refused, bounced).
    request: str = "due"
    due: datetime | None = None
    asked_at: datetime | None = None
    reminders: int = 0
    #: A reminder of this round that did not reach its reader, or is still on its way.
    reminder: str = "sent"

    @property
    def final(self) -> bool:
        return self.state in ("closed_no_reply", "withdrawn")


class LifeOfACase(RuleBasedStateMachine):
    """One case, one sender, one letter at a time."""

    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        database = shutil.copy(self.template, folder / "mailbot.db")
        self.desk = self.stack.enter_context(open_desk(folder / "desk", f"sqlite:///{database}"))
        self.tale, self.model, self.word = Tale(self.desk), Model(), 0
        self.number = ""

    def teardown(self) -> None:
        self.stack.close()

    @initialize()
    def dana_writes(self) -> None:
        self.number = self.desk.send(mail("Please change my doctor.", subject="New doctor")).case_number or ""

    # Time and letters.

    @rule(hours=st.sampled_from([1, 7, 20, 30, 75, 170]))
    def time_goes_by(self, hours: int) -> None:
        self.desk.later(timedelta(hours=hours))

    @rule(outcome=st.sampled_from(["sent", "sent", "sent", "later", "refused"]))
    def the_relay_answers(self, outcome: str) -> None:
        """One answer for whatever goes out now."""
        answer: Any = {"sent": Sent("250 taken"), "later": Later("451 not now"), "refused": Refused(550, "550 no")}[
            outcome
        ]
        self.desk.later(timedelta(hours=5))
        self.tale.courier.outcomes[:] = [answer] * 10
        before = {row.letter_id: row for row in self.desk.letters()}
        self.desk.deliver()
        for row in self.desk.letters():
            if row.state != before[row.letter_id].state or outcome == "later":
                self._went(row.kind, row.letter_id, row.state, row.composed_at)

    def _went(self, kind: str, letter_id: int, state: str, composed_at: datetime) -> None:
        model, now = self.model, self.desk.clock.now()
        file = self.tale.file(self.number)
        if kind == "info_request" and letter_id == file.request_id and model.state == "awaiting_sender":
            if state == "sent" and model.request in ("due", "later"):
                model.request, model.asked_at = "sent", now
                model.due = deadline(now, self._rules().reply_within, self._calendar())
                model.reminders = 0
            elif state == "refused":
                model.request = "lost"
        elif kind == "reminder" and model.state == "awaiting_sender" and letter_id == self._reminder_id():
            model.reminder = state
            if state == "sent" and now - composed_at >= timedelta(hours=1) and model.request == "sent" and model.due:
                late = model.due + (now - composed_at)
                model.due = (
                    late.astimezone(self._calendar().zone)
                    .replace(hour=23, minute=59, second=59, microsecond=999_999)
                    .astimezone(UTC)
                )

    @rule()
    def sweep(self) -> None:
        model, now = self.model, self.desk.clock.now()
        swept = self.desk.app.timekeeper.sweep()
        waits = model.state == "awaiting_sender" and model.due is not None
        overdue = waits and model.due is not None and model.due < now
        reminded = 0
        if waits and not overdue and model.request == "sent" and model.asked_at and model.due:
            stands = reminders(model.asked_at, model.due, self._rules(), self._calendar(), now)
            if stands.due > model.reminders:
                model.reminders, model.reminder, reminded = stands.due, "due", 1
        assert swept.reminded == reminded
        proven = overdue and model.request == "sent" and model.reminder == "sent"
        assert (swept.closed, len(swept.waiting)) == (int(proven), int(overdue and not proven))
        if proven:
            model.state = "closed_no_reply"

    # What Dana does.

    @rule(name=st.sampled_from(sorted(NEEDED)))
    @precondition(lambda self: not self.model.final)
    def she_sends_a_part(self, name: str) -> None:
        self._replies(NEEDED[name])
        self._heard(self.model.missing - {name})

    @rule()
    @precondition(lambda self: not self.model.final)
    def she_says_nothing_of_use(self) -> None:
        self._replies("When will this be done?")
        self._heard(self.model.missing)

    @rule()
    @precondition(lambda self: self.number)
    def she_thanks(self) -> None:
        self._replies("Thank you.")

    @rule(words=st.sampled_from(["Later will do.", "How does it stand?"]))
    @precondition(lambda self: self.number)
    def she_promises_or_asks(self, words: str) -> None:
        """Neither changes anything, whatever the state."""
        self._replies(words)

    @rule()
    @precondition(lambda self: not self.model.final)
    def she_takes_it_back(self) -> None:
        self._replies("Please disregard my request.")
        self.model.state, self.model.due = "withdrawn", None

    @rule()
    @precondition(lambda self: self.model.request == "sent" and self.model.state == "awaiting_sender")
    def the_request_bounces(self) -> None:
        request = self.tale.file(self.number).request_id
        (row,) = [row for row in self.desk.letters() if row.letter_id == request]
        self.word += 1
        self.desk.send(bounce_of(row.message_id) + str(self.word).encode(), "")
        self.model.request = "lost"

    @rule()
    @precondition(lambda self: self.model.state == "closed_no_reply" and self.model.due)
    def a_reply_in_time_turns_up(self) -> None:
        """It had come a minute before the deadline."""
        model = self.model
        assert model.due
        missing, model.missing, model.state = model.missing, frozenset(), "awaiting_staff"
        self._replies("\n".join(NEEDED[name] for name in sorted(missing)), received_at=model.due - timedelta(minutes=1))
        model.due = None

    def _replies(self, words: str, **changes: Any) -> None:
        self.word += 1
        first = self.desk.letters()[0]
        received_at = changes.pop("received_at", self.desk.clock.now())
        raw = reply(f"{words}\n({self.word})", to_id=first.message_id)
        assert self.desk.send(raw, received_at=received_at).case_number == self.number

    def _heard(self, missing: frozenset[str]) -> None:
        model = self.model
        model.missing = missing
        if model.state != "awaiting_sender":
            return
        if not missing or model.rounds >= ROUNDS:
            model.state, model.due = "awaiting_staff", None
            return
        if self.tale.file(self.number).clock_stopped:
            model.request = "lost"  # the budgets allow no more letters now: the clock stands where it stood
            return
        model.rounds += 1
        model.request, model.due, model.asked_at, model.reminders, model.reminder = "due", None, None, 0, "sent"

    # What always holds.

    @invariant()
    def the_case_is_as_the_model_says(self) -> None:
        if not self.number:
            return
        file, model = self.tale.file(self.number), self.model
        assert (file.state, frozenset(file.missing)) == (model.state, model.missing)
        if model.state == "awaiting_sender":
            assert (file.rounds, file.reply_due) == (model.rounds, model.due)
            assert bool(file.clock_stopped) == (model.request == "lost")

    @invariant()
    def each_letter_has_a_cause_of_its_own(self) -> None:
        if self.number:
            letters = self.tale.letters()
            assert letters.count("closed_no_reply") <= 1
            assert letters.count("reminder") <= letters.count("info_request")

    def _reminder_id(self) -> int:
        return max(row.letter_id for row in self.desk.letters() if row.kind == "reminder")

    def _rules(self) -> Any:
        return self.desk.app.playbook.rules(PCP_CHANGE)

    def _calendar(self) -> Any:
        return self.desk.app.timekeeper._rules.calendar


def test_random_lives_of_a_case_go_as_the_model_says(sqlite_template: Path) -> None:
    LifeOfACase.template = sqlite_template
    run_state_machine_as_test(
        LifeOfACase,
        settings=settings(
            max_examples=15, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
