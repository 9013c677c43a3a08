"""The desk's rules as values: what the playbook says about each category."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Unit(StrEnum):
    """What a duration is counted in; both end at the close of the day in the desk's time zone."""

    DAYS = "days"
    BUSINESS_DAYS = "business days"


@dataclass(frozen=True, slots=True)
class Duration:
    """A span such as "7 days" or "2 business days"."""

    count: int
    unit: Unit

    def __str__(self) -> str:
        unit = self.unit.value if self.count != 1 else self.unit.value.removesuffix("s")
        return f"{self.count} {unit}"


class LateReply(StrEnum):
    """What a reply to a case that was closed for want of one does."""

    NEW_CASE = "new_case"
    REOPEN = "reopen"


class ForeignGroup(StrEnum):
    """What a producer hears who names a group whose agent of record they are not."""

    ACKNOWLEDGE = "acknowledge"
    NOTHING = "nothing"
    AS_USUAL = "as_usual"


@dataclass(frozen=True, slots=True)
class ConditionalDocument:
    """A document that is required only under a condition, as data.

    `when` names a flag ("retroactive") or "small_group_add"; `unless` a flag that lifts the demand; `states`
    limits it to groups in these states (None: everywhere, none listed: nowhere);
    `within` gives the document a deadline of its own.
    """

    document: str
    when: str
    unless: str | None = None
    states: tuple[str, ...] | None = None
    within: Duration | None = None


@dataclass(frozen=True, slots=True)
class CategoryRules:
    """One category of the playbook with the defaults filled in. `name` maps a language to plain words."""

    code: str
    name: Mapping[str, str]
    team: str
    required: tuple[str, ...]
    documents: tuple[str, ...]
    answer_within: Duration
    reply_within: Duration
    remind_after: tuple[Duration, ...]
    rounds: int
    late_reply: LateReply
    reopen_within: Duration
    confidence: float
    foreign_group: ForeignGroup = ForeignGroup.ACKNOWLEDGE
    conditional: tuple[ConditionalDocument, ...] = ()
    redirect: Mapping[str, str] = field(default_factory=dict)
    guide: str = ""
    final: bool = False
    examples: tuple[str, ...] = ()

    @property
    def family(self) -> str:
        return self.code.partition(".")[0]

    def named(self, language: str) -> str:
        return self.name.get(language) or self.name["en"]


@dataclass(frozen=True, slots=True)
class AttachmentRules:
    """What may be attached to one message (SOURCES C2)."""

    files: int = 5
    megabytes: int = 25
    refused_types: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Playbook:
    """All categories by code, and what holds for every message. `fallback` is other.general."""

    categories: Mapping[str, CategoryRules]
    attachments: AttachmentRules = AttachmentRules()
    fallback: str = "other.general"

    def rules(self, code: str | None) -> CategoryRules:
        """The category's rules; the fallback's for a code that the playbook does not have."""
        return self.categories.get(code or self.fallback) or self.categories[self.fallback]
