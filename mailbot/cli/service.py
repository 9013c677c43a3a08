"""`mailbot serve` and `mailbot tick`: the service, for as long as it is wanted or for one round."""

from __future__ import annotations

import logging
import os
import resource
import sys
from collections.abc import Iterator, Mapping

import typer

from mailbot.cases.proof import passes_by_itself
from mailbot.cli.opening import opened_app
from mailbot.cli.options import ConfigOption, JsonOption, NowOption, heard_or_not, print_json, say
from mailbot.cli.stopping import told_to_stop
from mailbot.ingest.imap import PollResult
from mailbot.memory import give_memory_back
from mailbot.reminders import Swept


def register(commands: typer.Typer) -> None:
    """Add the commands of the service."""
    commands.command()(serve)
    commands.command()(tick)


def serve(config: ConfigOption = None, now: NowOption = None, *, as_json: JsonOption = False) -> None:
    """Run the service until it is told to stop (SIGTERM or Ctrl-C).

    Example: mailbot serve --config /etc/mailbot/mailbot.toml
    """
    give_memory_back()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core dump would hold mail in the clear
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    with told_to_stop() as wait, opened_app(config, now) as app:
        service = app.service()
        service.start()
        smtp = service.listener.smtp_port if service.listener else None
        if as_json:
            with heard_or_not(sys.stdout):
                print_json({"event": "ready", "smtp_port": smtp})
        say("mailbot runs" + (f", SMTP on port {smtp}" if smtp else "") + "; stop it with SIGTERM or Ctrl-C.")
        wait()
        say("mailbot stops.")
        unfinished = service.stop()
    for sentence in unfinished:
        say(sentence)
    if unfinished:
        sys.stderr.flush()
        os._exit(0)


def tick(config: ConfigOption = None, now: NowOption = None, *, as_json: JsonOption = False) -> None:
    """One round of everything: poll mailboxes, take in, remind and close, deliver; then end. For cron, and to look.

    Example: mailbot tick --json
    """
    with opened_app(config, now) as app:
        polled = {reader.mailbox.name: reader.poll() for reader in app.mailbox_readers()}
        results = app.intake.take_in_all()
        swept = app.timekeeper.sweep()
        exported = app.exporter.export_if_due()
        noticed = app.noticeboard.post()
        delivered = app.dispatch.deliver_due()
        with app.store.reading() as transaction:
            held = transaction.arrivals.counts().get("held", 0)
    row = {
        "polled": {name: result.new for name, result in polled.items()},
        "taken": len(results),
        "reminded": swept.reminded,
        "closed": swept.closed,
        "exported": len(exported.cases),
        "noticed": noticed,
        "delivered": delivered,
        "held": held,
        "waiting": [{"case": each.number, "why": each.why} for each in swept.waiting],
    }
    if as_json:
        print_json(row)
    else:
        typer.echo(
            f"{len(results)} taken in, {swept.reminded} reminded, {swept.closed} closed, "
            f"{delivered} letters delivered, {held} held"
        )
        for each in swept.waiting:
            typer.echo(f"  {each.number} is past its deadline and stays open: {each.why}")
    remarks = [*_remarks(polled), *_stuck(swept)]
    if held:
        remarks.append(f"{held} arrival{'s' if held > 1 else ''} held: see `mailbot arrivals --state held`.")
    for remark in remarks:
        say(remark)
    if remarks:
        raise typer.Exit(1)


def _stuck(swept: Swept) -> Iterator[str]:
    """Cases past their deadline that nobody will close before somebody has done something."""
    count = len([each for each in swept.waiting if not passes_by_itself(each.why)])
    if count:
        are, they = ("is", "it stays") if count == 1 else ("are", "they stay")
        cases = "case" if count == 1 else "cases"
        yield f"{count} {cases} {are} past the deadline, and {they} open until what is lacking is done: see above."


def _remarks(polled: Mapping[str, PollResult]) -> Iterator[str]:
    """What needs attention of the mailboxes."""
    for name, result in polled.items():
        for sentence in filter(None, (result.error, *result.alarms)):
            yield f"mailbox {name}: {sentence}"
        if result.busy:
            say(f"mailbox {name} is being read by another process now.")
