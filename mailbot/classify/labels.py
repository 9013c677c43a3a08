"""Reads labelled lines: "Employee: Ann Lee" in a mail, "Employee name Ann Lee" in a form without colons."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mailbot.classify.cues import phrases
from mailbot.classify.folding import fold
from mailbot.classify.name_words import NOT_A_NAME
from mailbot.classify.rosters import turned

_VALUE_CAP = 160
_LABELS: tuple[tuple[str, str], ...] = tuple(
    (label, field)
    for field in (
        "subscriber_name",
        "dependent_name",
        "new_name",
        "old_name",
        "pcp_name",
        "contact_name",
        "group_name",
        "practice_name",
        "new_plan",
        "plan",
    )
    for label in phrases(f"labels.{field}")
)
_BY_LENGTH = tuple(sorted(_LABELS, key=lambda pair: -len(pair[0])))
_BY_LABEL = dict(_LABELS)
_FIRST_LETTERS = frozenset(label[0] for label, _ in _LABELS)
_LAST_NAME, _FIRST_NAME = frozenset(phrases("labels.last_name")), frozenset(phrases("labels.first_name"))
_NO_VALUE = ("n/a", "none", "na", "tbd", "same", "see attached", "unknown", "-", "ninguno", "无")
_NAME_FIELDS = ("subscriber_name", "dependent_name", "new_name", "old_name", "pcp_name", "contact_name")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A labelled value, as it stands at text[start:end]."""

    name: str
    value: str
    start: int
    end: int


def labelled(text: str, folded: str = "", *, form: bool) -> Iterator[Labelled]:
    """The labelled lines of a text; in a `form` a label needs no colon behind it. `folded` is the text folded."""
    offset = 0
    folded = folded or fold(text)
    lines = text.split("\n")
    for at, line in enumerate(lines):
        if form or ":" in line or "：" in line or "\t" in line:
            whole = _two_lines(lines[at : at + 2], offset)
            yield from [whole] if whole else _line(line, folded[offset : offset + len(line)], offset, form=form)
        offset += len(line) + 1


def _two_lines(lines: list[str], offset: int) -> Labelled | None:
    """A name whose last and first part stand on two labelled lines, in either order ("User first name: …")."""
    parts = [line.partition(":" if ":" in line else "：") for line in lines]
    if len(lines) < 2 or not parts[0][1] or not parts[1][1]:
        return None
    (whose, first), (_, second) = (_name_part(label) for label, _, _ in parts)
    if {first, second} != {"first", "last"}:
        return None
    values = [value.strip() for _, _, value in parts]
    name = " ".join(values if first == "first" else reversed(values))
    return Labelled(whose, name, offset, offset + len(lines[0])) if _looks_like_name(name) else None


def _name_part(label: str) -> tuple[str, str]:
    """Whose name a label asks for a part of, as a field, and which part: "first", "last" or ""."""
    folded = fold(label).strip(" *#.-•")
    for part, labels in (("last", _LAST_NAME), ("first", _FIRST_NAME)):
        if folded in labels:
            return "subscriber_name", part
        for ending in labels:
            if " " in ending and folded.endswith(" " + ending):
                return _BY_LABEL.get(folded[: -len(ending)].strip(" '"), "subscriber_name"), part
    return "", ""


def _line(line: str, folded: str, offset: int, *, form: bool) -> Iterator[Labelled]:
    start = 0
    while start < len(line) and (line[start] in " \t-*•·[]()#." or line[start].isdigit()):
        start += 1
    if len(line) - start < 4 or len(line) > 400:
        return
    cut = _colon(line, start)
    if cut > 0:
        label = folded[start:cut].strip(" *#._")
        note_at = label.find("(")
        label = label[:note_at].strip() if note_at > 0 else label
        field = _BY_LABEL.get(label)
        value_at = cut + 1
    else:
        field, value_at = _leading(folded, start) if form and folded[start] in _FIRST_LETTERS else (None, 0)
    if field:
        value = line[value_at:].strip(" \t*:_")
        value = _tidy(value[:_VALUE_CAP], field, reversed_name="last" in folded[start:value_at])
        if value:
            at = line.find(value[:12], value_at)
            yield Labelled(field, value, offset + max(at, value_at), offset + len(line))


def _colon(line: str, start: int) -> int:
    """Where the colon behind a label stands, or -1."""
    places = [at for mark in (":", "：", "\t") if 0 < (at := line.find(mark, start)) < start + 45]
    return min(places, default=-1)


def _leading(folded: str, start: int) -> tuple[str | None, int]:
    for label, field in _BY_LENGTH:
        if folded.startswith(label + " ", start):
            return field, start + len(label)
    return None, 0


def _tidy(value: str, field: str, *, reversed_name: bool) -> str:
    """The value without notes behind it; a name in the order first last, "" where it is none."""
    if fold(value).strip(". ") in _NO_VALUE:
        return ""
    if field not in _NAME_FIELDS:
        for mark in ("\t", "  ", " (", " - ", ", NPI", ", group", ", Group", "（", "，", ","):
            value = value.partition(mark)[0] if mark != "," or field in ("new_plan", "plan") else value
        return value.strip(" .,;")
    head = value
    for mark in ("\t", "  ", "(", "（", " - ", " – ", ";", "；", "，", "。", " / "):
        head = head.partition(mark)[0]
    parts = [part.strip() for part in head.split(",")]
    if len(parts) > 1 and parts[0] and not _looks_like_name(parts[0]):
        return ""
    if len(parts) > 1 and " " not in parts[0] and _looks_like_name(parts[1]) and len(parts[1].split()) <= 2:
        head = turned(f"{parts[0]}, {parts[1]}")
    else:
        head = parts[0]
    head = " ".join(word for word in head.split() if not any(letter.isdigit() for letter in word)).strip(" .:\"'")
    if reversed_name and head.isupper() and len(head.split()) >= 2:
        words = head.split()
        head = " ".join([*words[1:2], words[0]]).title()
    return head if _looks_like_name(head) else ""


def _looks_like_name(text: str) -> bool:
    words = text.split()
    if not 1 <= len(words) <= 6 or len(text) > 60 or all(fold(word).strip(".,") in NOT_A_NAME for word in words):
        return False
    if any("\u4e00" <= letter <= "\u9fff" for letter in text):
        return len(text) <= 24
    return all(word[0].isalpha() for word in words) and (words[0][0].isupper() or len(words) in (2, 3))
