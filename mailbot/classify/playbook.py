"""Reads a playbook: the desk's rules, as TOML that a desk edits, into the values that the rest works with."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from mailbot.cases.rules import (
    AttachmentRules,
    CategoryRules,
    ConditionalDocument,
    ForeignGroup,
    LateReply,
    Playbook,
)
from mailbot.classify.durations import duration
from mailbot.classify.playbook_check import mistakes
from mailbot.errors import ConfigurationError


def shipped() -> str:
    """The text of the playbook that comes with mailbot; `mailbot init` copies it."""
    return resources.files("mailbot.classify").joinpath("playbook.toml").read_text(encoding="utf-8")


def load(path: Path | None = None) -> Playbook:
    """The playbook in a file, or the shipped one for None.

    Raises ConfigurationError, with line and key, for the first mistake that keeps it from being used.
    """
    if path is None:
        return read(shipped(), "playbook.toml")
    try:
        return read(path.read_text(encoding="utf-8"), str(path))
    except OSError as error:
        raise ConfigurationError(
            f"{path}: the playbook cannot be read ({error.strerror}); see `mailbot init`"
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{path}: the playbook is not UTF-8; save it as UTF-8 and try again") from error


def read(text: str, name: str) -> Playbook:
    """A playbook from its text; `name` stands before the line in what is raised."""
    for mistake in mistakes(text):
        if mistake.fatal:
            raise ConfigurationError(f"{name}: {mistake}")
    tables = tomllib.loads(text)
    defaults = _BUILT_IN | tables.get("defaults", {})
    return Playbook(
        categories={row["code"]: _category(defaults | row) for row in tables["category"]},
        attachments=_attachments(tables.get("attachments", {})),
    )


_BUILT_IN: Mapping[str, Any] = {
    "team": "Enrollment",
    "required": [],
    "documents": [],
    "answer_within": "2 business days",
    "reply_within": "7 business days",
    "remind_after": ["3 business days"],
    "rounds": 3,
    "late_reply": "new_case",
    "reopen_within": "5 business days",
    "confidence": 0.6,
    "foreign_group": "acknowledge",
    "conditional": [],
    "redirect": {},
    "guide": "",
    "final": False,
    "examples": [],
}


def _category(row: Mapping[str, Any]) -> CategoryRules:
    return CategoryRules(
        code=row["code"],
        name=dict(row["name"]),
        team=row["team"],
        required=tuple(row["required"]),
        documents=tuple(row["documents"]),
        answer_within=duration(row["answer_within"]),
        reply_within=duration(row["reply_within"]),
        remind_after=tuple(duration(span) for span in row["remind_after"]),
        rounds=row["rounds"],
        late_reply=LateReply(row["late_reply"]),
        reopen_within=duration(row["reopen_within"]),
        confidence=float(row["confidence"]),
        foreign_group=ForeignGroup(row["foreign_group"]),
        conditional=tuple(_conditional(rule) for rule in row["conditional"]),
        redirect=dict(row["redirect"]),
        guide=row["guide"],
        final=row["final"],
        examples=tuple(row["examples"]),
    )


def _conditional(rule: Mapping[str, Any]) -> ConditionalDocument:
    return ConditionalDocument(
        document=rule["document"],
        when=rule["when"],
        unless=rule.get("unless"),
        states=tuple(rule["states"]) if "states" in rule else None,
        within=duration(rule["within"]) if "within" in rule else None,
    )


def _attachments(row: Mapping[str, Any]) -> AttachmentRules:
    usual = AttachmentRules()
    return AttachmentRules(
        files=row.get("files", usual.files),
        megabytes=row.get("megabytes", usual.megabytes),
        refused_types=tuple(row.get("refused_types", usual.refused_types)),
    )
