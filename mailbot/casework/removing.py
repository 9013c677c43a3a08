"""Taking somebody off a case: nothing more is sent to them, and what they send opens nothing of it (ATTACKS A078)."""

from __future__ import annotations

from dataclasses import replace

from mailbot.cases.events import EventKind
from mailbot.cases.states import State
from mailbot.casework.acts import OUTDATED, Act, Done, reader_of, tell
from mailbot.errors import UsageError
from mailbot.mail import Address
from mailbot.replies.posting import stop_clock, take_back

_WHO_WAS_ASKED = "who was asked was taken off the case"


def remove(act: Act, address: str) -> Done:
    """Take this address off the case for good: being copied again, or in its firm, does not bring it back.

    A reply that was waited for from them is waited for no longer: the clock stands, and staff look.
    """
    transaction, file = act.transaction, act.file
    before = reader_of(transaction, file.case_id)
    if not transaction.history.remove_correspondent(file.case_id, Address(address)):
        raise UsageError(f"nobody of that address is on case {file.number}: `mailbot case {file.number}` lists them")
    tell(act, EventKind.CORRESPONDENT_REMOVED, "")
    done = act.done(file.state)
    reader = reader_of(transaction, file.case_id)
    if reader == before:
        return done
    for kind in OUTDATED:
        take_back(transaction, file.case_id, kind)
    if file.state is State.AWAITING_SENDER:
        stop_clock(transaction, file.case_id, _WHO_WAS_ASKED)
        transaction.cases.ask_review(file.case_id, [_WHO_WAS_ASKED])
    whom = f"letters go to {reader.address} from now on" if reader else "nobody is left to whom a letter can go"
    return replace(done, remarks=(whom,))
