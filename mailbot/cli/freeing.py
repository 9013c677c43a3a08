"""`mailbot retry` and `release`: what to do with held mail."""

from __future__ import annotations

from typing import Annotated

import typer

from mailbot.cases.events import STAFF, Event, EventKind
from mailbot.cli.mailing import report
from mailbot.cli.opening import opened_app
from mailbot.cli.options import ConfigOption, JsonOption, NowOption
from mailbot.errors import UsageError
from mailbot.intake import TakenIn

IdArgument = Annotated[
    int, typer.Argument(metavar="ID", min=0, max=2**63 - 1, help="An arrival's id, from `mailbot arrivals`.")
]
CaseOption = Annotated[str | None, typer.Option("--case", metavar="NUMBER", help="The case that it belongs to.")]


def register(commands: typer.Typer) -> None:
    """Add the commands for held mail."""
    for command in (retry, release):
        commands.command()(command)


def retry(
    arrival: IdArgument, *, config: ConfigOption = None, now: NowOption = None, as_json: JsonOption = False
) -> None:
    """Let a held arrival be taken in again, from its raw bytes, as if it had just come.

    A mail that was too big to be fetched has only its header here: a sentence says how to take the whole.

    Example: mailbot retry 191339624245553757
    """
    with opened_app(config, now) as app, app.store.reading() as transaction:
        there = transaction.mailboxes.kept_there(arrival)
    if there:
        name, folder = there
        raise UsageError(
            f"only the header of arrival {arrival} is here, the mail itself is in folder {folder} of mailbox {name}: "
            "to take the whole, raise max_message_mb there, then move the mail out of the folder and back; "
            f"to open a case from the header alone, run `mailbot release {arrival}`"
        )
    _free(arrival, None, Event(EventKind.ARRIVAL_RETRIED, "by staff", STAFF), config=config, now=now, as_json=as_json)


def release(
    arrival: IdArgument,
    *,
    case: CaseOption = None,
    config: ConfigOption = None,
    now: NowOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let a held arrival go on, into the case that staff name if they name one.

    Example: mailbot release 191339624245553757 --case 261121-0000428
    """
    event = Event(EventKind.ARRIVAL_RELEASED, f"into {case}" if case else "by staff", STAFF)
    _free(arrival, case, event, config=config, now=now, as_json=as_json)


def _free(
    arrival_id: int, number: str | None, event: Event, *, config: ConfigOption, now: NowOption, as_json: JsonOption
) -> None:
    with opened_app(config, now) as app:
        with app.store.writing() as transaction:
            case_id = transaction.cases.find(number) if number else None
            if number and case_id is None:
                raise UsageError(f"there is no case {number}: `mailbot cases` lists those there are")
            if not transaction.arrivals.free(arrival_id, case_id=case_id):
                raise UsageError(
                    f"no arrival {arrival_id} is held: `mailbot arrivals --state held` lists those that are"
                )
            transaction.history.add_events([event], arrival_id=arrival_id)
        result = app.intake.take_in_one(arrival_id)
    report("staff", result or TakenIn(arrival_id, "stored"), as_json=as_json)
