"""Finds the mistakes in a playbook, each with its line, its key and the remedy."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import re2

from mailbot.cases.rules import ForeignGroup, LateReply
from mailbot.cases.understanding import DOCUMENTS, FIELDS, Flags
from mailbot.classify.durations import duration
from mailbot.classify.playbook_lines import Path, line_of, lines_of

CONDITIONS = (*Flags.__slots__, "small_group_add")
LANGUAGES = ("en", "es", "zh")
FALLBACK = "other.general"

_CODE = re2.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")
_TOML_LINE = re2.compile(r"at line (\d+)")
_SIZE_CAP = 1_000_000

Trouble = Iterator[tuple[Path, str]]
"""Where something is wrong, as a path below the row that is looked at, and what."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing that is wrong; one that is not `fatal` leaves the playbook usable."""

    line: int
    key: str
    sentence: str
    fatal: bool = True

    def __str__(self) -> str:
        return f"line {self.line}, {self.key}: {self.sentence}"


def mistakes(text: str) -> tuple[Mistake, ...]:
    """All mistakes of a playbook in the order of its lines; a file that is no TOML has just the one."""
    if len(text) > _SIZE_CAP:
        return (Mistake(1, "file", f"the playbook is longer than {_SIZE_CAP} characters; is this the right file?"),)
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = _TOML_LINE.search(str(error))
        return (Mistake(int(place[1]) if place else 1, "TOML", f"this is no TOML: {error}"),)
    where = lines_of(text)
    found = [
        Mistake(line_of(where, path), _spoken(path, tables), sentence, fatal=fatal)
        for fatal, troubles in ((True, _fatal(tables)), (False, _remarks(tables)))
        for path, sentence in troubles
    ]
    return tuple(sorted(found, key=lambda mistake: mistake.line))


def _fatal(tables: Mapping[str, Any]) -> Trouble:
    yield from _unknown_keys(tables, ("defaults", "attachments", "category"))
    categories = tables.get("category")
    if not isinstance(categories, list) or not all(isinstance(row, dict) for row in categories):
        yield ("category",), "there is no [[category]]; start from the playbook that `mailbot init` writes"
        return
    yield from _under(("defaults",), _row(tables.get("defaults", {}), _DEFAULT_KEYS))
    yield from _under(("attachments",), _row(tables.get("attachments", {}), _ATTACHMENT_KEYS))
    for at, row in enumerate(categories):
        yield from _under(("category", at), _row(row, _CATEGORY_KEYS))
        yield from _under(
            ("category", at), (((key,), f"{key} is missing") for key in ("code", "name") if key not in row)
        )
    yield from _codes([row.get("code") for row in categories])


def _codes(codes: list[object]) -> Trouble:
    for at, code in enumerate(codes):
        if code is not None and code in codes[:at]:
            yield ("category", at, "code"), f"{code} is there twice; give each category a code of its own"
    if FALLBACK not in codes:
        yield ("category",), f"{FALLBACK} is missing; mailbot needs it for what fits nowhere else"


def _remarks(tables: Mapping[str, Any]) -> Trouble:
    rows = tables.get("category")
    for at, row in enumerate(rows if isinstance(rows, list) else ()):
        if isinstance(row, dict) and not row.get("examples"):
            yield ("category", at), "no example supports this category; add five or more to `examples`"


def _under(prefix: Path, troubles: Trouble) -> Trouble:
    return (((*prefix, *path), sentence) for path, sentence in troubles)


def _row(row: object, keys: Mapping[str, Callable[[Any], str | None]]) -> Trouble:
    """The unknown keys of a table and what its known keys' own checks say."""
    if not isinstance(row, dict):
        yield (), "this must be a table of keys"
        return
    yield from _unknown_keys(row, tuple(keys))
    for key, check in keys.items():
        if key in row and (sentence := check(row[key])):
            yield (key,), sentence
    if isinstance(row.get("conditional"), list):
        for at, rule in enumerate(row["conditional"]):
            yield from _under(("conditional", at), _conditional(rule))


def _conditional(rule: object) -> Trouble:
    yield from _row(rule, _CONDITIONAL_KEYS)
    if isinstance(rule, dict):
        yield from (((key,), f"{key} is missing") for key in ("document", "when") if key not in rule)


def _unknown_keys(row: Mapping[str, Any], known: tuple[str, ...]) -> Trouble:
    for key in row:
        if key not in known:
            yield (key,), f"{key} is no key here{_nearest(key, known)}"


def _nearest(word: str, known: tuple[str, ...]) -> str:
    near = get_close_matches(word, known, n=1)
    return f"; did you mean {near[0]}?" if near else f"; known are {', '.join(known)}"


def _spoken(path: Path, tables: Mapping[str, Any]) -> str:
    """The path in words, a category by its code where it has one."""
    if len(path) > 1 and path[0] == "category" and isinstance(path[1], int):
        code = tables["category"][path[1]].get("code", f"category {path[1] + 1}")
        return ".".join(str(part) for part in (code, *(part for part in path[2:] if isinstance(part, str))))
    return ".".join(str(part) for part in path if isinstance(part, str))


def _text(value: object) -> str | None:
    return None if isinstance(value, str) else "this must be text in quotes"


def _texts(value: object) -> str | None:
    texts = isinstance(value, list) and all(isinstance(item, str) for item in value)
    return None if texts else 'this must be a list of texts, as ["one", "two"]'


def _yes_or_no(value: object) -> str | None:
    return None if isinstance(value, bool) else "this must be true or false"


def _counted(value: object) -> str | None:
    good = isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 100
    return None if good else "this must be a whole number from 1 to 100"


def _share(value: object) -> str | None:
    good = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1
    return None if good else "this must be a number from 0 to 1"


def _code(value: object) -> str | None:
    good = isinstance(value, str) and _CODE.fullmatch(value)
    return None if good else 'a code is a family and a word, as "billing.refund"'


def _span(value: object) -> str | None:
    if not isinstance(value, str):
        return 'this must be a duration, as "2 business days"'
    try:
        duration(value)
    except ValueError as error:
        return str(error)
    return None


def _spans(value: object) -> str | None:
    if not isinstance(value, list):
        return 'this must be a list of durations, as ["3 business days"]'
    return next((sentence for item in value if (sentence := _span(item))), None)


def _words_of(value: object) -> str | None:
    """Texts per language."""
    if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
        return 'this must be texts per language, as { en = "…", es = "…", zh = "…" }'
    strange = [language for language in value if language not in LANGUAGES]
    if strange:
        return f"{strange[0]} is no language of the letters; known are {', '.join(LANGUAGES)}"
    return None if value.get("en", "").strip() or not value else "the English text is missing"


def _name(value: object) -> str | None:
    return _words_of(value) or (None if value else "the English text is missing")


def _one_of(known: tuple[str, ...], what: str) -> Callable[[object], str | None]:
    def check(value: object) -> str | None:
        return None if value in known else f"{value} is no {what}{_nearest(str(value), known)}"

    return check


def _each_of(known: tuple[str, ...], what: str) -> Callable[[object], str | None]:
    """A list whose members, or the parts of an "a|b", are all known."""

    def check(value: object) -> str | None:
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            return _texts(value)
        parts = [part.strip() for item in value for part in item.split("|")]
        unknown = next((part for part in parts if part not in known), None)
        return None if unknown is None else f"{unknown} is no {what}{_nearest(unknown, known)}"

    return check


def _tables(value: object) -> str | None:
    return None if isinstance(value, list) else "write each rule as a table of its own, under [[….conditional]]"


_DEFAULT_KEYS: Mapping[str, Callable[[Any], str | None]] = {
    "team": _text,
    "required": _each_of(FIELDS, "field"),
    "documents": _each_of(DOCUMENTS, "document"),
    "answer_within": _span,
    "reply_within": _span,
    "remind_after": _spans,
    "rounds": _counted,
    "late_reply": _one_of(tuple(LateReply), "way with late replies"),
    "reopen_within": _span,
    "confidence": _share,
    "foreign_group": _one_of(tuple(ForeignGroup), "answer to that"),
    "conditional": _tables,
    "redirect": _words_of,
    "guide": _text,
    "final": _yes_or_no,
}
_CATEGORY_KEYS: Mapping[str, Callable[[Any], str | None]] = {
    **_DEFAULT_KEYS,
    "code": _code,
    "name": _name,
    "examples": _texts,
}
_ATTACHMENT_KEYS: Mapping[str, Callable[[Any], str | None]] = {
    "files": _counted,
    "megabytes": _counted,
    "refused_types": _texts,
}
_CONDITIONAL_KEYS: Mapping[str, Callable[[Any], str | None]] = {
    "document": _one_of(DOCUMENTS, "document"),
    "when": _one_of(CONDITIONS, "condition"),
    "unless": _one_of(CONDITIONS, "condition"),
    "states": _texts,
    "within": _span,
}
