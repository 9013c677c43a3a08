"""What staff do by command: resolve, ask, close, reopen, withdraw, assign, recategorize, merge, split and so on."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Annotated

import typer

from mailbot.casework.acts import Done
from mailbot.casework.staff import LONGEST_NOTE, Casework
from mailbot.cli.acting import ActorOption, actor_from
from mailbot.cli.listing import NumberArgument
from mailbot.cli.opening import opened_app
from mailbot.cli.options import ConfigOption, JsonOption, NowOption, print_json, say
from mailbot.cli.views import SHOWN_STATES
from mailbot.errors import UsageError

CommentsOption = Annotated[
    str, typer.Option("--comments", metavar="TEXT", help="What the sender reads; - reads it from standard input.")
]
AloneOption = Annotated[bool, typer.Option("--alone", help="Leave the duplicates of this case as they are.")]
TogetherOption = Annotated[
    bool, typer.Option("--together", help="Answer every duplicate, also of senders that nothing vouches for.")
]
AgainOption = Annotated[bool, typer.Option("--again", help="Also what was asked for already.")]
NobodyOption = Annotated[bool, typer.Option("--nobody", help="Take the case from whoever has it.")]
ItemsArgument = Annotated[
    list[str], typer.Argument(metavar="ITEM...", help="Fields or documents, as subscriber_id or enrollment_form.")
]
WhoArgument = Annotated[str | None, typer.Argument(metavar="[WHO]", help="Who shall have it.")]
CodeArgument = Annotated[str, typer.Argument(metavar="CODE", help="A category of the playbook.")]
IntoArgument = Annotated[str, typer.Argument(metavar="INTO", help="The case that goes on.")]
AddressArgument = Annotated[str, typer.Argument(metavar="ADDRESS", help="Of somebody on the case.")]
FieldArgument = Annotated[str, typer.Argument(metavar="NAME", help="A field, as subscriber_id or effective_date.")]
ValueArgument = Annotated[str, typer.Argument(metavar="VALUE", help='What it is; "" takes out what is known.')]
SpanArgument = Annotated[str, typer.Argument(metavar="DURATION", help='As "7 days" or "3 business days", from today.')]
AnswerArgument = Annotated[str, typer.Argument(metavar="TEXT", help="What the sender reads; - reads standard input.")]
TextArgument = Annotated[str, typer.Argument(metavar="TEXT", help="For staff only; - reads it from standard input.")]


def register(commands: typer.Typer) -> None:
    """Add the commands of casework."""
    answering = (resolve, reply, ask, close, reopen, withdraw)
    for command in (*answering, assign, recategorize, field, deadline, merge, split, remove, note, review):
        commands.command()(command)


def resolve(
    number: NumberArgument,
    comments: CommentsOption,
    *,
    alone: AloneOption = False,
    together: TogetherOption = False,
    actor: ActorOption = None,
    config: ConfigOption = None,
    now: NowOption = None,
    as_json: JsonOption = False,
) -> None:
    """Answer a case: the sender gets your comments, and senders of duplicates who have to do with it get them too.

    Example: mailbot resolve 261121-0000428 --comments "Your new ID card is on its way."
    """
    text, by = _text(comments, "--comments"), actor_from(actor)
    _do(
        lambda work: work.resolve(number, text, by, alone=alone, together=together),
        number,
        config,
        now,
        as_json=as_json,
    )


def reply(
    number: NumberArgument,
    text: AnswerArgument,
    *,
    actor: ActorOption = None,
    config: ConfigOption = None,
    now: NowOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write to the sender of a case, from the desk's address; the case goes on as it is.

    Example: mailbot reply 261121-0000428 "We have asked the carrier, and write again on Monday."
    """
    written, by = _text(text, "TEXT"), actor_from(actor)
    _do(lambda work: work.reply(number, written, by), number, config, now, as_json=as_json)


def ask(
    number: NumberArgument,
    items: ItemsArgument,
    *,
    again: AgainOption = False,
    actor: ActorOption = None,
    config: ConfigOption = None,
    now: NowOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ask the sender of a case for something, by letter; the case waits for it from then on.

    Example: mailbot ask 261121-0000428 effective_date enrollment_form
    """
    by = actor_from(actor)
    _do(lambda work: work.ask(number, tuple(items), by, again=again), number, config, now, as_json=as_json)


def close(
    number: NumberArgument,
    *,
    actor: ActorOption = None,
    config: ConfigOption = None,
    now: NowOption = None,
    as_json: JsonOption = False,
) -> None:
    """Close a case for want of a reply, before its time; the sender is told.

    Example: mailbot close 261121-0000428
    """
    by = actor_from(actor)
    _do(lambda work: work.close(number, by), number, config, now, as_json=as_json)


def reopen(
    number: NumberArgument,
    *,
    actor: ActorOption = None,
    config: ConfigOption = None,
    now: NowOption = None,
    as_json: JsonOption = False,
) -> None:
    """Open a case again that has ended or was handed over; no letter goes out.

    Example: mailbot reopen 261121-0000428
    """
    by = actor_from(actor)
    _do(lambda work: work.reopen(number, by), number, config, now, as_json=as_json)


def withdraw(
    number: NumberArgument,
    *,
    actor: ActorOption = None,
    config: ConfigOption = None,
    now: NowOption = None,
    as_json: JsonOption = False,
) -> None:
    """Withdraw a case for its sender, who took it back on the phone, say; the sender is told.

    Example: mailbot withdraw 261121-0000428
    """
    by = actor_from(actor)
    _do(lambda work: work.withdraw(number, by), number, config, now, as_json=as_json)


def assign(
    number: NumberArgument,
    who: WhoArgument = None,
    *,
    nobody: NobodyOption = False,
    actor: ActorOption = None,
    config: ConfigOption = None,
    now: NowOption = None,
    as_json: JsonOption = False,
) -> None:
    """Give a case to somebody, or to nobody.

    Example: mailbot assign 261121-0000428 ann
    """
    if (who is None) != nobody:
        raise UsageError("say who shall have the case, or --nobody: mailbot assign 261121-0000428 ann")
    by = actor_from(actor)
    _do(lambda work: work.assign(number, who, by), number, config, now, as_json=as_json)


def recategorize(
    number: NumberArgument,
    code: CodeArgument,
    *,
    actor: ActorOption = None,
    config: ConfigOption = None,
    now: NowOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say what a case is; what that category needs and is not there is asked for. `mailbot train` learns from it.

    Example: mailbot recategorize 261121-0000428 eligibility.add_dependent
    """
    by = actor_from(actor)
    _do(lambda work: work.recategorize(number, code, by), number, config, now, as_json=as_json)


def field(
    number: NumberArgument,
    name: FieldArgument,
    value: ValueArgument,
    *,
    actor: ActorOption = None,
    config: ConfigOption = None,
    now: NowOption = None,
    as_json: JsonOption = False,
) -> None:
    """Correct what is known of a case: the field has this value from now on. The correction is kept for training.

    Example: mailbot field 261121-0000428 effective_date 2026-12-01
    """
    by = actor_from(actor)
    _do(lambda work: work.field(number, name, value, by), number, config, now, as_json=as_json)


def deadline(
    number: NumberArgument,
    span: SpanArgument,
    *,
    actor: ActorOption = None,
    config: ConfigOption = None,
    now: NowOption = None,
    as_json: JsonOption = False,
) -> None:
    """Give the sender of a case more time for the reply that is waited for; reminders move with it.

    Example: mailbot deadline 261121-0000428 "10 business days"
    """
    by = actor_from(actor)
    _do(lambda work: work.deadline(number, span, by), number, config, now, as_json=as_json)


def split(
    number: NumberArgument,
    *,
    actor: ActorOption = None,
    config: ConfigOption = None,
    now: NowOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make the last message of a case a case of its own; its sender hears the new number.

    Example: mailbot split 261121-0000428
    """
    by = actor_from(actor)
    _do(lambda work: work.split(number, by), number, config, now, as_json=as_json)


def merge(
    number: NumberArgument,
    into: IntoArgument,
    *,
    actor: ActorOption = None,
    config: ConfigOption = None,
    now: NowOption = None,
    as_json: JsonOption = False,
) -> None:
    """Join a case to another that is about the same; replies to either find the one that goes on.

    Example: mailbot merge 261121-0000436 261121-0000428
    """
    by = actor_from(actor)
    _do(lambda work: work.merge(number, into, by), number, config, now, as_json=as_json)


def remove(
    number: NumberArgument,
    address: AddressArgument,
    *,
    actor: ActorOption = None,
    config: ConfigOption = None,
    now: NowOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take somebody off a case for good: no letter goes to them, and their mail no longer joins it.

    Example: mailbot remove 261121-0000428 dana@broker.example
    """
    by = actor_from(actor)
    _do(lambda work: work.remove(number, address, by), number, config, now, as_json=as_json)


def note(
    number: NumberArgument,
    text: TextArgument,
    *,
    actor: ActorOption = None,
    config: ConfigOption = None,
    now: NowOption = None,
    as_json: JsonOption = False,
) -> None:
    """Keep a note on a case; nobody outside ever reads it.

    Example: mailbot note 261121-0000428 "She calls back on Monday."
    """
    written, by = _text(text, "TEXT"), actor_from(actor)
    _do(lambda work: work.note(number, written, by), number, config, now, as_json=as_json)


def review(
    number: NumberArgument,
    *,
    actor: ActorOption = None,
    config: ConfigOption = None,
    now: NowOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say that staff have looked at what a case asked them to look at.

    Example: mailbot review 261121-0000428
    """
    by = actor_from(actor)
    _do(lambda work: work.reviewed(number, by), number, config, now, as_json=as_json)


def _do(
    act: Callable[[Casework], Done], number: str, config: ConfigOption, now: NowOption, *, as_json: JsonOption
) -> None:
    """Do it, and say what came of it."""
    with opened_app(config, now) as app:
        done = act(app.casework)
    if as_json:
        print_json(done_row(done))
        return
    if done.number != number:
        say(f"Case {number} was merged into {done.number}.")
    typer.echo(done_line(done))
    for remark in done.remarks:
        say(f"{remark[:1].upper()}{remark[1:]}.")


def done_row(done: Done) -> dict[str, object]:
    """What an act came to, as JSON."""
    return {
        "number": done.number,
        "state": done.state,
        "letters": [{"kind": kind, "to": address} for kind, address in done.letters],
        "also": list(done.also),
        "remarks": list(done.remarks),
    }


def done_line(done: Done) -> str:
    """What an act came to, in one line."""
    letters = ", ".join(f"{kind} to {address}" for kind, address in done.letters)
    also = f", and with it {', '.join(done.also)}" if done.also else ""
    return f"{done.number} is {SHOWN_STATES[done.state]}{also}" + (f"; {letters}" if letters else "")


def _text(given: str, what: str) -> str:
    """The text as given, or standard input for "-"; UsageError when that is no UTF-8 or has no end."""
    if given != "-":
        return given
    raw = sys.stdin.buffer.read(4 * LONGEST_NOTE + 1)
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"{what} from standard input is not UTF-8, or is longer than a letter may be") from error
