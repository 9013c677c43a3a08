"""When an arrival is held: which cases it may belong to, found out so that no mail can prevent it.

Whatever cannot be read may belong to any case.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from mailbot.cases import matching
from mailbot.cases.desk import DeskRules
from mailbot.cases.matching import Clues
from mailbot.ingest.parse import parse
from mailbot.ingest.screen import screen
from mailbot.mail import Address
from mailbot.store.arrivals import TakenArrival
from mailbot.store.unit_of_work import Transaction


@dataclass(frozen=True, slots=True)
class Traces:
    """What a mail shows of where it belongs. `reported` is the id of the letter that a bounce is about, or ""."""

    clues: Clues
    sender: Address | None = field(repr=False)
    reported: str = ""


def traces(raw: bytes, taken: TakenArrival, rules: DeskRules) -> Traces | None:
    """The traces in a mail; None where it cannot be read, or does not say who wrote it."""
    try:
        message = parse(raw)
        report = screen(message, taken.envelope, rules.own).bounce
        clues = matching.clues(message, taken.envelope, rules.own, rules.token_keys)
    except Exception:  # noqa: BLE001 this very mail has made something fail before
        return None
    reported = report.message_id if report else None
    if message.sender is None and not reported:
        return None
    return Traces(clues, message.sender, reported or "")


def link_held(transaction: Transaction, arrival_id: int, found: Traces | None) -> None:
    """Note for a held arrival which cases must not be closed before staff have looked at it."""
    meant: set[int] | None = None
    if found is not None:
        try:
            with transaction.savepoint():
                meant = _cases(transaction, found)
        except Exception:  # noqa: BLE001 an address or an id that no database takes
            meant = None
    transaction.held.link(arrival_id, meant)


def _cases(transaction: Transaction, found: Traces) -> set[int]:
    lookups = transaction.threads.lookups(found.clues, found.sender)
    candidates = [*lookups.by_number.values(), *(each for some in lookups.by_id.values() for each in some)]
    meant = {candidate.case_id for candidate in candidates}
    letter = transaction.outbox.find_sent(found.reported) if found.reported else None
    if letter and letter.case_id is not None:
        meant.add(letter.case_id)
    if found.sender:
        meant.update(transaction.held.open_cases_of(found.sender))
    return meant
