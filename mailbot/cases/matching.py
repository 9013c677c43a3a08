"""Step 5: which case a message belongs to, on what evidence, and how far its sender is trusted.

Evidence is ranked: a signed token, then an id of ours, then an id of theirs, then a case number in the subject.
Evidence that names different cases cancels itself: nobody's mail is joined to a case on a guess. A subject's text
or an empty id is never evidence; what stands in a quote only counts when it is signed and nothing else points anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from mailbot.cases import number, tokens
from mailbot.cases.people import Trust
from mailbot.mail import Authenticity, Envelope, Message, OwnAddresses, Verdict

#: Of a long References header the first id and the last ones are looked up (ATTACKS A042).
MAX_REFERENCES = 50
#: How far into a text a reference mark is looked for.
_TEXT_CAP = 20_000
_ID_CAP = 900
_REF = re.compile(rf"ref:([0-9A-Za-z]{{{tokens.LENGTH}}}):ref")


class Evidence(StrEnum):
    """What points to a case, strongest first."""

    TOKEN = "token"  # noqa: S105 a word, no secret
    OUR_ID = "our message id"
    THEIR_ID = "their message id"
    NUMBER = "case number"
    QUOTED_TOKEN = "signed mark in the quote"  # noqa: S105
    #: A claim or preauthorization that papers came for. The weakest: it joins only where the sender is on the case.
    REFERENCE = "reference"


class Origin(StrEnum):
    """How a case knows a message id: a letter's, a message's, or one that a message referred to."""

    OURS = "ours"
    THEIRS = "theirs"
    REFERENCED = "referenced"


@dataclass(frozen=True, slots=True)
class Clues:
    """What a message offers for looking a case up; ids are nearest first.

    `references` are those of the papers that it brings, as facts.references writes them; without papers there are none.
    """

    token_numbers: tuple[str, ...] = ()
    quoted_numbers: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    own_id: str = ""
    subject_numbers: tuple[str, ...] = ()
    references: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A case that a clue led to, after merges were followed; `knows_sender`: the From address is on it."""

    case_id: int
    number: str
    knows_sender: bool


@dataclass(frozen=True, slots=True)
class Lookups:
    """The store's answers: cases by the number asked for, and by id and the way the case knows it.

    `by_reference` are the open cases about a reference; where none is open, the last one that was closed unanswered.
    """

    by_number: Mapping[str, Candidate]
    by_id: Mapping[tuple[str, Origin], tuple[Candidate, ...]]
    by_reference: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """One piece of evidence and the case it names."""

    evidence: Evidence
    candidate: Candidate


@dataclass(frozen=True, slots=True)
class Match:
    """Step 5's answer: the case to append to, or the cases that staff should look at instead."""

    case: Candidate | None
    trust: Trust
    hits: tuple[Hit, ...] = ()

    @property
    def conflict(self) -> bool:
        return len({hit.candidate.case_id for hit in self.hits}) > 1

    @property
    def possible(self) -> tuple[Candidate, ...]:
        """The cases it may belong to, where it was not joined to one."""
        return () if self.case else tuple({hit.candidate.case_id: hit.candidate for hit in self.hits}.values())


def clues(message: Message, envelope: Envelope, own: OwnAddresses, keys: tuple[tokens.TokenKey, ...]) -> Clues:
    """Everything in the message that may name a case, genuine tokens only."""
    ids = tuple(
        dict.fromkeys(i for i in (*message.in_reply_to, *_nearest(message.references)) if 0 < len(i) <= _ID_CAP)
    )
    return Clues(
        token_numbers=_genuine(_shown_tokens(message, envelope, own, ids), keys),
        quoted_numbers=_genuine([(tokens.Purpose.REF, mark) for mark in _marks(message.quoted)], keys),
        ids=ids,
        own_id=message.message_id[:_ID_CAP],
        subject_numbers=number.find(message.subject),
    )


def _genuine(shown: list[tuple[tokens.Purpose, str]], keys: tuple[tokens.TokenKey, ...]) -> tuple[str, ...]:
    checked = (tokens.check(keys, purpose, token) for purpose, token in shown)
    return tuple(dict.fromkeys(number for number in checked if number))


def match(clues: Clues, lookups: Lookups, authenticity: Authenticity, *, require_pass: bool) -> Match:
    """Weigh the store's answers; `require_pass`: nobody is known without authentication that passed."""
    hits = _hits(clues, lookups)
    if not hits:
        return _by_reference(lookups.by_reference, proven=is_proven(authenticity, require_pass=require_pass))
    first = hits[0].candidate
    if any(hit.candidate.case_id != first.case_id for hit in hits):
        return Match(None, Trust.DOUBTFUL, hits)
    if is_proven(authenticity, require_pass=require_pass) and first.knows_sender:
        return Match(first, Trust.KNOWN, hits)
    return Match(None, Trust.DOUBTFUL, hits)


def for_staff(clues: Clues, lookups: Lookups) -> Match:
    """The case that staff mean: they need not be on it. Evidence that names several cases names none."""
    hits = _hits(clues, lookups)
    cases = {hit.candidate.case_id: hit.candidate for hit in hits}
    return Match(next(iter(cases.values())) if len(cases) == 1 else None, Trust.STAFF, hits)


def is_proven(authenticity: Authenticity, *, require_pass: bool) -> bool:
    """Whether the sender may be taken for who the From address says."""
    return authenticity.verdict is Verdict.PASS or (authenticity.verdict is Verdict.NONE and not require_pass)


def _by_reference(candidates: tuple[Candidate, ...], *, proven: bool) -> Match:
    """Papers under a reference belong to the one case of their sender about it; of others they may be a part.

    Anybody can know a reference: it makes nobody doubtful, and their mail is an inquiry like any other.
    """
    theirs = tuple(candidate for candidate in candidates if candidate.knows_sender) if proven else ()
    hits = tuple(Hit(Evidence.REFERENCE, candidate) for candidate in theirs or candidates)
    if len(theirs) == 1:
        return Match(theirs[0], Trust.KNOWN, hits)
    return Match(None, Trust.STRANGER, hits)


def _hits(clues: Clues, lookups: Lookups) -> tuple[Hit, ...]:
    found = [Hit(Evidence.TOKEN, lookups.by_number[n]) for n in clues.token_numbers if n in lookups.by_number]
    for evidence, origin in ((Evidence.OUR_ID, Origin.OURS), (Evidence.THEIR_ID, Origin.THEIRS)):
        found += _nearest_hit(evidence, origin, clues.ids, lookups)
    if not any(hit.evidence is Evidence.THEIR_ID for hit in found):
        found += _referenced(clues, lookups)
    found += [Hit(Evidence.NUMBER, lookups.by_number[n]) for n in clues.subject_numbers if n in lookups.by_number]
    if not found:
        found += [
            Hit(Evidence.QUOTED_TOKEN, lookups.by_number[n]) for n in clues.quoted_numbers if n in lookups.by_number
        ]
    return tuple(found)


def _nearest_hit(evidence: Evidence, origin: Origin, ids: tuple[str, ...], lookups: Lookups) -> list[Hit]:
    """Only the nearest known id counts: a long thread may have passed through an older case.

    Where several cases know that id (somebody used it twice), those that know the sender are meant.
    """
    nearest = next((lookups.by_id[i, origin] for i in ids if (i, origin) in lookups.by_id), ())
    meant = [candidate for candidate in nearest if candidate.knows_sender] or nearest
    return [Hit(evidence, candidate) for candidate in meant]


def _referenced(clues: Clues, lookups: Lookups) -> list[Hit]:
    """An answer may come before the mail that it answers: the id was then only referred to (PAINS 15)."""
    ids = (clues.own_id, *clues.ids) if clues.own_id else clues.ids
    return _nearest_hit(Evidence.THEIR_ID, Origin.REFERENCED, ids, lookups)


def _nearest(references: tuple[str, ...]) -> tuple[str, ...]:
    """The references last to first; of very many the last ones and the first."""
    if len(references) > MAX_REFERENCES:
        references = (references[0], *references[-MAX_REFERENCES + 1 :])
    return references[::-1]


def _shown_tokens(
    message: Message, envelope: Envelope, own: OwnAddresses, ids: tuple[str, ...]
) -> list[tuple[tokens.Purpose, str]]:
    """Tokens in the address written to, in the new text and subject, and in ids of ours; quotes are not looked at."""
    addressed = (*envelope.recipients, *(address.address for address in (*message.to, *message.cc)))
    details = [_detail(address) for address in addressed if own.owns(address)]
    marks = _marks(message.subject) + _marks(message.new_text)
    ours = [i.partition("@")[0].rpartition(".")[2] for i in ids if i.lower().endswith(f"@{own.host}")]
    return [
        *((tokens.Purpose.REPLY, detail) for detail in details if detail),
        *((tokens.Purpose.REF, mark) for mark in marks),
        *((tokens.Purpose.MESSAGE_ID, token) for token in ours),
    ]


def _marks(text: str) -> list[str]:
    return _REF.findall(text[:_TEXT_CAP])


def _detail(address: str) -> str:
    """The part after "+" of a local part (RFC 5233)."""
    return address.rpartition("@")[0].partition("+")[2]
