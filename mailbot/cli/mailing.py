"""`mailbot deliver` and `mailbot import`: mail in by a pipe and from files."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from mailbot.app import App
from mailbot.cli import unforeseen
from mailbot.cli.opening import opened_app
from mailbot.cli.options import (
    ConfigOption,
    JsonOption,
    NowOption,
    heard_or_not,
    moment_from,
    print_json,
    say,
)
from mailbot.cli.rows import taken_in_row
from mailbot.errors import MailbotError, NotAMail, TryAgainLater
from mailbot.failpoints import failpoint
from mailbot.ingest.files import FoundMail, find
from mailbot.intake import TakenIn
from mailbot.mail import Envelope
from mailbot.store.arrivals import NewArrival, Recorded

PathsArgument = Annotated[
    list[Path], typer.Argument(metavar="PATH...", help="mbox, Maildir, .eml, or folders of them.")
]
AtOption = Annotated[str | None, typer.Option("--at", metavar="ISO", help="When it came in; else now.")]
FromOption = Annotated[str | None, typer.Option("--from", metavar="A", help='The envelope sender; "" for none.')]
ToOption = Annotated[list[str] | None, typer.Option("--to", metavar="B", help="An envelope recipient; may repeat.")]
SilentOption = Annotated[bool, typer.Option("--silent", help="Compose no letters for this mail.")]

#: More is not read of standard input: it is more than `max_message_mb` can be.
_MOST_READ = 1001 << 20
#: Mails that are recorded in one commit by `import`.
IMPORT_BATCH = 50


def register(commands: typer.Typer) -> None:
    """Add the commands of mail in."""
    commands.command("deliver")(deliver)
    commands.command("import")(import_)


def deliver(
    *,
    at: AtOption = None,
    sender: FromOption = None,
    recipients: ToOption = None,
    config: ConfigOption = None,
    now: NowOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take in one message from standard input, as the pipe of a mail server; it is safe when this ends with 0.

    Example: mailbot deliver --from ann@broker.example --to enrollment@desk.example < mail.eml
    """
    raw = sys.stdin.buffer.read(_MOST_READ)
    if not raw.strip():
        raise NotAMail("standard input held no message: pipe one in, as in `mailbot deliver < mail.eml`")
    received_at = moment_from(at, "--at") if at else None
    if now:  # before the try: what was typed wrongly is no reason to try again later
        moment_from(now, "--now")
    try:
        _deliver(raw, Envelope(sender, tuple(recipients or ())), received_at, config, now, as_json=as_json)
    except (TryAgainLater, NotAMail):
        raise
    except Exception as error:  # noqa: BLE001
        # A mail server gives the mail back to its author for any other status; a desk can be mended.
        raise TryAgainLater(str(error) if isinstance(error, MailbotError) else unforeseen(error)) from error


def _deliver(
    raw: bytes, envelope: Envelope, received_at: datetime | None, config: Path | None, now: str | None, *, as_json: bool
) -> None:
    with opened_app(config, now) as app:
        if len(raw) > (most := app.config.listener.max_message_mb) << 20:
            raise NotAMail(f"the message is larger than the {most} MB that max_message_mb of [listener] allows")
        (recorded,) = _recorded(app, [NewArrival(raw, envelope, "pipe", received_at or app.clock.now())])
        # None when it is done, or somebody is at it; what was recorded before may wait since its process died.
        result = app.intake.take_in_one(recorded.arrival_id)
    with heard_or_not(sys.stdout):  # the mail is safe by now
        _report_recorded("pipe", recorded, result, as_json=as_json)


def import_(
    paths: PathsArgument,
    *,
    silent: SilentOption = False,
    config: ConfigOption = None,
    now: NowOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take in mail from files, oldest first; what was imported before is passed over, so that it can be run again.

    Example: mailbot import --silent ~/Maildir archive.mbox
    """
    with opened_app(config, now) as app:
        found = find(paths)
        done = 0
        for mails in _batches(found):
            recorded = _recorded(app, (_arrival(mail, app.clock.now(), silent=silent) for mail in mails))
            results = _all_taken_in(app, recorded)
            for mail, one in zip(mails, recorded, strict=True):
                _report_recorded(mail.name, one, results.pop(one.arrival_id, None), as_json=as_json)
            done += len(mails)
            _progress(done, len(found))
        say(f"{done} message{'s' if done != 1 else ''} read.")


def _arrival(mail: FoundMail, now: datetime, *, silent: bool) -> NewArrival:
    """An imported mail came in when its own headers say, but never in the future."""
    return NewArrival(mail.read(), Envelope(None), f"file:{mail.name}", min(mail.dated, now), silent)


def _recorded(app: App, mails: Iterable[NewArrival]) -> list[Recorded]:
    """Keep these in one commit; they are safe when this returns."""
    failpoint("files.before_record")
    with app.store.writing() as transaction:
        recorded = [transaction.arrivals.record(mail) for mail in mails]
        failpoint("files.in_record")
    failpoint("files.after_record")
    return recorded


def _all_taken_in(app: App, recorded: list[Recorded]) -> dict[int, TakenIn]:
    """What became of each that is not done and that nobody else is at, tried once; its process may have died before."""
    waiting = {one.arrival_id for one in recorded}
    results: dict[int, TakenIn] = {}
    while waiting and (batch := app.intake.take_in_batch(among=waiting)):
        results.update({each.arrival_id: each for each in batch})
        waiting -= results.keys()
    return results


def _batches(found: list[FoundMail]) -> Iterator[list[FoundMail]]:
    for start in range(0, len(found), IMPORT_BATCH):
        yield found[start : start + IMPORT_BATCH]


def _progress(done: int, of: int) -> None:
    """A bar on a terminal, nothing elsewhere."""
    if sys.stderr.isatty():
        width = 40 * done // max(of, 1)
        end = "\n" if done == of else ""
        sys.stderr.write(f"\r[{'#' * width}{' ' * (40 - width)}] {done}/{of}{end}")


def _report_recorded(source: str, recorded: Recorded, result: TakenIn | None, *, as_json: bool) -> None:
    otherwise = TakenIn(recorded.arrival_id, "stored" if recorded.new else "duplicate")
    report(source, result or otherwise, as_json=as_json)


def report(source: str, result: TakenIn, *, as_json: bool) -> None:
    """One line a message, of what became of it."""
    if as_json:
        print_json(taken_in_row(source, result))
        return
    about = f", case {result.case_number}" if result.case_number else ""
    letters = "".join(f", {kind} composed" for kind, _ in result.letters)
    typer.echo(f"{source}: {result.outcome}{about}{letters}")
