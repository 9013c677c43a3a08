"""`mailbot cases`, `case`, `letters`, `arrivals`: what there is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated

import typer

from mailbot.cases.number import is_number
from mailbot.cases.states import State
from mailbot.cli.opening import opened_app, opened_kept
from mailbot.cli.options import ConfigOption, JsonOption, NowOption, known_state, print_json
from mailbot.cli.rows import arrival_row, case_row, event_row, letter_row, message_row
from mailbot.cli.views import arrival_line, case_line, case_sheet, letter_line, terminal_width
from mailbot.errors import UsageError
from mailbot.store.arrivals import ArrivalRow, ArrivalState
from mailbot.store.outbox import LetterState
from mailbot.store.reports import CaseQuery, CaseRow, LetterRow
from mailbot.store.unit_of_work import Store

StateOption = Annotated[str | None, typer.Option("--state", metavar="S", help="Only those in this state.")]
CategoryOption = Annotated[str | None, typer.Option("--category", metavar="C", help="Only this category.")]
GroupOption = Annotated[str | None, typer.Option("--group", metavar="G", help="Only this group number.")]
ReviewOption = Annotated[bool, typer.Option("--review", help="Only those that staff should look at.")]
NumberArgument = Annotated[str, typer.Argument(metavar="NUMBER", help="A case number, as 261121-0000428.")]


def register(commands: typer.Typer) -> None:
    """Add the commands that show what there is."""
    for command in (cases, case, letters, arrivals):
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
    known_state(state, State)
    with opened_kept(config, now) as kept:
        zone, width = kept.config.desk.time_zone, terminal_width()
        for row in _all_cases(kept.store, CaseQuery(state, category, group, review)):
            print_json(case_row(row)) if as_json else typer.echo(case_line(row, zone, width))


def case(
    number: NumberArgument, *, config: ConfigOption = None, now: NowOption = None, as_json: JsonOption = False
) -> None:
    """Show one case: its thread, history, reasons, deadlines and letters.

    Example: mailbot case 261121-0000428
    """
    if not is_number(number):
        raise UsageError(f"{number[:40]} is no case number: they look like 261121-0000428, and the last digit must fit")
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
    known_state(state, LetterState)
    with opened_kept(config, now) as kept:
        for row in _all_letters(kept.store, state):
            print_json(letter_row(row)) if as_json else typer.echo(letter_line(row))


def arrivals(
    *, state: StateOption = None, config: ConfigOption = None, now: NowOption = None, as_json: JsonOption = False
) -> None:
    """List arrivals: every mail that came in and what became of it.

    Example: mailbot arrivals --state held
    """
    known_state(state, ArrivalState)
    with opened_kept(config, now) as kept:
        for row in _all_arrivals(kept.store, state):
            print_json(arrival_row(row)) if as_json else typer.echo(arrival_line(row))


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
