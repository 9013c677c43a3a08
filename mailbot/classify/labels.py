"""Reads labelled lines: "Employee: Ann Lee" in a mail, "Employee name Ann Lee" in a form without colons."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mailbot.classify.folding import fold
from mailbot.classify.rosters import turned

_VALUE_CAP = 160
_LABELS: tuple[tuple[str, str], ...] = tuple(
    (label, field)
    for field, labels in (
        (
            "subscriber_name",
            "employee name|employee|subscriber name|subscriber|member name|member|name of member|insured name|insured|client name|client|consumer name|consumer|patient name|patient|pt name|pt|applicant name|applicant|"
            "qualified beneficiary|full name|new hire|new employee|policyholder|enrollee|name of employee|name|"
            "empleado|empleada|nombre del empleado|suscriptor|suscriptora|nombre del suscriptor|cliente|nombre del cliente|asegurado|asegurada|miembro|titular|paciente|consumidor|nombre|nombre completo|"
            "员工姓名|员工|会员姓名|会员|客户姓名|客户|姓名|投保人|病人|患者",
        ),
        (
            "dependent_name",
            "dependent name|dependent|spouse name|spouse|child name|child|newborn name|newborn|baby name|baby|wife|husband|son|daughter|domestic partner|partner|name of dependent|name of spouse|name of child|add|"
            "dependiente|nombre del dependiente|esposa|esposo|conyuge|hijo|hija|bebe|pareja|配偶|配偶姓名|家属|家属姓名|子女|孩子|新生儿|太太|先生|宝宝",
        ),
        (
            "new_name",
            "new name|now|new legal name|legal name now|name after marriage|correct name|change to|to|nuevo nombre|nombre nuevo|nombre correcto|ahora|新姓名|现名|更改为",
        ),
        ("old_name", "old name|was|from|previous name|former name|nombre anterior|antes|原姓名|原名|旧姓名"),
        (
            "pcp_name",
            "pcp|new pcp|pcp name|primary care provider|primary care physician|primary care doctor|new doctor|doctor|physician|medico|nuevo medico|medico de cabecera|家庭医生|新医生|医生",
        ),
        (
            "contact_name",
            "contact|contact name|contact person|new user|user|user name|portal user|appeal contact|contacto|nombre de contacto|usuario|联系人|用户",
        ),
        (
            "group_name",
            "group name|company|company name|employer|employer name|legal name|business name|legal business name|firm|organization|nombre del grupo|empresa|compania|empleador|nombre legal|公司|公司名称|团体名称|雇主",
        ),
        (
            "practice_name",
            "practice|practice name|provider|provider name|facility|facility name|clinic|group practice|billing provider|rendering provider|consultorio|clinica|诊所|诊所名称|医院",
        ),
        (
            "new_plan",
            "new plan|plan requested|requested plan|move to|moving to|switch to|plan elected|change to plan|new class|new division|to plan|to class|plan nuevo|nuevo plan|nueva clase|plan solicitado|新计划|更改计划|计划",
        ),
        ("plan", "plan|coverage|class|plan stays"),
    )
    for label in labels.split("|")
)
_BY_LENGTH = tuple(sorted(_LABELS, key=lambda pair: -len(pair[0])))
_BY_LABEL = dict(_LABELS)
_FIRST_LETTERS = frozenset(label[0] for label, _ in _LABELS)
_NO_VALUE = ("n/a", "none", "na", "tbd", "same", "see attached", "unknown", "-", "ninguno", "无")
_NAME_FIELDS = ("subscriber_name", "dependent_name", "new_name", "old_name", "pcp_name", "contact_name")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A labelled value, as it stands at text[start:end]."""

    name: str
    value: str
    start: int
    end: int


def labelled(text: str, *, form: bool) -> Iterator[Labelled]:
    """The labelled lines of a text; in a `form` a label needs no colon behind it."""
    offset = 0
    for line in text.split("\n"):
        yield from _line(line, offset, form=form)
        offset += len(line) + 1


def _line(line: str, offset: int, *, form: bool) -> Iterator[Labelled]:
    start = 0
    while start < len(line) and (line[start] in " \t-*•·[]()#." or line[start].isdigit()):
        start += 1
    if len(line) - start < 4 or len(line) > 400:
        return
    cut = _colon(line, start)
    folded = fold(line)
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
    if not 1 <= len(words) <= 6 or len(text) > 60:
        return False
    if any("\u4e00" <= letter <= "\u9fff" for letter in text):
        return len(text) <= 24
    return all(word[0].isalpha() for word in words) and (words[0][0].isupper() or len(words) in (2, 3))
