"""The keys of each section, read off the frozen values, so that they are written down once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, dataclass, fields
from functools import cache
from typing import Any, get_args, get_type_hints

from mailbot.config import kinds, values
from mailbot.config.kinds import Kind
from mailbot.config.values import Key


@dataclass(frozen=True, slots=True)
class Slot:
    """One key of a section, as it is written there.

    `default` is None for a required key. `instead_of` names the key that says the same in another way
    (password and password_file).
    """

    key: str
    kind: Kind
    about: str
    default: object
    required: bool = False
    instead_of: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """One section of the file. `inner` names its inner tables; their keys stand in `slots` as "oauth.client_id"."""

    name: str
    words: type
    many: bool
    slots: Mapping[str, Slot]
    inner: Mapping[str, type]

    @property
    def heading(self) -> str:
        return f"[[{self.name}]]" if self.many else f"[{self.name}]"


def key_of(words: type, name: str) -> Key | None:
    """What stands beside a field; None for an inner table."""
    return next((note for note in get_args(_hints(words)[name]) if isinstance(note, Key)), None)


@cache
def _hints(words: type) -> Mapping[str, Any]:
    """Kept: each look evaluates every annotation of the class, which took a tenth of the time to start."""
    return get_type_hints(words, include_extras=True)


def inner_of(words: type) -> dict[str, type]:
    """The inner tables of a section: fields whose value is another of our frozen values."""
    hints = get_type_hints(words)
    return {
        each.name: next(part for part in get_args(hints[each.name]) if isinstance(part, type))
        for each in fields(words)
        if key_of(words, each.name) is None
    }


def _slots(words: type, prefix: str = "") -> Iterator[Slot]:
    for each in fields(words):
        key = key_of(words, each.name)
        if key is None:
            yield from _slots(inner_of(words)[each.name], f"{each.name}.")
        else:
            yield from _slots_of_key(f"{prefix}{each.name}", each, key)


def _slots_of_key(name: str, each: Field[Any], key: Key) -> Iterator[Slot]:
    required = each.default is MISSING and key.default is None
    default = key.default if each.default is MISSING else each.default
    if key.kind is not kinds.SECRET:
        yield Slot(name, key.kind, key.about, default, required)
        return
    yield Slot(name, key.kind, f"{key.about}; rather in a file", default, required, f"{name}_file")
    yield Slot(f"{name}_file", kinds.PATH, f"a file (mode 0600) with the {each.name}", None, instead_of=name)


def _section(name: str, words: type, *, many: bool = False) -> Section:
    return Section(name, words, many, {slot.key: slot for slot in _slots(words)}, inner_of(words))


SECTIONS: Mapping[str, Section] = {
    section.name: section
    for section in (
        _section("desk", values.Desk),
        _section("database", values.Database),
        _section("keys", values.Keys),
        _section("listener", values.Listener),
        _section("mailbox", values.Mailbox, many=True),
        _section("outgoing", values.Outgoing),
        _section("trust", values.Trust),
        _section("scanner", values.VirusScanner),
        _section("playbook", values.PlaybookFile),
        _section("export", values.Export),
        _section("web", values.Web),
    )
}
