"""Correcting what is known of a case: staff say what a field is, and that counts as read from now on."""

from __future__ import annotations

from datetime import date
from difflib import get_close_matches

from mailbot.cases.events import Event, EventKind
from mailbot.cases.facts import corrected, still_missing
from mailbot.cases.rules import CategoryRules
from mailbot.cases.states import Happening, State, following
from mailbot.cases.understanding import FIELDS
from mailbot.casework.acts import OUTDATED, Act, Done
from mailbot.errors import UsageError
from mailbot.knowing import lacking
from mailbot.replies.posting import take_back

LONGEST_VALUE = 200
_DAYS = ("date_of_birth", "effective_date", "payment_date")
#: It is the text of the sender itself, which nobody corrects.
_NO_VALUE = "issue_description"


def checked_value(name: str, value: str) -> str:
    """The value as it is kept. UsageError for a field that there is not, or a value that cannot be one."""
    fields = [field for field in FIELDS if field != _NO_VALUE]
    if name not in fields:
        near = get_close_matches(name, fields, 1)
        raise UsageError(f"there is no field {name}" + (f"; did you mean {near[0]}?" if near else ""))
    value = " ".join(value.split())
    if len(value) > LONGEST_VALUE or not value.isprintable():
        raise UsageError(f"a value has at most {LONGEST_VALUE} printable characters")
    if value and name in _DAYS:
        try:
            return date.fromisoformat(value).isoformat()
        except ValueError as error:
            raise UsageError(f"{name} is a date, as 2026-12-01") from error
    return value


def correct(act: Act, name: str, value: str, rules: CategoryRules) -> Done:
    """Let the field have this one value, or none; UsageError where that is known already.

    A case that waited for nothing else awaits staff then. The event is the correction that training can learn from:
    it names the field, the case has the value, the arrival has the mail.
    """
    file = act.file
    facts = corrected(file.facts, name, value)
    if facts.values(name) == file.facts.values(name):
        raise UsageError(f"case {file.number} knows {name} as that already")
    asked = still_missing(file.missing, facts) if file.state is State.AWAITING_SENDER else ()
    now_missing = tuple(dict.fromkeys((*asked, *lacking(rules, facts))))
    places = dict.fromkeys(found.where.value for found in file.facts.fields if found.name == name)
    act.transaction.cases.learn(file, facts, now_missing)
    act.transaction.history.add_events(
        [_event(name, ", ".join(places), act.actor, taken_out=not value)], case_id=file.case_id
    )
    return _now_complete(act, now_missing)


def _event(name: str, places: str, actor: str, *, taken_out: bool) -> Event:
    was = f"it was read from: {places}" if places else "it was not known"
    return Event(EventKind.VALUE_CORRECTED, f"{name}{' taken out' if taken_out else ''}; {was}", actor)


def _now_complete(act: Act, now_missing: tuple[str, ...]) -> Done:
    """The state afterwards; what was asked for and is known now is not asked for again."""
    state = act.file.state
    complete = following(state, Happening.COMPLETED)
    if state is State.AWAITING_SENDER and not now_missing and complete is not None:
        act.transaction.cases.enter(act.file.case_id, complete)
        for kind in OUTDATED:
            take_back(act.transaction, act.file.case_id, kind)
        return act.done(complete)
    return act.done(state)
