"""What a case has learned from all its messages together: values, papers, flags; and what a further message changes."""

from __future__ import annotations

from dataclasses import dataclass, replace

from mailbot.cases.understanding import Flags, Found, Understanding, Where


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that was said in a case so far. Several values of a field stand where several people are meant."""

    fields: tuple[Found, ...] = ()
    issue_described: bool = False
    documents: tuple[str, ...] = ()
    flags: Flags = Flags()

    @property
    def names(self) -> frozenset[str]:
        """The names of the fields that have a value."""
        described = {"issue_description"} if self.issue_described else set()
        return frozenset(found.name for found in self.fields) | described

    def values(self, name: str) -> tuple[str, ...]:
        return tuple(found.value for found in self.fields if found.name == name)


#: The fields that name the member, or the one matter, that a case is about.
MEMBER_FIELDS = ("subscriber_id", "person_id", "subscriber_name", "dependent_name", "claim_number", "preauth_reference")
#: Those of them that name one matter, under which papers are sent later (SOURCES C3).
REFERENCE_FIELDS = ("claim_number", "preauth_reference")
#: A shorter reference would be found by chance.
_SHORTEST_REFERENCE = 5
_MOST_NAMED = 50


@dataclass(frozen=True, slots=True)
class Learned:
    """The facts after a message, and the names of those fields whose value it changed."""

    facts: Facts
    amended: tuple[str, ...] = ()


def of_understanding(understanding: Understanding) -> Facts:
    """What the first message said."""
    return Facts(
        understanding.fields, understanding.issue_described, tuple(understanding.documents), understanding.flags
    )


def members(facts: Facts) -> tuple[str, ...]:
    """Whom and what the facts are about, each in the one form by which it is looked up."""
    return _named(facts, MEMBER_FIELDS)


def references(facts: Facts) -> tuple[str, ...]:
    """The references in the same form; what is too short to be one is left out."""
    return tuple(text for text in _named(facts, REFERENCE_FIELDS) if len(text.partition(":")[2]) >= _SHORTEST_REFERENCE)


def _named(facts: Facts, names: tuple[str, ...]) -> tuple[str, ...]:
    texts = (f"{name}:{_plain(value)}" for name in names for value in facts.values(name))
    return tuple(dict.fromkeys(text for text in texts if not text.endswith(":")))[:_MOST_NAMED]


def contradict(facts: Facts, said: Facts) -> bool:
    """Whether some field has a value here that it does not have there: then two matters may be meant."""
    shared = facts.names & said.names
    return any(
        not _agree(facts.values(name), said.values(name)) and not _agree(said.values(name), facts.values(name))
        for name in shared
    )


def learn(facts: Facts, said: Facts) -> Learned:
    """Add what a further message said. Where it gives another value for a known field, the newest word counts.

    What stands in the directory is nobody's word: it yields to any.
    """
    said = _yielding(said, facts)
    facts = _yielding(facts, said)
    spoken = {found.name for found in said.fields}
    amended = tuple(
        name
        for name in dict.fromkeys(found.name for found in facts.fields)
        if name in spoken and not _agree(facts.values(name), said.values(name))
    )
    kept = tuple(found for found in facts.fields if found.name not in amended)
    known = {(found.name, found.value) for found in kept}
    added = tuple(found for found in said.fields if (found.name, found.value) not in known)
    flags = replace(
        facts.flags, **{name: getattr(facts.flags, name) or getattr(said.flags, name) for name in facts.flags.__slots__}
    )
    return Learned(
        Facts(
            fields=_distinct(kept + added),
            issue_described=facts.issue_described or said.issue_described,
            documents=facts.documents + tuple(paper for paper in said.documents if paper not in facts.documents),
            flags=flags,
        ),
        amended,
    )


def corrected(facts: Facts, name: str, value: str) -> Facts:
    """The facts after staff said what the one value of a field is, or with "" that there is none."""
    others = tuple(found for found in facts.fields if found.name != name)
    return replace(facts, fields=(*others, Found(name, value, Where.STAFF)) if value else others)


def _yielding(facts: Facts, to: Facts) -> Facts:
    """The facts without what only the directory knows where the others have somebody's word."""
    words = {found.name for found in to.fields if found.where is not Where.DIRECTORY}
    fields = tuple(found for found in facts.fields if found.where is not Where.DIRECTORY or found.name not in words)
    return facts if len(fields) == len(facts.fields) else replace(facts, fields=fields)


def join(facts: Facts, taken: Facts, *, newer: bool, foreign: bool) -> Learned:
    """The facts of a case after another was merged into it; `newer`: the other was opened later, its word counts.

    `foreign`: the other has another sender. What only that sender said is marked, so that no letter repeats it;
    what the directory has of them is left out.
    """
    said = tuple(found for found in taken.fields if found.where is not Where.DIRECTORY)
    marked = tuple(replace(found, where=Where.MERGED) for found in said) if foreign else taken.fields
    other = replace(taken, fields=marked)
    learned = learn(facts, other) if newer else learn(other, facts)
    own = {(found.name, _plain(found.value)): found for found in facts.fields}
    fields = tuple(own.get((found.name, _plain(found.value)), found) for found in learned.facts.fields)
    changed = tuple(name for name in learned.amended if newer and facts.values(name))
    return Learned(replace(learned.facts, fields=fields), changed)


def still_missing(missing: tuple[str, ...], said: Facts) -> tuple[str, ...]:
    """What of these is lacking after something was said; "a|b" is there when either is."""
    there = {*said.names, *said.documents}
    return tuple(item for item in missing if not there.intersection(item.split("|")))


def _agree(old: tuple[str, ...], new: tuple[str, ...]) -> bool:
    """A repetition, or a part of what is known, changes nothing."""
    return {_plain(value) for value in new} <= {_plain(value) for value in old}


def _plain(value: str) -> str:
    folded = value.casefold()
    return folded if folded.isalnum() else "".join(filter(str.isalnum, folded))


def _distinct(fields: tuple[Found, ...]) -> tuple[Found, ...]:
    return tuple({(found.name, _plain(found.value)): found for found in reversed(fields)}.values())[::-1]
