"""`mailbot cases`, `case`, `letters`, `arrivals`: what there is; `retry` and `release`: what to do with held mail."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated

import typer

from mailbot.cases.events import STAFF, Event, EventKind
from mailbot.cases.number import is_number
from mailbot.cli.mailing import report
from mailbot.cli.opening import opened_app
from mailbot.cli.options import ConfigOption, JsonOption, NowOption, print_json
from mailbot.cli.rows import arrival_row, case_row, event_row, letter_row, message_row
from mailbot.cli.views import arrival_line, case_line, case_sheet, letter_line, terminal_width
from mailbot.errors import UsageError
from mailbot.intake import TakenIn
from mailbot.store.arrivals import ArrivalRow, ArrivalState
from mailbot.store.reports import CaseQuery, CaseRow, LetterRow
from mailbot.store.unit_of_work import Store

StateOption = Annotated[str | None, typer.Option("--state", metavar="S", help="Only those in this state.")]
CategoryOption = Annotated[str | None, typer.Option("--category", metavar="C", help="Only this category.")]
GroupOption = Annotated[str | None, typer.Option("--group", metavar="G", help="Only this group number.")]
ReviewOption = Annotated[bool, typer.Option("--review", help="Only those that staff should look at.")]
NumberArgument = Annotated[str, typer.Argument(metavar="NUMBER", help="A case number, as 261121-0000428.")]
IdArgument = Annotated[
    int, typer.Argument(metavar="ID", min=0, max=2**63 - 1, help="An arrival's id, from `mailbot arrivals`.")
]
CaseOption = Annotated[str | None, typer.Option("--case", metavar="NUMBER", help="The case that it belongs to.")]


def register(commands: typer.Typer) -> None:
    """Add the commands that show what there is."""
    for command in (cases, case, letters, arrivals, retry, release):
        commands.command()(command)


def cases(
    *,
    state: StateOption = None,
    category: CategoryOption = None,
    group: GroupOption = None,
    review: ReviewOption = False,
    config: ConfigOption = None,
    now: NowOption = None,
    as_json: JsonOption = False,
) -> None:
    """List cases, oldest first.

    Example: mailbot cases --state awaiting_staff --review
    """
    with opened_app(config, now) as app:
        zone, width = app.config.desk.time_zone, terminal_width()
        for row in _all_cases(app.store, CaseQuery(state, category, group, review)):
            print_json(case_row(row)) if as_json else typer.echo(case_line(row, zone, width))


def case(
    number: NumberArgument, *, config: ConfigOption = None, now: NowOption = None, as_json: JsonOption = False
) -> None:
    """Show one case: its thread, history, reasons, deadlines and letters.

    Example: mailbot case 261121-0000428
    """
    if not is_number(number):
        raise UsageError(f"{number} is no case number: they look like 261121-0000428, and the last digit must fit")
    with opened_app(config, now) as app, app.store.reading() as transaction:
        row = transaction.reports.case(number)
        if row is None:
            raise UsageError(f"there is no case {number}: `mailbot cases` lists those there are")
        parts = transaction.cases.merged_parts(row.case_id)
        messages = transaction.reports.messages(row.case_id, *parts)
        sent = [each for part in (row.case_id, *parts) for each in transaction.reports.letters(case_id=part)]
        events = transaction.reports.events(row.case_id)
        waiting = app.timekeeper.lacking(transaction, row.case_id)
        zone = app.config.desk.time_zone
    if as_json:
        whole = {
            "messages": [message_row(message) for message in messages],
            "letters": [letter_row(letter) for letter in sent],
            "events": [event_row(event) for event in events],
            "waiting": waiting,
        }
        print_json(case_row(row) | whole)
    else:
        typer.echo(case_sheet(row, messages, sent, events, zone, waiting))


def letters(
    *, state: StateOption = None, config: ConfigOption = None, now: NowOption = None, as_json: JsonOption = False
) -> None:
    """List letters, oldest first, with how far each got.

    Example: mailbot letters --state refused
    """
    with opened_app(config, now) as app:
        for row in _all_letters(app.store, state):
            print_json(letter_row(row)) if as_json else typer.echo(letter_line(row))


def arrivals(
    *, state: StateOption = None, config: ConfigOption = None, now: NowOption = None, as_json: JsonOption = False
) -> None:
    """List arrivals: every mail that came in and what became of it.

    Example: mailbot arrivals --state held
    """
    if state is not None and state not in set(ArrivalState):
        raise UsageError(f"--state takes {', '.join(ArrivalState)}; {state!r} is none of them")
    with opened_app(config, now) as app:
        for row in _all_arrivals(app.store, state):
            print_json(arrival_row(row)) if as_json else typer.echo(arrival_line(row))


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


def _all_cases(store: Store, query: CaseQuery) -> Iterator[CaseRow]:
    """Page by page, each in a unit of work of its own: a long list blocks nobody."""
    while True:
        with store.reading() as transaction:
            page = transaction.reports.cases(query)
        yield from page
        if not page:
            return
        query = replace(query, after=page[-1].case_id)


def _all_letters(store: Store, state: str | None) -> Iterator[LetterRow]:
    after = 0
    while True:
        with store.reading() as transaction:
            page = transaction.reports.letters(state=state, after=after)
        yield from page
        if not page:
            return
        after = page[-1].letter_id


def _all_arrivals(store: Store, state: str | None) -> Iterator[ArrivalRow]:
    after = 0
    while True:
        with store.reading() as transaction:
            page = transaction.arrivals.listed(state, after)
        yield from page
        if not page:
            return
        after = page[-1].arrival_id
