"""Read the training texts: for each category the subjects, requests, reasons and whole mails."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources

FAMILIES = ("eligibility", "enrollment", "billing", "group", "producer", "provider", "other")
#: The building blocks of mails first, then whole mails, situation by situation.
LEARNED = (*FAMILIES, *(f"mails/{family}" for family in FAMILIES))


@dataclass(frozen=True, slots=True)
class Phrases:
    """What the texts hold of one category. "[a|b]" in a line stands for either, "{n}" for a value of that kind.

    `roles` and `desks` weigh who writes and where to; `files` are names of files, attached with the chance
    `attached`; `details` names the values that such mail states. `sections` maps "subject", "ask",
    "why", "mail", "es" and "zh" to their lines.
    """

    code: str
    roles: tuple[tuple[str, float], ...]
    desks: tuple[tuple[str, float], ...]
    attached: float
    files: tuple[str, ...]
    details: tuple[str, ...]
    sections: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def lines(self, section: str) -> tuple[str, ...]:
        return self.sections.get(section, ())


def shipped_phrases(*names: str) -> tuple[Phrases, ...]:
    """All categories of the named texts, in their order; those to learn from when none is named.

    A category may stand in several texts: its first block tells who writes, the others add lines.
    """
    folder = resources.files("mailbot.training").joinpath("texts")
    texts = (folder.joinpath(f"{name}.txt").read_text(encoding="utf-8") for name in names or LEARNED)
    merged: dict[str, Phrases] = {}
    for phrases in (phrases for text in texts for phrases in parse(text)):
        known = merged.get(phrases.code)
        merged[phrases.code] = _together(known, phrases) if known else phrases
    return tuple(merged.values())


def _together(first: Phrases, more: Phrases) -> Phrases:
    """The first, with the lines of both."""
    names = dict.fromkeys((*first.sections, *more.sections))
    return replace(first, sections={name: first.lines(name) + more.lines(name) for name in names})


def shipped_remarks() -> Phrases:
    """What people write around their matter, in any category: greetings, closings, remarks, titles, disclaimers."""
    return shipped_phrases("remarks")[0]


@cache
def shipped_values() -> Phrases:
    """The values that fill slots, by slot: a section may end in a language."""
    return shipped_phrases("values")[0]


def parse(text: str) -> Iterator[Phrases]:
    """The categories of one file: "== code", then "key: value" lines, then "# section" and its lines."""
    for block in text.split("\n== ") if not text.startswith("== ") else text[3:].split("\n== "):
        code, _, rest = block.strip("\n").partition("\n")
        yield _category(code.strip(), rest)


def _category(code: str, text: str) -> Phrases:
    heads: dict[str, str] = {}
    sections: dict[str, list[str]] = {}
    section = ""
    for line in filter(None, map(str.rstrip, text.split("\n"))):
        if line.startswith("# "):
            section = line[2:].strip()
        elif section:
            sections.setdefault(section, []).append(line)
        else:
            key, _, value = line.partition(":")
            heads[key.strip()] = value.strip()
    chance, _, files = heads.get("files", "").partition(" ")
    return Phrases(
        code=code,
        roles=_weighed(heads.get("roles", "")),
        desks=_weighed(heads.get("desk", "")),
        attached=float(chance or 0),
        files=tuple(name.strip() for name in files.split(";")),
        details=tuple(heads.get("detail", "").split()),
        sections={name: tuple(lines) for name, lines in sections.items()},
    )


def _weighed(text: str) -> tuple[tuple[str, float], ...]:
    pairs = (entry.strip().partition(" ") for entry in text.split(",") if entry.strip())
    return tuple((name, float(weight or 1)) for name, _, weight in pairs)
