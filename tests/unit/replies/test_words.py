"""The words of each language."""

from __future__ import annotations

import tomllib
from datetime import date

import pytest

from mailbot.cases.lifecycle import State
from mailbot.cases.rules import AttachmentRules, Duration, Unit
from mailbot.classify import playbook
from mailbot.errors import ConfigurationError
from mailbot.ingest.attachments import refused
from mailbot.mail import Attachment
from mailbot.replies.templates import LetterTemplates, load_templates
from mailbot.replies.words import TABLES, Words, words_from


@pytest.fixture(scope="module")
def templates() -> LetterTemplates:
    return load_templates()


@pytest.fixture
def english(templates: LetterTemplates) -> Words:
    return templates.words["en"]


def test_dates_are_written_out_in_each_language(templates: LetterTemplates) -> None:
    day = date(2026, 11, 24)
    assert templates.words["en"].day(day) == "Tuesday, November 24, 2026"
    assert templates.words["es"].day(day) == "martes 24 de noviembre de 2026"
    assert templates.words["zh"].day(day) == "2026年11月24日（星期二）"


def test_spans_have_a_singular_and_a_plural(english: Words) -> None:
    assert english.span(Duration(1, Unit.BUSINESS_DAYS)) == "1 business day"
    assert english.span(Duration(7, Unit.DAYS)) == "7 days"


def test_alternatives_are_joined_and_the_phrase_begins_with_a_capital(templates: LetterTemplates) -> None:
    name = "person_id|subscriber_name"
    assert templates.words["en"].missing(name) == "The person ID of the exchange or the subscriber's full name"
    assert templates.words["zh"].missing(name) == "保险交易所的个人编号（person ID），或投保人姓名"


def test_a_field_of_the_desks_own_is_asked_for_by_its_readable_code(english: Words) -> None:
    assert english.missing("union_local") == "Union local"


def test_an_unknown_reason_or_state_has_words_too(english: Words) -> None:
    assert english.why_refused("phase_of_the_moon") == "it could not be accepted"
    assert english.state("being_thought_about") == english.state("awaiting_staff")


@pytest.mark.parametrize("language", ["en", "es", "zh"])
def test_whatever_the_playbook_may_require_has_words(templates: LetterTemplates, language: str) -> None:
    words, rules = templates.words[language], playbook.load()
    for category in rules.categories.values():
        fields = {part for name in category.required for part in name.split("|")}
        assert fields <= words.fields.keys()
        documents = {*category.documents, *(condition.document for condition in category.conditional)}
        assert documents <= words.documents.keys()


def test_every_language_has_the_phrases_that_english_has(templates: LetterTemplates) -> None:
    for words in templates.words.values():
        for table in TABLES:
            assert getattr(words, table).keys() == getattr(templates.words["en"], table).keys()


@pytest.mark.parametrize(
    ("key", "value", "named"),
    [
        ("lang", 1, "lang"),
        ("months", ["January"], "months"),
        ("fields", "none", "fields"),
        ("date", "{year} {fortnight}", "weekday"),
        ("durations", {"day": "{n} day"}, "durations"),
    ],
)
def test_a_file_of_words_that_cannot_work_is_refused(
    templates: LetterTemplates, key: str, value: object, named: str
) -> None:
    table = tomllib.loads(templates.sources["words/en.toml"])
    with pytest.raises(ConfigurationError, match=named):
        words_from({**table, key: value})


@pytest.mark.parametrize("language", ["en", "es", "zh"])
def test_every_reason_that_ingest_gives_has_words_of_its_own(templates: LetterTemplates, language: str) -> None:
    words = templates.words[language]
    tiny = AttachmentRules(files=1, megabytes=1, refused_types=("application/zip",))
    sent = [("application/zip", 9), ("image/png", 2**21), ("text/csv", 9), ("text/csv", 9)]
    files = [
        Attachment(str(n), f"f{n}", kind, kind, size, "0" * 64, inline=False) for n, (kind, size) in enumerate(sent)
    ]
    reasons = {one.why for one in refused(files, tiny)}
    assert len(reasons) == 3
    assert reasons <= words.refused.keys()


@pytest.mark.parametrize("language", ["en", "es", "zh"])
def test_every_state_of_a_case_has_words(templates: LetterTemplates, language: str) -> None:
    assert {state.value for state in State} == templates.words[language].states.keys()
