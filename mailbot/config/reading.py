"""From what was given to the frozen Config; all that is wrong is told at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

from mailbot.config import kinds
from mailbot.config.schema import SECTIONS, inner_of, key_of
from mailbot.config.secret import Secret, SecretFile, refuse_public
from mailbot.config.sources import PREFIX, Given, Sources, gather
from mailbot.config.values import Config, Key, Mailbox, Outgoing, has_password
from mailbot.errors import ConfigurationError

FILE_NAME = "mailbot.toml"
LONGEST_SHOWN = 60


class _Wrong(Exception):
    """One value cannot be used; its text is the sentence."""


def load(path: Path | None, environ: Mapping[str, str]) -> Config:
    """The configuration in `path`, else in MAILBOT_CONFIG, else in ./mailbot.toml; variables go before the file.

    Raises ConfigurationError that names every problem, each with the file and key or the variable.
    No secret file is opened.
    """
    file = _file(path, environ)
    sources = gather(file, environ)
    reading = _Reading(sources, file.parent.absolute() if file else Path.cwd())
    config = reading.config()
    if config and not sources.problems:
        sources.problems.extend(_contradictions(config, file, sources))
    if config is None or sources.problems:
        raise ConfigurationError(_told(sources.problems))
    return config


def _file(path: Path | None, environ: Mapping[str, str]) -> Path | None:
    """The file to read; None when there is none and the environment says everything."""
    named = path or (Path(environ["MAILBOT_CONFIG"]) if environ.get("MAILBOT_CONFIG") else None)
    file = named or Path(FILE_NAME)
    if file.is_file():
        return file
    if named is None and f"{PREFIX}DESK__ADDRESS" in environ:
        return None
    remedy = "name another with --config FILE" if named else "run `mailbot init`, or name one with --config FILE"
    raise ConfigurationError(f"there is no configuration at {file}; {remedy}")


def _told(problems: list[str]) -> str:
    if len(problems) == 1:
        return problems[0]
    return "\n  ".join([f"{len(problems)} things in the configuration need attention:", *problems])


class _Reading:
    """Builds the values section by section and notes in `sources.problems` what does not fit."""

    def __init__(self, sources: Sources, folder: Path) -> None:
        self.sources = sources
        self.folder = folder

    def config(self) -> Config | None:
        """None when a section could not be built."""
        built = {name: self.section(name) for name in SECTIONS}
        if any(entry is None for entries in built.values() for entry in entries):
            return None
        single = {name: entries[0] for name, entries in built.items() if not SECTIONS[name].many}
        return Config(folder=self.folder, mailboxes=tuple(built["mailbox"]), **single)

    def section(self, name: str) -> list[Any]:
        section = SECTIONS[name]
        entries = self.sources.sections.get(name) or ([] if section.many else [{}])
        places = [f"{name}[{number}]" if section.many else name for number in range(len(entries))]
        return [self.build(section.words, entry, place) for entry, place in zip(entries, places, strict=True)]

    def build(self, words: type, given: Mapping[str, Given], place: str) -> Any:
        """One of our frozen values, or None when a key is wrong or lacking."""
        values: dict[str, Any] = {}
        before = len(self.sources.problems)
        for each in fields(words):
            key = key_of(words, each.name)
            try:
                if key is None:
                    self.inner(words, each.name, given, place, values)
                elif each.name in given or f"{each.name}_file" in given or key.default is not None:
                    values[each.name] = self.value(each.name, key, given)
                elif each.default is MISSING:
                    raise _Wrong(f"{self.sources.file}: {place}.{each.name} is missing; it has no default")
            except _Wrong as wrong:
                self.sources.problems.append(str(wrong))
        return words(**values) if len(self.sources.problems) == before else None

    def inner(self, words: type, name: str, given: Mapping[str, Given], place: str, values: dict[str, Any]) -> None:
        mine = {key.removeprefix(f"{name}."): value for key, value in given.items() if key.startswith(f"{name}.")}
        if mine:
            values[name] = self.build(inner_of(words)[name], mine, f"{place}.{name}")

    def value(self, name: str, key: Key, given: Mapping[str, Given]) -> Any:
        if key.kind is kinds.SECRET and f"{name}_file" in given:
            return self.secret_file(name, given)
        if name in given:
            return self.read(given[name], key.kind)
        return key.kind.read(key.default, self.folder)

    def secret_file(self, name: str, given: Mapping[str, Given]) -> Secret:
        file = given[f"{name}_file"]
        if name in given:
            raise _Wrong(f"{file.origin} and {name} say the same; keep one of them")
        return SecretFile(self.read(file, kinds.PATH))

    def read(self, given: Given, kind: kinds.Kind) -> Any:
        try:
            return kind.read(given.value, self.folder)
        except ValueError:
            shown = "" if kind.hidden else f", not {_shown(given.value)}"
            raise _Wrong(f"{given.origin} must be {kind.must_be}{shown}") from None


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"


def _contradictions(config: Config, file: Path | None, sources: Sources) -> Iterator[str]:
    """What is wrong between keys that are each right."""
    yield from _of_mailboxes(config.mailboxes, sources.file)
    yield from _of_outgoing(config.outgoing, sources.file)
    if file and _written_secrets(sources):
        try:
            refuse_public(file, file.stat())
        except ConfigurationError as error:
            yield f"{error} (it holds {_written_secrets(sources)}), or move that into a file of its own"


def _of_mailboxes(mailboxes: tuple[Mailbox, ...], file: str) -> Iterator[str]:
    names = [mailbox.name for mailbox in mailboxes]
    for number, mailbox in enumerate(mailboxes):
        place = f"{file}: mailbox[{number}]"
        if mailbox.name in names[:number]:
            yield f"{place}.name {mailbox.name!r} is taken by another mailbox; give each a name of its own"
        if (mailbox.password is None) == (mailbox.oauth is None):
            yield f"{place} needs either password_file or oauth"


def _of_outgoing(outgoing: Outgoing, file: str) -> Iterator[str]:
    if (outgoing.user == "") != (outgoing.password is None):
        yield f"{file}: outgoing needs user and password_file together, or neither"
    elif outgoing.user and outgoing.url.in_clear:
        yield f"{file}: outgoing.url would send the password unencrypted; use smtp+starttls:// or smtps://"


def _written_secrets(sources: Sources) -> str:
    """The first key of the file that is a secret itself; "" when there is none."""
    for name, entries in sources.sections.items():
        for entry in entries:
            for key, given in entry.items():
                if not given.from_environment and _is_secret(SECTIONS[name].slots[key].kind, given.value):
                    return f"{name}.{key}"
    return ""


def _is_secret(kind: kinds.Kind, value: object) -> bool:
    return kind is kinds.SECRET or (kind is kinds.DATABASE_URL and has_password(str(value)))
