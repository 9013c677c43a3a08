"""The composition root: Config in, running service out. The only file that knows every adapter."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache, partial
from typing import TYPE_CHECKING

from mailbot.cases.answering import Budgets
from mailbot.cases.deadlines import Calendar
from mailbot.cases.desk import DeskRules
from mailbot.cases.rules import Playbook
from mailbot.cases.tokens import TokenKey
from mailbot.cases.understanding import Understanding
from mailbot.casework.staff import Casework
from mailbot.classify import playbook as playbooks
from mailbot.classify.ranking import Ranker
from mailbot.classify.shipped import ShippedRanker
from mailbot.classify.understand import SentMessage, Understander
from mailbot.clock import Clock, MachineTime, SystemClock
from mailbot.config import Config, Desk, Trust, VirusScanner
from mailbot.export.exporter import Exporter
from mailbot.ingest.contain import Child
from mailbot.ingest.extract import ChildReader, read_texts
from mailbot.ingest.parse import parse
from mailbot.ingest.scanner import Scanner
from mailbot.ingest.signatures import DkimResult, verify_dkim
from mailbot.intake import Intake
from mailbot.keeping import Keeper
from mailbot.mail import Address, Kind, OwnAddresses
from mailbot.memory import nothing_to_collect
from mailbot.noticing import Noticeboard
from mailbot.reading import Checks, in_parts
from mailbot.reminders import Timekeeper
from mailbot.replies.couriers import courier_for
from mailbot.replies.outbox import Dispatch
from mailbot.replies.plan import DeskVoice
from mailbot.replies.templates import load_templates
from mailbot.replies.writing import Writer
from mailbot.staff_mail.door import StaffMail
from mailbot.store.clocks import ClockGuard
from mailbot.store.evidence import FedBy
from mailbot.store.sealing import MasterKey, read_key_file
from mailbot.store.unit_of_work import Store, open_store

if TYPE_CHECKING:
    from mailbot.ingest.imap import MailboxReader
    from mailbot.jobs import Service


@dataclass(frozen=True)
class App:
    """Everything that a command may need, wired."""

    config: Config
    clock: Clock
    store: Store
    playbook: Playbook
    own: OwnAddresses
    intake: Intake
    casework: Casework
    dispatch: Dispatch
    timekeeper: Timekeeper
    noticeboard: Noticeboard
    exporter: Exporter
    #: Loads what the first mail would have to wait for: the model, the playbook's examples, the holidays.
    get_ready: Callable[[], object] = field(repr=False)

    def service(self) -> Service:
        """The running service: listener, mailboxes, timetable; not started yet.

        What talks to other servers and keeps time is loaded here: no other command needs it.
        """
        from mailbot.ingest.imap_watch import MailboxWatch, SilenceAlarm, Watches
        from mailbot.ingest.recorder import Recorder
        from mailbot.ingest.smtp import Listener, Surroundings
        from mailbot.ingest.watchman import Watchman
        from mailbot.jobs import Service, Timetable

        alarm = SilenceAlarm(self.store, self.config.mailboxes)
        timetable = Timetable(self.intake, self.dispatch, self.timekeeper, self.noticeboard, alarm)
        timetable.begin_with("get_ready", self.get_ready)
        if self.config.export.folder:
            timetable.export(self.exporter.export_if_due)
        recorder = Recorder(self.store, after=timetable.mail_came)
        settings = self.config.listener
        surroundings = Surroundings(
            self.own, recorder, self.clock, self._free_mb, self.config.folder, self.store.large_turn
        )
        listener = Listener(settings, surroundings) if settings.smtp or settings.lmtp else None
        watches = Watches([MailboxWatch(reader, timetable.mail_came) for reader in self.mailbox_readers()])
        return Service(timetable, recorder, listener, Watchman(self.store), watches)

    def mailbox_readers(self) -> tuple[MailboxReader, ...]:
        """What reads each configured mailbox; nothing is connected yet."""
        from mailbot.ingest.imap import MailboxReader
        from mailbot.ingest.imap_account import session_opener
        from mailbot.ingest.imap_junk import answers_us

        ours = partial(answers_us, own=self.own)
        return tuple(
            MailboxReader(self.store, mailbox, session_opener(self.store, mailbox), ours)
            for mailbox in self.config.mailboxes
        )

    def _free_mb(self) -> int:
        """Of the fullest disk that a mail must go to before it is safe."""
        database = self.config.database.file
        folders = [self.config.folder, *([database.parent] if database else [])]
        return min(shutil.disk_usage(folder).free for folder in folders) >> 20


@contextmanager
def opened(config: Config, clock: Clock) -> Iterator[App]:
    """The app with its store open. Raises what `open_store` and the playbook raise, each with a remedy."""
    keys = read_key_file(config.keys.file)
    playbook = playbooks.load(config.playbook.file)
    with closing(open_store(config.database.url, keys, clock)) as store:
        child = Child()
        try:
            yield _wired(config, clock, store, playbook, keys, child)
        finally:
            child.close()


def _wired(
    config: Config, clock: Clock, store: Store, playbook: Playbook, keys: tuple[MasterKey, ...], child: Child
) -> App:
    own, calendar = own_addresses(config.desk), calendar_of(config.desk)
    token_keys = tuple(TokenKey(key.key_id, key.derive("tokens")) for key in keys)
    own_templates = config.folder / "templates"
    writer = Writer(
        voice_of(config.desk),
        load_templates(own_templates if own_templates.is_dir() else None),
        calendar,
        token_keys[0],
        plus_addressing=config.desk.plus_addressing,
    )
    rules = DeskRules(
        own=own,
        playbook=playbook,
        calendar=calendar,
        budgets=_budgets(config),
        token_keys=token_keys,
        authserv_ids=config.trust.authserv_ids,
        require_pass=config.trust.require_pass,
        forwarders=config.trust.forwarders,
    )

    ranker, files = ranker_of(config), ChildReader(child)

    understander = Understander(playbook, ranker, config.desk.language)

    def understood(messages: Sequence[SentMessage]) -> list[Understanding]:
        read = (_with_files_read(each, files) for each in messages)
        return [one for some in in_parts(read) for one in understander.understand(some)]

    def get_ready() -> None:
        with nothing_to_collect():
            calendar.unknown_year(clock.now())
            understander.understand([SentMessage(parse(b"\n\nHello."), Kind.INQUIRY, clock.now())])

    guard = ClockGuard(MachineTime(clock) if isinstance(clock, SystemClock) else None)
    timekeeper = Timekeeper(store, rules, writer, fed_by(config), guard)
    dispatch = Dispatch(store, courier_for(config.outgoing, helo=own.host), timekeeper.letter_sent, guard)
    noticeboard = Noticeboard(store, rules, writer)
    casework = Casework(store, rules, writer, understood)
    staff_mail = StaffMail(store, rules, casework, writer)
    checks = Checks(dkim_check(config.trust), scanner_for(config.scanner))
    intake = Intake(store, rules, understood, Keeper(rules, writer), staff_mail, checks)
    exporter = Exporter(store, casework, config.export.folder, config.export.at, config.desk.time_zone)
    return App(
        config, clock, store, playbook, own, intake, casework, dispatch, timekeeper, noticeboard, exporter, get_ready
    )


def _with_files_read(sent: SentMessage, files: ChildReader) -> SentMessage:
    """What a machine sent is not looked into."""
    return replace(sent, message=read_texts(sent.message, files)) if sent.kind.from_a_person else sent


def scanner_for(chosen: VirusScanner) -> Scanner | None:
    """The virus scanner that the desk has named; None where it has named none."""
    server = (chosen.clamd.host, chosen.clamd.port) if chosen.clamd else None
    where = chosen.socket or server
    return Scanner(where, float(chosen.timeout_seconds)) if where else None


def dkim_check(trust: Trust) -> Callable[[bytes], DkimResult] | None:
    """Our own check of DKIM signatures; None where the desk has not asked for it."""
    if not trust.verify_dkim:
        return None
    from mailbot.ingest.nameserver import NameServer  # most desks leave that to their mail server

    server = NameServer(trust.resolver)
    return lambda raw: verify_dkim(raw, server.for_one_mail())


def fed_by(config: Config) -> FedBy:
    """The ways in that must have been open before a case is closed for want of a reply."""
    return FedBy(
        folders=tuple(
            (mailbox.account, mailbox.name, folder)
            for mailbox in config.mailboxes
            for folder in dict.fromkeys((*mailbox.folders, *mailbox.junk_folders))
        ),
        listener=bool(config.listener.smtp or config.listener.lmtp),
        grace=timedelta(hours=config.listener.grace_hours),
    )


def ranker_of(config: Config) -> Ranker:
    """The category model that the configuration names, ConfigurationError when it is none; else the shipped one."""
    if config.playbook.model is None:
        return ShippedRanker()
    from mailbot.classify.category import CategoryRanker
    from mailbot.classify.network import load_model

    return CategoryRanker(load_model(config.playbook.model))


def own_addresses(desk: Desk) -> OwnAddresses:
    """The desk's addresses as keys; message ids carry the domain of the first."""
    return OwnAddresses(frozenset(Address(address).key for address in desk.addresses), Address(desk.address).domain)


def calendar_of(desk: Desk) -> Calendar:
    """Business days of the desk; the holidays of a year are worked out when a day of it is asked for."""

    @cache
    def of_year(year: int) -> frozenset[date]:
        from holidays import country_holidays  # half a second to import, and not needed by every command

        country, _, subdivision = desk.holidays.partition("-")
        try:
            return frozenset(country_holidays(country, subdiv=subdivision or None, years=year))
        except NotImplementedError:  # a place that the package does not know: no holidays, and `check` says so
            return frozenset()

    return Calendar(
        desk.time_zone,
        lambda day: bool(desk.holidays) and day in of_year(day.year),
        lambda year: not desk.holidays or bool(of_year(year)),
    )


def voice_of(desk: Desk) -> DeskVoice:
    """Who writes the letters."""
    return DeskVoice(desk.name, desk.address, Address(desk.address).domain, desk.time_zone, desk.language)


def _budgets(config: Config) -> Budgets:
    outgoing = config.outgoing
    return Budgets(
        per_address_a_day=outgoing.per_address_a_day,
        per_domain_an_hour=outgoing.per_domain_an_hour,
        per_case_a_day=outgoing.per_case_a_day,
        in_all_an_hour=outgoing.in_all_an_hour,
        unaligned_an_hour=outgoing.unaligned_an_hour,
    )
