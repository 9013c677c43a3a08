"""What a letter of the kind "status" tells: how a case stands, and what and whom it waits for."""

from __future__ import annotations

from dataclasses import replace

from mailbot.cases.states import State
from mailbot.replies.writing import Occasion
from mailbot.store.case_file import CaseFile


def of_case(occasion: Occasion, file: CaseFile) -> Occasion:
    """How a case stands, and what and whom it waits for: a date only where one was told and is still to come."""
    waits = file.state is State.AWAITING_SENDER and not file.clock_stopped
    promised = file.answer_due if file.state is State.AWAITING_STAFF else None
    return replace(
        occasion,
        state=file.state,
        missing=file.missing if file.state is State.AWAITING_SENDER else (),
        reply_due=file.reply_due if waits else None,
        answer_due=promised if promised and promised >= occasion.at else None,
    )
