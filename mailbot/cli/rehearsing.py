"""`mailbot rehearse`: what a new playbook or model would change about mail; nothing is changed and nothing sent."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from mailbot.app import own_addresses, ranker_of
from mailbot.classify import playbook as playbooks
from mailbot.classify.category import CategoryRanker
from mailbot.classify.network import load_model
from mailbot.cli.opening import opened_store
from mailbot.cli.options import ConfigOption, JsonOption, NowOption, clock_from, print_json, say
from mailbot.config import Config, load
from mailbot.errors import UsageError
from mailbot.ingest.contain import Child
from mailbot.ingest.extract import ChildReader
from mailbot.ingest.files import find
from mailbot.rehearsal import COMPARED, Comparison, Mail, Outcome, Rehearsal, Rules
from mailbot.store.unit_of_work import Store

PathsArgument = Annotated[
    list[Path] | None, typer.Argument(metavar="[PATH]...", help="mbox, Maildir, .eml, or folders of them.")
]
PlaybookOption = Annotated[
    Path | None, typer.Option("--playbook", metavar="FILE", help="The new playbook; else today's.")
]
ModelOption = Annotated[
    Path | None, typer.Option("--model", metavar="FILE", help="A new model of `mailbot train`; else today's.")
]
ArrivalsOption = Annotated[bool, typer.Option("--arrivals", help="Rehearse with the mail that the desk has received.")]
AllOption = Annotated[bool, typer.Option("--all", help="List what would stay the same, too.")]
_PAGE = 200
_WIDEST = 46


def register(commands: typer.Typer) -> None:
    """Add the command."""
    commands.command("rehearse", epilog="Example: mailbot rehearse --playbook new.toml archive.mbox")(rehearse)


def rehearse(
    paths: PathsArgument = None,
    *,
    playbook: PlaybookOption = None,
    model: ModelOption = None,
    arrivals: ArrivalsOption = False,
    everything: AllOption = False,
    config: ConfigOption = None,
    now: NowOption = None,
    as_json: JsonOption = False,
) -> None:
    """Run mail through today's and a new playbook side by side and list what would change; nothing is touched or sent.

    Without a new playbook or model: what would happen to each mail today.
    """
    if bool(paths) == arrivals:
        raise UsageError("name the files to rehearse with, or --arrivals for the mail that the desk has received")
    listing = _Listing(as_json=as_json, everything=everything or (playbook is None and model is None))
    settings = load(config, os.environ)
    with _rehearsal(settings, playbook, model) as rehearsal:
        if arrivals:
            with opened_store(settings, clock_from(now)) as store:
                listing.show_all(rehearsal, _received(store))
        else:
            listing.show_all(rehearsal, _found(paths or []))
    say(listing.summary())


@contextmanager
def _rehearsal(config: Config, playbook: Path | None, model: Path | None) -> Iterator[Rehearsal]:
    """Today's rules of this configuration beside them with what was named anew."""
    today = Rules(playbooks.load(config.playbook.file), ranker_of(config))
    new = Rules(
        playbooks.load(playbook) if playbook else today.playbook,
        CategoryRanker(load_model(model)) if model else today.ranker,
    )
    child = Child()
    try:
        yield Rehearsal(today, new, own_addresses(config.desk), ChildReader(child), config.trust.authserv_ids)
    finally:
        child.close()


def _found(paths: list[Path]) -> Iterator[Mail]:
    return (Mail(mail.name, mail.read(), mail.dated) for mail in find(paths))


def _received(store: Store) -> Iterator[Mail]:
    """The desk's own mail, oldest first, a page at a time."""
    last = 0
    while True:
        with store.reading() as transaction:
            page = transaction.arrivals.listed(None, after=last, limit=_PAGE)
        for row in page:
            with store.reading() as transaction:
                arrival = transaction.arrivals.recorded(row.arrival_id)
            yield Mail(f"arrival {row.arrival_id}", arrival.raw, arrival.received_at, arrival.envelope)
        if not page:
            return
        last = page[-1].arrival_id


class _Listing:
    """Prints comparisons as they come, and counts them."""

    def __init__(self, *, as_json: bool, everything: bool) -> None:
        self._as_json, self._everything = as_json, everything
        self._count, self._changed = 0, 0
        self._changes: Counter[str] = Counter()

    def show_all(self, rehearsal: Rehearsal, mails: Iterable[Mail]) -> None:
        for mail in mails:
            comparison = rehearsal.compare(mail)
            self._count += 1
            self._changed += bool(comparison.changes)
            self._changes.update(comparison.changes)
            if comparison.changes or self._everything:
                self._show(comparison)

    def summary(self) -> str:
        """One sentence: how many mails would be treated differently, and in what."""
        mails = f"{self._count} mail{'s' if self._count != 1 else ''}"
        if not self._changed:
            return f"{mails}: nothing would change; nothing was changed or sent."
        what = ", ".join(f"{name} of {self._changes[name]}" for name in COMPARED if self._changes[name])
        return f"{self._changed} of {mails} would be treated differently ({what}); nothing was changed or sent."

    def _show(self, comparison: Comparison) -> None:
        if self._as_json:
            print_json(_row(comparison))
        else:
            typer.echo("\n".join(_lines(comparison)))


def _row(comparison: Comparison) -> dict[str, object]:
    return {
        "file": comparison.name,
        "message_id": comparison.message_id,
        "kind": comparison.kind.value,
        "changes": list(comparison.changes),
        "today": asdict(comparison.today),
        "new": asdict(comparison.new),
    }


def _lines(comparison: Comparison) -> Iterator[str]:
    """A mail, and a line for each thing that would change; what happens to it where nothing does."""
    yield f"{comparison.name} ({comparison.kind})"
    for name in comparison.changes or COMPARED:
        before, after = _shown(comparison.today, name), _shown(comparison.new, name)
        yield f"  {name:<10}{before:<{_WIDEST}} -> {after}" if before != after else f"  {name:<10}{before}"


def _shown(outcome: Outcome, name: str) -> str:
    """A value for people; a category that is only a guess carries a question mark."""
    value = getattr(outcome, name)
    if isinstance(value, tuple):
        return ", ".join(value) or "nothing"
    return f"{value or 'none'}{'?' if name == 'category' and value and not outcome.sure else ''}"
