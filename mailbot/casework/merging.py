"""Merging one case into another: nothing that is known, asked or doubted gets lost on the way."""

from __future__ import annotations

from dataclasses import replace

from mailbot.cases.events import Event, EventKind
from mailbot.cases.facts import join, still_missing
from mailbot.cases.people import Role
from mailbot.cases.states import Happening, State, following
from mailbot.casework.acts import OUTDATED, Act, Done, begin, hold, tell
from mailbot.errors import UsageError
from mailbot.replies.plan import LetterKind
from mailbot.replies.posting import take_back
from mailbot.store.case_file import CaseFile
from mailbot.store.unit_of_work import Transaction


def merge(transaction: Transaction, number: str, into: str, actor: str) -> Done:
    """Join the case to the other. UsageError where one of them would be lost sight of by it."""
    found = {each for each in map(transaction.cases.find, (number, into)) if each is not None}
    hold(transaction, {transaction.cases.current(each) for each in found})
    away = begin(transaction, number, actor)
    stays = begin(transaction, into, actor)
    _check(away.file, stays.file)
    people = transaction.history.correspondents(away.file.case_id)
    _take_over(away, stays, foreign=_senders(transaction, away.file) != _senders(transaction, stays.file))
    transaction.history.add_correspondents(stays.file.case_id, people)
    transaction.cases.ask_review(stays.file.case_id, _doubts(away.file, stays.file))
    for kind in OUTDATED:
        take_back(transaction, away.file.case_id, kind)
    transaction.cases.merge(away.file.case_id, stays.file.case_id)
    tell(away, EventKind.CASE_MERGED, f"into {stays.file.number}")
    tell(stays, EventKind.CASE_MERGED, f"{away.file.number} into this one")
    return stays.done(_now_complete(stays))


def _check(away: CaseFile, stays: CaseFile) -> None:
    if away.case_id == stays.case_id:
        raise UsageError(f"case {away.number} cannot be merged into itself")
    if stays.state.is_final and not away.state.is_final:
        raise UsageError(
            f"case {stays.number} is {stays.state}, and the open case {away.number} would be lost in it: "
            f"`mailbot reopen {stays.number}` first, or merge them the other way round"
        )
    if away.state is State.SUBMITTED:
        raise UsageError(
            f"case {away.number} was handed to the administration system: resolve it, or merge them the other way round"
        )


def _take_over(away: Act, stays: Act, *, foreign: bool) -> None:
    """What is known in the one is known in the other; the later word counts."""
    newer = away.file.opened_at > stays.file.opened_at
    learned = join(stays.file.facts, away.file.facts, newer=newer, foreign=foreign)
    missing = still_missing(stays.file.missing, away.file.facts)
    transaction = stays.transaction
    transaction.cases.learn(stays.file, learned.facts, missing)
    transaction.history.add_events(
        [Event(EventKind.VALUE_AMENDED, name, stays.actor) for name in learned.amended], case_id=stays.file.case_id
    )


def _senders(transaction: Transaction, file: CaseFile) -> set[str]:
    people = transaction.history.correspondents(file.case_id)
    return {person.address.key for person in people if person.role is not Role.COPIED}


def _doubts(away: CaseFile, stays: CaseFile) -> tuple[str, ...]:
    late = (f"{away.number} was merged into it after it was handed over",) if stays.state is State.SUBMITTED else ()
    return (*away.review, *late)


def _now_complete(stays: Act) -> State:
    """A case that waited for what the other one brought awaits staff now; nobody is told whence it came."""
    file = stays.transaction.cases.lock(stays.file.case_id)
    state = following(file.state, Happening.COMPLETED)
    if file.state is not State.AWAITING_SENDER or file.missing or state is None:
        return file.state
    act = replace(stays, file=file)
    act.transaction.cases.enter(file.case_id, state)
    take_back(act.transaction, file.case_id, LetterKind.INFO_REQUEST)
    return state
