"""Step 6: from a parsed message to what it is, what it says, what came with it and what is missing."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from mailbot.cases.rules import CategoryRules, Playbook
from mailbot.cases.subjects import is_answered_subject
from mailbot.cases.understanding import Found, Intent, Understanding
from mailbot.classify.choosing import Wanted
from mailbot.classify.completeness import Received, missing
from mailbot.classify.dates import is_month_first
from mailbot.classify.documents import document_types
from mailbot.classify.fields import read_all
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


def understand(
    message: Message, kind: Kind, playbook: Playbook, sent_at: datetime, ranker: Ranker | None = None, usual: str = "en"
) -> Understanding:
    """What the message is understood to be; without a ranker, other.general with confidence 0.

    `sent_at` is the day that "next month" and the like count from: the Date header's, in the sender's own offset,
    or that of the topmost Received header. `usual` is the language of a text that does not tell its own.
    """
    typed = message.new_text if kind is Kind.REPLY else message.text
    folded = fold(typed)
    told = language_of(typed or message.text or message.subject, "", folded)
    language = told or usual
    documents = document_types(message)
    if not kind.from_a_person:
        return Understanding(None, 0.0, documents=documents, language=language)
    sent = sent_at.date()
    day_first = language == "es" and not is_month_first(typed)
    subject = plain_subject(message.subject)
    described = is_described(subject, typed, message.sender.name if message.sender else "", folded=folded)
    inquires = kind is Kind.INQUIRY
    # A reply takes its category from its case: it is ranked only where it may be about something else.
    ranking = _ranked(message, playbook, ranker) if inquires or _turns_elsewhere(message) else None
    rules = playbook.rules(ranking.ranked[0][0] if ranking and inquires else None)
    wanted = _wanted(rules, kind)
    read = passages(message, kind, documents, subject)
    findings = read_all(read, sent, day_first=day_first, desk=_desk(message), asked=wanted.fields)
    fields = settle(findings, wanted)
    asked = _asks_status(message, subject, folded if typed == message.new_text else "")
    whole = Understanding(
        category=None,
        confidence=0.0,
        fields=fields,
        issue_described=described,
        flags=raise_flags(
            message,
            f"{message.subject}\n{typed}",
            fields,
            sent,
            adds_dependent=_adds_dependent(rules, kind),
            category=rules.code,
        ),
        documents=documents,
        language=asked or language,
        language_told=bool(asked or told),
        intent=Intent.STATUS if asked else _intent(message, fields),
        status_only=bool(asked),
    )
    if ranking and inquires:
        also = second_matter(message, typed, ranking, playbook, ranker) if ranker else ""
        opened = _categorised(whole, ranking, rules, also)
        return replace(opened, confidence=0.0, missing=()) if asked else opened
    if ranking and ranking.ranked[0][1] >= _SURE:
        return _categorised(whole, ranking, playbook.rules(ranking.ranked[0][0]))
    return whole


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


def _ranked(message: Message, playbook: Playbook, ranker: Ranker | None) -> Ranking:
    return ranker.rank(message, playbook) if ranker else Ranking(((playbook.fallback, 0.0),))


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
