"""The states of a case and the one table of what may follow on what."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class State(StrEnum):
    """Who has the ball."""

    #: Everything is there; staff have not answered yet. Shown as Pending.
    AWAITING_STAFF = "awaiting_staff"
    #: Something is missing and was asked for. Shown as Incomplete.
    AWAITING_SENDER = "awaiting_sender"
    #: Handed to the administration system.
    SUBMITTED = "submitted"
    #: Answered by staff, with their comments. Shown as Completed.
    RESOLVED = "resolved"
    #: What was asked for did not come in time.
    CLOSED_NO_REPLY = "closed_no_reply"
    #: The sender took it back.
    WITHDRAWN = "withdrawn"
    #: Not taken here; the sender was told where to turn.
    REDIRECTED = "redirected"

    @property
    def is_final(self) -> bool:
        return self in (State.RESOLVED, State.CLOSED_NO_REPLY, State.WITHDRAWN, State.REDIRECTED)


#: What staff see of a state.
SHOWN_STATES: Mapping[str, str] = {
    State.AWAITING_STAFF: "Pending",
    State.AWAITING_SENDER: "Incomplete",
    State.SUBMITTED: "Submitted",
    State.RESOLVED: "Completed",
    State.CLOSED_NO_REPLY: "Closed, no reply",
    State.WITHDRAWN: "Withdrawn",
    State.REDIRECTED: "Redirected",
}


class Happening(StrEnum):
    """What can happen to a case that may change its state."""

    #: The sender wrote, and nothing is missing any more.
    COMPLETED = "completed"
    #: The sender wrote, and something is still missing.
    SAID_MORE = "said_more"
    #: The sender took the inquiry back.
    TAKEN_BACK = "taken_back"
    #: The desk asked for something, by itself or because staff said so.
    ASKED = "asked"
    #: The deadline passed, and it is proven that no reply came.
    TIME_RAN_OUT = "time_ran_out"
    #: Staff answered.
    RESOLVED = "resolved"
    #: Staff closed it for want of a reply.
    CLOSED = "closed"
    #: Staff withdrew it for the sender.
    WITHDRAWN = "withdrawn"
    #: Staff, or a late reply where the playbook says so, opened it again.
    REOPENED = "reopened"
    #: It was handed to the administration system.
    EXPORTED = "exported"
    #: The administration system has done it.
    PROCESSED = "processed"
    #: Staff found that it is not taken here.
    SENT_ELSEWHERE = "sent_elsewhere"


_STAFF, _SENDER = State.AWAITING_STAFF, State.AWAITING_SENDER

#: What is not in this table is not allowed.
TRANSITIONS: Mapping[tuple[State, Happening], State] = {
    (_STAFF, Happening.COMPLETED): _STAFF,
    (_STAFF, Happening.SAID_MORE): _STAFF,
    (_STAFF, Happening.TAKEN_BACK): State.WITHDRAWN,
    (_STAFF, Happening.ASKED): _SENDER,
    (_STAFF, Happening.RESOLVED): State.RESOLVED,
    (_STAFF, Happening.CLOSED): State.CLOSED_NO_REPLY,
    (_STAFF, Happening.WITHDRAWN): State.WITHDRAWN,
    (_STAFF, Happening.EXPORTED): State.SUBMITTED,
    (_SENDER, Happening.COMPLETED): _STAFF,
    (_SENDER, Happening.SAID_MORE): _SENDER,
    (_SENDER, Happening.TAKEN_BACK): State.WITHDRAWN,
    (_SENDER, Happening.ASKED): _SENDER,
    (_SENDER, Happening.TIME_RAN_OUT): State.CLOSED_NO_REPLY,
    (_SENDER, Happening.RESOLVED): State.RESOLVED,
    (_SENDER, Happening.CLOSED): State.CLOSED_NO_REPLY,
    (_SENDER, Happening.WITHDRAWN): State.WITHDRAWN,
    (_STAFF, Happening.SENT_ELSEWHERE): State.REDIRECTED,
    (_SENDER, Happening.SENT_ELSEWHERE): State.REDIRECTED,
    (State.SUBMITTED, Happening.COMPLETED): State.SUBMITTED,
    (State.SUBMITTED, Happening.SAID_MORE): State.SUBMITTED,
    (State.SUBMITTED, Happening.TAKEN_BACK): State.SUBMITTED,
    (State.SUBMITTED, Happening.ASKED): _SENDER,
    (State.SUBMITTED, Happening.RESOLVED): State.RESOLVED,
    (State.SUBMITTED, Happening.PROCESSED): State.RESOLVED,
    (State.SUBMITTED, Happening.REOPENED): _STAFF,
    (State.RESOLVED, Happening.REOPENED): _STAFF,
    (State.CLOSED_NO_REPLY, Happening.REOPENED): _STAFF,
    (State.WITHDRAWN, Happening.REOPENED): _STAFF,
    (State.REDIRECTED, Happening.REOPENED): _STAFF,
}


def following(state: State, happening: Happening) -> State | None:
    """The state after a happening; None where that cannot happen in this state."""
    return TRANSITIONS.get((state, happening))
