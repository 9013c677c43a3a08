"""What is read of an arrival, and what the case that it belongs to knows with it: what steps 5 to 9 work on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from mailbot.cases.facts import Facts, Learned, learn, of_understanding, still_missing
from mailbot.cases.lifecycle import adopts
from mailbot.cases.people import Person
from mailbot.cases.rules import CategoryRules, Playbook
from mailbot.cases.standing import fill, spoken
from mailbot.cases.states import State
from mailbot.cases.understanding import Understanding
from mailbot.classify.answers import read_answers
from mailbot.classify.completeness import Received, missing
from mailbot.classify.sending import sent_at
from mailbot.ingest.forwards import Forwarded
from mailbot.mail import Address, Authenticity, Kind, Message, Screening
from mailbot.store.arrivals import TakenArrival
from mailbot.store.case_file import CaseFile

#: In these states a case lacks what it was asked for.
_LACKING = (State.AWAITING_SENDER, State.CLOSED_NO_REPLY)


@dataclass(frozen=True, slots=True)
class Read:
    """Steps 3, 4 and 6 of one arrival: all that can be known without the store.

    `claimed` is whom the directory has under the From address; `person` is the same where that may be believed.
    """

    taken: TakenArrival
    message: Message = field(repr=False)
    screening: Screening
    authenticity: Authenticity
    understanding: Understanding
    claimed: Person | None = None
    person: Person | None = None
    #: What somebody of the staff forwards, or seems to; the understanding is of that inquiry then.
    forwarded: Forwarded | None = None
    #: Why no letter may answer it; "" where one may.
    unanswered: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """The matched case, what it knows once this message is counted in, and what it then lacks.

    `rules` are those of its category; `said` is what this message itself says; `named`: with it the
    category is plain.
    """

    file: CaseFile
    rules: CategoryRules
    said: Facts
    learned: Learned
    lacking: tuple[str, ...]
    named: bool = False


def writers(read: Iterable[Read]) -> list[Address]:
    """Who wrote these, where a person did."""
    senders = (each.message.sender for each in read if each.screening.kind.from_a_person)
    return [sender for sender in senders if sender is not None]


def known(file: CaseFile, read: Read, playbook: Playbook, *, answers_it: bool, is_first_word: bool = False) -> Known:
    """What the case would know and lack with this message.

    `answers_it`: numbers in the text are those of the last request; otherwise they are the sender's own.
    What was asked for stays asked for until somebody sends it, also where the playbook does not demand it, or where
    staff did not trust the value that is known. `is_first_word`: nobody outside has said anything in the case yet.
    """
    said, rules = spoken(of_understanding(read.understanding)), playbook.rules(file.category)
    kind = Kind.INQUIRY if is_first_word else read.screening.kind
    named = adopts(read.understanding, kind, file.confidence, rules, playbook)
    if named:
        rules = playbook.rules(read.understanding.category)
    sent = sent_at(read.message, read.taken.received_at)
    answers = read_answers(read.message.new_text, file.missing, sent.date()) if answers_it else ()
    answered = {found.name for found in answers}
    kept = tuple(found for found in said.fields if found.name not in answered)
    said = replace(said, fields=kept + answers)
    learned = learn(file.facts, said)
    whole = fill(learned.facts, read.person)
    news = replace(said, fields=said.fields + whole.fields[len(learned.facts.fields) :])
    asked = still_missing(file.missing, news) if file.state in _LACKING else ()
    now_lacking = tuple(dict.fromkeys((*asked, *lacking(rules, whole))))
    return Known(file, rules, said, replace(learned, facts=whole), now_lacking, named)


def lacking(rules: CategoryRules, facts: Facts) -> tuple[str, ...]:
    """What a case of this category still lacks."""
    return missing(rules, Received(facts.names, facts.documents, facts.flags))
