"""`mailbot serve` and `mailbot tick`: the service, for as long as it is wanted or for one round."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading

import typer

from mailbot.cli.opening import opened_app
from mailbot.cli.options import ConfigOption, JsonOption, NowOption, print_json, say


def register(commands: typer.Typer) -> None:
    """Add the commands of the service."""
    commands.command()(serve)
    commands.command()(tick)


def serve(config: ConfigOption = None, now: NowOption = None, *, as_json: JsonOption = False) -> None:
    """Run the service until it is told to stop (SIGTERM or Ctrl-C).

    Example: mailbot serve --config /etc/mailbot/mailbot.toml
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    told = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told.set())
    with opened_app(config, now) as app:
        service = app.service()
        service.start()
        smtp = service.listener.smtp_port if service.listener else None
        if as_json:
            print_json({"event": "ready", "smtp_port": smtp})
            sys.stdout.flush()
        say("mailbot runs" + (f", SMTP on port {smtp}" if smtp else "") + "; stop it with SIGTERM or Ctrl-C.")
        told.wait()
        say("mailbot stops.")
        ended = service.stop()
    if not ended:
        say("A letter was still being sent; its try is noted as unknown and repeated once.")
        sys.stderr.flush()
        os._exit(0)


def tick(config: ConfigOption = None, now: NowOption = None, *, as_json: JsonOption = False) -> None:
    """One round of everything: take in, deliver; then end. For cron, and for seeing what would go on.

    Example: mailbot tick --json
    """
    with opened_app(config, now) as app:
        results = app.intake.take_in_all()
        delivered = app.dispatch.deliver_due()
        with app.store.reading() as transaction:
            held = transaction.arrivals.counts().get("held", 0)
    row = {
        "polled": {},
        "taken": len(results),
        "reminded": 0,
        "closed": 0,
        "delivered": delivered,
        "held": held,
        "waiting": [],
    }
    if as_json:
        print_json(row)
    else:
        typer.echo(f"{len(results)} taken in, {delivered} letters delivered, {held} held")
    if held:
        say(f"{held} arrival{'s' if held > 1 else ''} held: see `mailbot arrivals --state held`.")
        raise typer.Exit(1)
