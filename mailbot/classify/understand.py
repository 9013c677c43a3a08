"""Step 6: from a parsed message to what it is, what it says, what came with it and what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from mailbot.cases.rules import CategoryRules, Playbook
from mailbot.cases.subjects import is_answered_subject
from mailbot.cases.understanding import Found, Intent, Understanding
from mailbot.classify.choosing import Wanted
from mailbot.classify.completeness import Received, missing
from mailbot.classify.dates import is_month_first
from mailbot.classify.documents import document_types
from mailbot.classify.fields import Findings, read_all
from mailbot.classify.flags import raise_flags
from mailbot.classify.folding import fold
from mailbot.classify.intent import intent_of, names_another_matter
from mailbot.classify.issues import is_described
from mailbot.classify.language import language_of
from mailbot.classify.passages import passages, plain_subject
from mailbot.classify.promise import only_promises
from mailbot.classify.ranking import Ranker, Ranking
from mailbot.classify.second_matter import second_matter
from mailbot.classify.settle import settle
from mailbot.classify.status_question import asks_status
from mailbot.mail import Kind, Message

_GUESSES = 3
_RECIPIENTS = 20
#: A reply opens a matter of its own only when its category is as good as certain.
_SURE = 0.85
_CHANGES_COVERAGE = ("eligibility", "enrollment.consumer_enrollment")
_CHANGES_NOTHING = ("eligibility.id_card",)


@dataclass(frozen=True, slots=True)
class SentMessage:
    """A message of a kind; `at` is the day that "next month" and the like count from.

    That is the Date header's, in the sender's own offset, or that of the topmost Received header.
    """

    message: Message
    kind: Kind
    at: datetime


@dataclass(frozen=True, slots=True)
class _Heard:
    """What is known of a message before its category; `told` is its language, "" where the text does not tell it.

    `typed` is what its sender wrote, `folded` the same folded.
    """

    sent: SentMessage
    typed: str
    folded: str
    told: str
    subject: str
    documents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Ranked:
    """The category where a message needs one, the rules that follow, and the code of a second matter or ""."""

    ranking: Ranking | None
    rules: CategoryRules
    also: str = ""


def understand(
    message: Message, kind: Kind, playbook: Playbook, sent_at: datetime, ranker: Ranker | None = None, usual: str = "en"
) -> Understanding:
    """What one message is understood to be: Understander has the words."""
    return Understander(playbook, ranker, usual).understand([SentMessage(message, kind, sent_at)])[0]


class Understander:
    """Step 6 under a playbook; without a ranker every category is other.general with confidence 0.

    `usual` is the language of a text that does not tell its own.
    """

    def __init__(self, playbook: Playbook, ranker: Ranker | None = None, usual: str = "en") -> None:
        self._playbook, self._ranker, self._usual = playbook, ranker, usual

    def understand(self, messages: Sequence[SentMessage]) -> list[Understanding]:
        """What each is understood to be, which does not depend on the others.

        All of them are ranked before the first is read: the code and the tables of a step are near the processor then.
        """
        heard = [_heard(each) for each in messages]
        ranked = [self._ranked(each) for each in heard]
        found = [self._found(*each) for each in zip(heard, ranked, strict=True)]
        return [self._understood(*each) for each in zip(heard, ranked, found, strict=True)]

    def _ranked(self, heard: _Heard) -> _Ranked:
        """A reply takes its category from its case: it is ranked only where it may be about something else."""
        message, kind = heard.sent.message, heard.sent.kind
        inquires = kind is Kind.INQUIRY
        if not (inquires or (kind is Kind.REPLY and _turns_elsewhere(message))):
            return _Ranked(None, self._playbook.rules(None))
        if self._ranker is None:
            return _Ranked(Ranking(((self._playbook.fallback, 0.0),)), self._playbook.rules(None))
        ranking = self._ranker.rank(message, self._playbook)
        if not inquires:
            return _Ranked(ranking, self._playbook.rules(None))
        also = second_matter(message, heard.typed, ranking, self._playbook, self._ranker)
        return _Ranked(ranking, self._playbook.rules(ranking.ranked[0][0]), also)

    def _found(self, heard: _Heard, ranked: _Ranked) -> Findings | None:
        """Everything that a person states; None for what a machine sent."""
        message, kind, at = heard.sent.message, heard.sent.kind, heard.sent.at
        if not kind.from_a_person:
            return None
        return read_all(
            passages(message, kind, heard.documents, heard.subject),
            at.date(),
            day_first=(heard.told or self._usual) == "es" and not is_month_first(heard.typed),
            desk=_desk(message),
            asked=_wanted(ranked.rules, kind).fields,
        )

    def _understood(self, heard: _Heard, ranked: _Ranked, findings: Findings | None) -> Understanding:
        language = heard.told or self._usual
        if findings is None:
            return Understanding(None, 0.0, documents=heard.documents, language=language)
        message, kind, rules = heard.sent.message, heard.sent.kind, ranked.rules
        fields = settle(findings, _wanted(rules, kind))
        asked = _asks_status(message, heard.subject, heard.folded if heard.typed == message.new_text else "")
        writer = message.sender.name if message.sender else ""
        whole = Understanding(
            category=None,
            confidence=0.0,
            fields=fields,
            issue_described=is_described(heard.subject, heard.typed, writer, folded=heard.folded),
            flags=raise_flags(
                message,
                f"{message.subject}\n{heard.typed}",
                fields,
                heard.sent.at.date(),
                adds_dependent=_adds_dependent(rules, kind),
                category=rules.code,
            ),
            documents=heard.documents,
            language=asked or language,
            language_told=bool(asked or heard.told),
            intent=Intent.STATUS if asked else _intent(message, fields),
            status_only=bool(asked),
        )
        ranking = ranked.ranking
        if ranking and kind is Kind.INQUIRY:
            opened = _categorised(whole, ranking, rules, ranked.also)
            return replace(opened, confidence=0.0, missing=()) if asked else opened
        if ranking and ranking.ranked[0][1] >= _SURE:
            return _categorised(whole, ranking, self._playbook.rules(ranking.ranked[0][0]))
        return whole


def _heard(sent: SentMessage) -> _Heard:
    message = sent.message
    typed = message.new_text if sent.kind is Kind.REPLY else message.text
    folded = fold(typed)
    told = language_of(typed or message.text or message.subject, "", folded)
    return _Heard(sent, typed, folded, told, plain_subject(message.subject), document_types(message))


def _asks_status(message: Message, subject: str, folded: str) -> str | None:
    """The language in which a mail asks how cases stand, where it brings nothing and forwards nothing."""
    if message.forwarded or any(not file.inline for file in message.attachments):
        return None
    return asks_status(message.new_text, subject, folded)


def _intent(message: Message, fields: tuple[Found, ...]) -> Intent:
    papers = any(not file.inline for file in message.attachments)
    intent = intent_of(message.new_text, attachments=papers)
    if intent in (Intent.NONE, Intent.THANKS) and only_promises(message.new_text, fields, papers=papers):
        return Intent.PROMISE
    return intent


def _desk(message: Message) -> frozenset[str]:
    """What the desk is called in the addresses written to: the first labels of their domains."""
    domains = (address.address.rpartition("@")[2] for address in (*message.to, *message.cc)[:_RECIPIENTS])
    sender = message.sender.address.rpartition("@")[2] if message.sender else ""
    return frozenset(domain.partition(".")[0].casefold() for domain in domains if domain != sender)


def _turns_elsewhere(message: Message) -> bool:
    """Somebody may have answered an old mail to write about something else (PAINS 14), as they say."""
    return not is_answered_subject(message.subject) or names_another_matter(message.new_text)


def _categorised(whole: Understanding, ranking: Ranking, rules: CategoryRules, also: str = "") -> Understanding:
    """With the category, and what is missing under its rules; `also` is the code of a second matter."""
    names = {found.name for found in whole.fields} | ({"issue_description"} if whole.issue_described else set())
    return replace(
        whole,
        category=rules.code,
        confidence=ranking.ranked[0][1],
        alternatives=ranking.ranked[1 : 1 + _GUESSES],
        because=ranking.because,
        missing=missing(rules, Received(names, whole.documents, whole.flags)),
        also=also,
    )


def _wanted(rules: CategoryRules, kind: Kind) -> Wanted:
    """What the category requires; a reply may bring anything that an earlier letter asked for."""
    if kind is Kind.REPLY:
        return Wanted(_ANSWERS, dated=True)
    required = frozenset(part for field in rules.required for part in field.split("|"))
    dated = (
        rules.family in _CHANGES_COVERAGE or rules.code in _CHANGES_COVERAGE
    ) and rules.code not in _CHANGES_NOTHING
    choices = tuple(frozenset(field.split("|")) for field in rules.required if "|" in field)
    return Wanted(required, dated=dated, ends_coverage="termination" in rules.code, choices=choices)


def _adds_dependent(rules: CategoryRules, kind: Kind) -> bool:
    return kind is Kind.INQUIRY and "dependent_name" in rules.required


_ANSWERS = frozenset(
    [
        "effective_date",
        "date_of_birth",
        "new_address",
        "new_plan",
        "payment_date",
        "payment_amount",
        "billing_period",
        "tax_year",
    ]
)
