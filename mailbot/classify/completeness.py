"""Says what a case still lacks under the playbook: required fields, then documents, then those under a condition."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from mailbot.cases.rules import CategoryRules, ConditionalDocument
from mailbot.cases.understanding import Flags


@dataclass(frozen=True, slots=True)
class Received:
    """What a case has: names of fields, types of documents, its flags, and what the directory knows of the group.

    `state` is the group's; `small_group_add` is true where a small group adds somebody.
    """

    fields: Collection[str]
    documents: Collection[str]
    flags: Flags = Flags()
    small_group_add: bool = False
    state: str | None = None

    def holds(self, condition: str) -> bool:
        """Whether a condition of the playbook is met."""
        if condition == "small_group_add":
            return self.small_group_add
        return bool(getattr(self.flags, condition))


def missing(rules: CategoryRules, received: Received) -> tuple[str, ...]:
    """What is lacking, in the order in which it is asked for; "a|b" where either field serves."""
    told = frozenset(received.fields)
    fields = [field for field in rules.required if told.isdisjoint(field.split("|"))]
    papers = [*rules.documents, *(rule.document for rule in rules.conditional if _demanded(rule, received))]
    return (*fields, *(paper for paper in dict.fromkeys(papers) if paper not in received.documents))


def _demanded(rule: ConditionalDocument, received: Received) -> bool:
    lifted = rule.unless is not None and received.holds(rule.unless)
    return received.holds(rule.when) and not lifted and (rule.states is None or received.state in rule.states)
