"""What was given for each key: by the file, and by the environment, which goes first."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mailbot.config.schema import SECTIONS, Section, Slot
from mailbot.errors import ConfigurationError

PREFIX = "MAILBOT_"
EXTRAS = ("MAILBOT_CONFIG", "MAILBOT_FAILPOINT", "MAILBOT_TEST_SWITCH")
MOST_MAILBOXES = 1000


@dataclass(frozen=True, slots=True)
class Given:
    """A value as it was given. `origin` names the file and key, or the variable."""

    value: object = field(repr=False)
    origin: str
    from_environment: bool = False


@dataclass
class Sources:
    """What was given, and what is wrong so far. A section has one mapping of key to Given; [[mailbox]] one each."""

    file: str
    sections: dict[str, list[dict[str, Given]]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def gather(path: Path | None, environ: Mapping[str, str]) -> Sources:
    """All that the file (if any) and the environment give."""
    sources = Sources(path.name if path else "the environment")
    for name, content in (_parsed(path) if path else {}).items():
        section = SECTIONS.get(name)
        if section is None:
            sources.problems.append(f"{sources.file}: {_unknown_section(name, content)}")
        else:
            sources.sections[name] = list(_tables(section, content, sources))
    for variable, text in sorted(environ.items(), key=_counting):
        if variable.startswith(PREFIX) and variable not in EXTRAS:
            _overlay(variable, text, sources)
    return sources


def _counting(setting: tuple[str, str]) -> list[tuple[int, str]]:
    """Orders variables so that mailbox 2 comes before mailbox 10."""
    return [(int(part) if part.isdecimal() else -1, part) for part in setting[0].split("__")]


def _parsed(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{path} is not valid TOML: {error}") from None
    except UnicodeDecodeError:
        raise ConfigurationError(f"{path} is not UTF-8 text; save it as UTF-8") from None
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}") from None


def _tables(section: Section, content: object, sources: Sources) -> Iterator[dict[str, Given]]:
    wanted = list if section.many else dict
    entries = content if isinstance(content, list) else [content]
    if not isinstance(content, wanted) or not all(isinstance(entry, dict) for entry in entries):
        sources.problems.append(f"{sources.file}: {section.name} must be written as {section.heading}")
        return
    for number, entry in enumerate(entries):
        where = f"{section.name}[{number}]" if section.many else section.name
        yield dict(_values(section, where, entry, sources))


def _values(section: Section, where: str, entry: Mapping[str, object], sources: Sources) -> Iterator[tuple[str, Given]]:
    for key, value in _flat(entry, section):
        if key in section.slots:
            yield key, Given(value, f"{sources.file}: {where}.{key}")
        elif key in section.inner:
            sources.problems.append(f"{sources.file}: {where}.{key} must be a table as {{ key = value }}")
        else:
            sources.problems.append(f"{sources.file}: {where} has no key {key!r}; {_nearest_key(section, key)}")


def _flat(entry: Mapping[str, object], section: Section) -> Iterator[tuple[str, object]]:
    """Keys of an inner table (`oauth = {…}`) get its name before a dot."""
    for key, value in entry.items():
        if key in section.inner and isinstance(value, dict):
            yield from ((f"{key}.{inner}", each) for inner, each in value.items())
        else:
            yield key, value


def _overlay(variable: str, text: str, sources: Sources) -> None:
    """Put what one variable says in the place of what the file says."""
    found = _target(variable.removeprefix(PREFIX).lower().split("__"))
    if found is None:
        sources.problems.append(f"{variable} is no setting; did you mean {nearest(variable, variables())}?")
        return
    section, number, key = found
    entries = sources.sections.setdefault(section.name, [])
    if number > len(entries):
        sources.problems.append(
            f"{variable}: there is no {section.name} {len(entries)}; count them from 0 without a gap"
        )
        return
    if number == len(entries):
        entries.append({})
    try:
        value = section.slots[key].kind.from_text(text)
    except ValueError:
        value = text
    entries[number][key] = Given(value, variable, from_environment=True)
    other = section.slots[key].instead_of
    if other and not entries[number].get(other, Given("", "", from_environment=True)).from_environment:
        del entries[number][other]


def _target(parts: list[str]) -> tuple[Section, int, str] | None:
    section = SECTIONS.get(parts[0])
    rest = parts[1:]
    number = 0
    if section and section.many:
        if not rest or not (rest[0].isascii() and rest[0].isdigit()) or int(rest[0]) >= MOST_MAILBOXES:
            return None
        number, rest = int(rest[0]), rest[1:]
    key = ".".join(rest)
    return (section, number, key) if section and key in section.slots else None


def variable_for(section: Section, slot: Slot) -> str:
    """The variable that sets a key: MAILBOT_OUTGOING__URL, MAILBOT_MAILBOX__0__HOST."""
    middle = f"{section.name}__0" if section.many else section.name
    return f"{PREFIX}{middle}__{slot.key.replace('.', '__')}".upper()


def variables() -> list[str]:
    """Every variable that is known."""
    named = [variable_for(section, slot) for section in SECTIONS.values() for slot in section.slots.values()]
    return [*named, *EXTRAS]


def nearest(word: str, known: Iterable[str]) -> str:
    return difflib.get_close_matches(word, list(known), n=1, cutoff=0.0)[0]


def _nearest_key(section: Section, key: str) -> str:
    elsewhere = next((other for other in SECTIONS.values() if other is not section and key in other.slots), None)
    if elsewhere and not difflib.get_close_matches(key, section.slots, n=1, cutoff=0.75):
        return f"did you mean {elsewhere.name}.{key}?"
    return f"did you mean {section.name}.{nearest(key, section.slots)}?"


def _unknown_section(name: str, content: object) -> str:
    written = f"[{name}]" if isinstance(content, dict) else name
    home = next((section for section in SECTIONS.values() if name in section.slots), None)
    if home and not isinstance(content, dict):
        return f"{written} stands in no section; did you mean {home.name}.{name}?"
    return f"{written} is no section; did you mean {SECTIONS[nearest(name, SECTIONS)].heading}?"
