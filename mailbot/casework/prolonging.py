"""Giving somebody more time for a reply: later than the day that they were told, never earlier."""

from __future__ import annotations

from mailbot.cases.deadlines import deadline
from mailbot.cases.desk import DeskRules
from mailbot.cases.events import EventKind
from mailbot.cases.rules import Duration
from mailbot.cases.schedule import reminders
from mailbot.cases.states import State
from mailbot.casework.acts import Act, Done, tell
from mailbot.errors import UsageError


def prolong(act: Act, span: Duration, rules: DeskRules) -> Done:
    """Let the reply be due at the end of the span from now; UsageError where no clock runs, or it would end sooner."""
    transaction, file = act.transaction, act.file
    if file.state is not State.AWAITING_SENDER:
        raise UsageError(f"case {file.number} is {file.state}: no reply is waited for; ask for something first")
    if file.reply_due is None or file.request_id is None or file.clock_stopped:
        why = file.clock_stopped or "its request has not gone out yet"
        raise UsageError(f"the clock of case {file.number} does not run: {why}")
    until = deadline(transaction.now, span, rules.calendar)
    if until <= file.reply_due:
        told = rules.calendar.day_of(file.reply_due)
        raise UsageError(f"the sender was told {told}: there can be more time, not less")
    asked_at = transaction.outbox.sent_at(file.request_id) or transaction.now
    stands = reminders(asked_at, until, rules.playbook.rules(file.category), rules.calendar, transaction.now)
    transaction.cases.start_clock(file.case_id, until, stands.next_at)
    tell(act, EventKind.DEADLINE_MOVED, f"a reply is due by {rules.calendar.day_of(until)}")
    return act.done(file.state)
