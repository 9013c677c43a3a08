"""What would happen to a mail under one set of rules, beside what would happen under another: nothing is changed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from mailbot.cases.lifecycle import Inquiry, decide, sure_rules
from mailbot.cases.matching import Match
from mailbot.cases.people import Trust
from mailbot.cases.rules import Playbook
from mailbot.classify.ranking import Ranker
from mailbot.classify.sending import sent_at
from mailbot.classify.understand import understand
from mailbot.ingest.authenticity import assess
from mailbot.ingest.extract import FileReader, read_texts
from mailbot.ingest.parse import parse
from mailbot.ingest.screen import screen
from mailbot.mail import Envelope, Kind, Message, OwnAddresses, Screening

#: What is compared, in the order of a listing.
COMPARED = ("category", "team", "missing", "letter")


@dataclass(frozen=True, slots=True)
class Rules:
    """A playbook and the model that goes with it."""

    playbook: Playbook
    ranker: Ranker


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail to rehearse with; `name` is what the listing calls it."""

    name: str
    raw: bytes = field(repr=False)
    received_at: datetime
    envelope: Envelope = Envelope(sender=None)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one set of rules makes of a mail that opens a case.

    `sure` is false where the category is only a guess: staff look, and `letter` asks for nothing.
    """

    category: str | None
    confidence: float
    sure: bool
    team: str
    missing: tuple[str, ...]
    letter: str | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """One mail under today's rules and under the new ones."""

    name: str
    kind: Kind
    message_id: str
    today: Outcome
    new: Outcome

    @property
    def changes(self) -> tuple[str, ...]:
        """The names of what would differ."""
        return tuple(name for name in COMPARED if getattr(self.today, name) != getattr(self.new, name))


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """Runs mail through two sets of rules; each mail by itself, as if it had come first."""

    today: Rules
    new: Rules
    own: OwnAddresses
    files: FileReader
    authserv_ids: tuple[str, ...] = ()

    def compare(self, mail: Mail) -> Comparison:
        """Both outcomes of one mail. What parsing raises is raised."""
        message = parse(mail.raw)
        screening = screen(message, mail.envelope, self.own)
        if screening.kind.from_a_person:
            message = read_texts(message, self.files)
        today, new = (self._outcome(message, screening, mail, rules) for rules in (self.today, self.new))
        return Comparison(mail.name, screening.kind, message.message_id, today, new)

    def _outcome(self, message: Message, screening: Screening, mail: Mail, rules: Rules) -> Outcome:
        playbook = rules.playbook
        sent = sent_at(message, mail.received_at)
        understood = understand(message, screening.kind, playbook, sent, rules.ranker)
        inquiry = Inquiry(
            message=message,
            screening=screening,
            authenticity=assess(message, self.authserv_ids, None),
            match=Match(None, Trust.STRANGER),
            understanding=understood,
            received_at=mail.received_at,
        )
        sure = sure_rules(understood, playbook)
        return Outcome(
            category=understood.category,
            confidence=understood.confidence,
            sure=sure is not None,
            team=(sure or playbook.rules(None)).team if screening.kind.from_a_person else "",
            missing=understood.missing,
            letter=decide(inquiry, playbook).letter,
        )
