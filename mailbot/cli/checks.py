"""What `mailbot check` looks at: one small function for each thing, in the order in which they matter."""

from __future__ import annotations

import grp
from collections.abc import Callable, Iterator

from mailbot.app import calendar_of, scanner_for
from mailbot.classify import playbook
from mailbot.classify.network import load_model, shipped_model
from mailbot.classify.playbook_check import mistakes
from mailbot.cli.address_checks import addresses
from mailbot.cli.check import Check
from mailbot.cli.listener_check import listener
from mailbot.cli.machine_checks import clock, disks
from mailbot.cli.mailbox_checks import mailboxes
from mailbot.cli.outgoing_checks import breaker, export_folder, outgoing
from mailbot.clock import SystemClock
from mailbot.config import Config, Secret
from mailbot.errors import MailbotError
from mailbot.replies.lint import problems_in
from mailbot.replies.plan import LetterKind
from mailbot.replies.templates import load_templates
from mailbot.store.engine import is_current
from mailbot.store.sealing import read_key_file

Checking = Callable[[Config], Iterator[Check]]


def checked(config: Config) -> Iterator[Check]:
    """Every check; one that raises a MailbotError is one that needs attention, and the rest still run."""
    for checking in CHECKS:
        try:
            yield from checking(config)
        except MailbotError as error:
            yield Check(checking.__name__.strip("_"), ok=False, sentence=str(error))


def _configuration(config: Config) -> Iterator[Check]:
    example = config.desk.domain.endswith((".example", ".invalid", ".test"))
    note = "; an example address: put your own there before you go live" if example else ""
    yield Check("configuration", ok=True, sentence=f"read, for {config.desk.address}{note}")
    if config.listener.smtp is None and config.listener.lmtp is None and not config.mailboxes:
        yield Check(
            "ways in", ok=False, sentence="no mail can come in: set listener.smtp, listener.lmtp or a [[mailbox]]"
        )


def _keys(config: Config) -> Iterator[Check]:
    count = len(read_key_file(config.keys.file))
    yield Check("keys", ok=True, sentence=f"{config.keys.file} holds {count} key{'s' if count > 1 else ''}")


def _database(config: Config) -> Iterator[Check]:
    file = config.database.file
    if file and not file.exists():
        yield Check("database", ok=False, sentence=f"{file} does not exist; run `mailbot init` in its folder")
        return
    ok = is_current(config.database.url)
    remedy = "" if ok else ", but its tables are not those of this version; run `mailbot init` in its folder"
    yield Check("database", ok, f"{config.database.shown} answers{remedy}")
    if file and file.stat().st_mode & 0o077:
        yield Check("database file", ok=False, sentence=f"{file} can be read by other users; run: chmod 600 {file}")


def _holidays(config: Config) -> Iterator[Check]:
    """Deadlines are counted in business days: this year's and next year's holidays must be known."""
    place, year = config.desk.holidays, calendar_of(config.desk).unknown_year(SystemClock().now())
    if year is not None:
        remedy = "set desk.holidays to a place that is known, or to none, or install a newer mailbot"
        sentence = f"those of {place!r} in {year} are not known: no case is closed for want of a reply; {remedy}"
        yield Check("holidays", ok=False, sentence=sentence)
    elif place:
        yield Check("holidays", ok=True, sentence=f"those of {place} are known for this year and the next")


def _passwords(config: Config) -> Iterator[Check]:
    """Every secret can be read; none is shown."""
    for name, secret in _secrets(config):
        try:
            secret.reveal()
        except MailbotError as error:
            yield Check(name, ok=False, sentence=str(error))
        else:
            yield Check(name, ok=True, sentence="can be read")


def _secrets(config: Config) -> Iterator[tuple[str, Secret]]:
    if config.outgoing.password:
        yield "outgoing.password", config.outgoing.password
    for mailbox in config.mailboxes:
        oauth = mailbox.oauth
        named = {
            "password": mailbox.password,
            "oauth.client_secret": oauth and oauth.client_secret,
            "oauth.refresh_token": oauth and oauth.refresh_token,
        }
        yield from ((f"mailbox {mailbox.name} {key}", secret) for key, secret in named.items() if secret)


def _playbook(config: Config) -> Iterator[Check]:
    file = config.playbook.file
    rules = playbook.load(file)
    remarks = mistakes(file.read_text("utf-8")) if file else ()
    for remark in remarks:
        yield Check("playbook", ok=False, sentence=f"{file}: {remark}")
    if not remarks:
        yield Check("playbook", ok=True, sentence=f"{len(rules.categories)} categories from {file or 'the package'}")


def _model(config: Config) -> Iterator[Check]:
    """The model opens, and knows the playbook's categories or has examples to know them by."""
    path = config.playbook.model
    codes = (load_model(path) if path else shipped_model()).codes
    rules = playbook.load(config.playbook.file)
    unknown = [code for code, each in rules.categories.items() if code not in codes and not each.examples]
    remedy = f"nothing tells {', '.join(unknown)}: give it examples in the playbook, or `mailbot train`"
    fine = f"{len(codes)} categories from {path or 'the package'}"
    yield Check("model", ok=not unknown, sentence=remedy if unknown else fine)


def _templates(config: Config) -> Iterator[Check]:
    """Every letter can be written, in every language, with the desk's own templates where it has some."""
    own = config.folder / "templates"
    templates = load_templates(own if own.is_dir() else None)
    languages = templates.languages(LetterKind.ACKNOWLEDGMENT)
    there = ", ".join(languages)
    problems = problems_in(templates)
    yield from (Check("templates", ok=False, sentence=str(problem)) for problem in problems)
    if config.desk.language not in languages:
        remedy = f"no letters are written in {config.desk.language!r}; set desk.language to one of {there}"
        yield Check("templates", ok=False, sentence=remedy)
    elif not problems:
        yield Check("templates", ok=True, sentence=f"letters in {there}")


def _signatures(config: Config) -> Iterator[Check]:
    """The name server that is asked for the keys of DKIM signatures answers."""
    if config.trust.verify_dkim:
        from mailbot.ingest.nameserver import NameServer  # as in app.py

        trouble = NameServer(config.trust.resolver).trouble(config.desk.domain)
        where = str(config.trust.resolver or "the system's")
        fine = f"DKIM signatures are checked by us; the name server ({where}) answers"
        yield Check("trust", ok=trouble is None, sentence=trouble or fine)


def _scanner(config: Config) -> Iterator[Check]:
    """The virus scanner answers, where one is named."""
    if scanner := scanner_for(config.scanner):
        trouble = scanner.trouble()
        yield Check("scanner", ok=trouble is None, sentence=trouble or "clamd answers; each mail is shown to it")


def _socket(config: Config) -> Iterator[Check]:
    """The LMTP socket's folder and group exist."""
    path, group = config.listener.lmtp, config.listener.lmtp_group
    if path and not path.parent.is_dir():
        yield Check(
            "listener.lmtp", ok=False, sentence=f"the folder {path.parent} does not exist; make it for this user"
        )
    if path and group and group not in {entry.gr_name for entry in grp.getgrall()}:
        yield Check("listener.lmtp_group", ok=False, sentence=f"there is no group {group!r} on this machine")


CHECKS: tuple[Checking, ...] = (
    _configuration,
    _keys,
    _database,
    disks,
    clock,
    _holidays,
    _passwords,
    _playbook,
    _model,
    _templates,
    outgoing,
    breaker,
    export_folder,
    _signatures,
    _scanner,
    _socket,
    addresses,
    listener,
    mailboxes,
)
