"""A case as a unit of work holds it: everything known of it, unsealed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from mailbot.cases.facts import Facts
from mailbot.cases.states import State
from mailbot.cases.understanding import Flags, Found, Where
from mailbot.store.work import Work


@dataclass(frozen=True, slots=True)
class CaseFile:
    """One case. `request_id` is its last information request; `reply_due` stands once that was accepted.

    `clock_stopped` says why the clock does not run although the case waits for the sender; `version` counts its
    changes; `comments` are what staff said when they resolved it. `answer_due` is the end of the day that was promised.
    """

    case_id: int
    number: str
    state: State
    category: str
    confidence: float
    team: str
    language: str
    opened_at: datetime
    answer_due: datetime | None
    missing: tuple[str, ...]
    review: tuple[str, ...]
    rounds: int
    reminders: int
    reply_due: datetime | None
    remind_at: datetime | None
    request_id: int | None
    clock_stopped: str | None
    ended_at: datetime | None
    assignee: str | None
    merged_into: int | None
    version: int
    content: CaseContent = field(repr=False)

    @property
    def facts(self) -> Facts:
        return self.content.facts


@dataclass(frozen=True, slots=True)
class CaseContent:
    """What is sealed of a case."""

    subject: str
    facts: Facts
    because: tuple[str, ...] = ()
    alternatives: tuple[tuple[str, float], ...] = ()
    comments: str = ""


def columns_of(work: Work, case_id: int, content: CaseContent) -> dict[str, object]:
    """The columns that hold a case's content: values sealed, names plain, the group as a digest."""
    facts, flags = content.facts, content.facts.flags
    whole = {
        "subject": content.subject,
        "fields": [[found.name, found.value, found.where] for found in facts.fields],
        "issue_described": facts.issue_described,
        "because": list(content.because),
        "alternatives": [list(pair) for pair in content.alternatives],
        "comments": content.comments,
    }
    group = next(iter(facts.values("group_number")), None)
    return {
        "content": work.sealer.seal_text("cases", case_id, "content", json.dumps(whole)),
        "documents": list(facts.documents),
        "flags": [name for name in flags.__slots__ if getattr(flags, name)],
        "group_key": work.blind("group", group) if group else None,
    }


def content_of(work: Work, row: Row[Any]) -> CaseContent:
    """The content of a row of `cases`. Tampered when it does not open."""
    whole: Mapping[str, Any] = json.loads(work.sealer.open_text("cases", row.id, "content", row.content))
    return CaseContent(
        subject=whole["subject"],
        facts=Facts(
            fields=tuple(Found(name, value, Where(where)) for name, value, where in whole["fields"]),
            issue_described=whole["issue_described"],
            documents=tuple(row.documents),
            flags=Flags(**dict.fromkeys(row.flags, True)),
        ),
        because=tuple(whole["because"]),
        alternatives=tuple((code, confidence) for code, confidence in whole["alternatives"]),
        comments=whole["comments"],
    )


def file_of(work: Work, row: Row[Any]) -> CaseFile:
    """The case in a row of `cases`."""
    return CaseFile(
        case_id=row.id,
        number=row.number,
        state=State(row.state),
        category=row.category,
        confidence=row.confidence,
        team=row.team,
        language=row.language,
        opened_at=row.opened_at,
        answer_due=row.answer_due,
        missing=tuple(row.missing),
        review=tuple(row.review),
        rounds=row.rounds,
        reminders=row.reminders,
        reply_due=row.reply_due,
        remind_at=row.remind_at,
        request_id=row.request_id,
        clock_stopped=row.clock_stopped,
        ended_at=row.ended_at,
        assignee=row.assignee,
        merged_into=row.merged_into,
        version=row.version,
        content=content_of(work, row),
    )
