"""Every letter in every language: what it says, how it travels, what it never does."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes
from html.parser import HTMLParser

import pytest

from mailbot.cases.news import MOST_LISTED, CaseNews, What
from mailbot.replies.compose import compose
from mailbot.replies.plan import KINDS, LetterKind, LetterPlan, Marks
from mailbot.replies.samples import bare_plan, sample_desk, sample_plan, sample_plans
from mailbot.replies.serialise import texts_of
from mailbot.replies.templates import LetterTemplates, load_templates

LANGUAGES = ["en", "es", "zh"]


@pytest.fixture(scope="module")
def templates() -> LetterTemplates:
    return load_templates()


def texts(plan: LetterPlan, templates: LetterTemplates) -> tuple[str, str]:
    """The text part with its line breaks taken out, and the HTML."""
    text, html = texts_of(compose(plan, sample_desk(), templates))
    return " ".join(text.split()), html


class Document(HTMLParser):
    """Collects the tags, to see that they are closed and load nothing."""

    VOID = frozenset({"meta", "br", "img", "hr", "link", "input"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes something else"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", LetterKind)
def test_every_letter_is_there_in_every_language(templates: LetterTemplates, kind: LetterKind, language: str) -> None:
    plan = sample_plan(kind, language)
    letter = compose(plan, sample_desk(), templates)
    assert letter.language == language
    for part in texts(plan, templates):
        assert plan.case_number in part
        assert "ref:k7m2p9t4x3v8w5z6q1r0s9d8f7g6h5j4k3:ref" in part
        assert all(templates.words[language].missing(name) in part for name in plan.missing)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", LetterKind)
def test_the_html_is_well_formed_names_its_language_and_loads_nothing(
    templates: LetterTemplates, kind: LetterKind, language: str
) -> None:
    _, html = texts(sample_plan(kind, language), templates)
    document = Document()
    document.feed(html)
    assert document.open == []
    tags = [tag for tag, _ in document.seen]
    assert not {"img", "script", "link", "style", "form", "iframe"} & set(tags)
    assert tags.count("h1") == 1
    assert dict(document.seen)["html"]["lang"] == templates.words[language].lang
    assert all(attrs.get("role") == "presentation" for tag, attrs in document.seen if tag == "table")
    assert all(attrs["href"] == "https://desk.example/guide" for tag, attrs in document.seen if tag == "a")


@pytest.mark.parametrize("kind", LetterKind)
def test_a_letter_is_a_few_kilobytes(templates: LetterTemplates, kind: LetterKind) -> None:
    """RFC 3834 section 2: an automatic answer returns no more than a few kilobytes."""
    sizes = [len(compose(sample_plan(kind, language), sample_desk(), templates).content) for language in LANGUAGES]
    assert max(sizes) < 20_000


@pytest.mark.parametrize("kind", LetterKind)
def test_machines_are_told_not_to_answer_what_a_machine_wrote(templates: LetterTemplates, kind: LetterKind) -> None:
    mail = message_from_bytes(compose(sample_plan(kind, "en"), sample_desk(), templates).content)
    word = KINDS[kind].auto_submitted
    assert mail["Auto-Submitted"] == (word or None)
    assert (mail["X-Auto-Response-Suppress"] is not None) == bool(word)
    assert mail["X-Mailbot-Letter"] == kind.value


@pytest.mark.parametrize("kind", [kind for kind in LetterKind if KINDS[kind].auto_submitted])
def test_exchange_may_still_tell_that_a_letter_which_starts_a_clock_did_not_arrive(
    templates: LetterTemplates, kind: LetterKind
) -> None:
    """[MS-OXCMAIL] 2.2.3.2.14: "All" suppresses non-delivery reports too."""
    mail = message_from_bytes(compose(sample_plan(kind, "en"), sample_desk(), templates).content)
    unwanted = {word.strip() for word in mail["X-Auto-Response-Suppress"].split(",")}
    if KINDS[kind].wants_bounces:
        assert unwanted == {"DR", "RN", "NRN", "OOF", "AutoReply"}
    else:
        assert unwanted == {"All"}


def test_answers_are_auto_replied_and_what_time_brings_is_auto_generated() -> None:
    words = {kind: rules.auto_submitted for kind, rules in KINDS.items()}
    assert words[LetterKind.ACKNOWLEDGMENT] == words[LetterKind.INFO_REQUEST] == "auto-replied"
    assert words[LetterKind.REMINDER] == words[LetterKind.CLOSED_NO_REPLY] == "auto-generated"
    assert words[LetterKind.RESOLUTION] == ""
    assert set(KINDS) == set(LetterKind)


@pytest.mark.parametrize("kind", LetterKind)
def test_only_letters_whose_bounce_matters_have_a_return_path(templates: LetterTemplates, kind: LetterKind) -> None:
    letter = compose(sample_plan(kind, "en"), sample_desk(), templates)
    assert letter.envelope_sender == (
        "bounce+k7m2p9t4x3v8w5z6q1r0s9d8f7g6h5j4k3@desk.example" if KINDS[kind].wants_bounces else ""
    )
    assert compose(bare_plan(kind, "en"), sample_desk(), templates).envelope_sender == ""


def test_a_request_lists_what_is_missing_with_numbers_and_the_last_day(templates: LetterTemplates) -> None:
    text, html = texts_of(compose(sample_plan(LetterKind.INFO_REQUEST, "en"), sample_desk(), templates))
    assert "2. The date of birth of the person to be covered\n3. The completed enrollment form" in text
    assert "The group number (on the premium invoice or the ID card) or the\n   subscriber ID" in text
    assert html.count("<li") == 3 + 2
    assert "by the end of Wednesday, December 2, 2026" in text


def test_the_first_request_is_the_acknowledgment_too_and_a_later_one_is_not(templates: LetterTemplates) -> None:
    plan = sample_plan(LetterKind.INFO_REQUEST, "en")
    first, later = (texts(replace(plan, first=value), templates)[0] for value in (True, False))
    assert "opened a case for you" in first
    assert "opened a case" not in later
    assert "Thank you for your reply" in later


def test_a_resolution_shows_comments_line_by_line_and_members_as_given(templates: LetterTemplates) -> None:
    text, html = texts_of(compose(sample_plan(LetterKind.RESOLUTION, "en"), sample_desk(), templates))
    assert "The dependent was added as of December 1, 2026.\nA new ID card follows" in text
    assert "December 1, 2026.<br>" in html
    assert "Member: P. S. (…4417)" in text
    assert "written automatically" not in text


def test_a_status_says_where_the_case_stands(templates: LetterTemplates) -> None:
    text, _ = texts(sample_plan(LetterKind.STATUS, "en"), templates)
    assert "Where it stands: Incomplete: we are waiting for information from you" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_status_of_several_cases_tells_each_in_text_and_in_html(templates: LetterTemplates, language: str) -> None:
    plan = sample_plans(LetterKind.STATUS, language)[-1]
    words = templates.words[language]
    letter = compose(plan, sample_desk(), templates)
    for part in texts(plan, templates):
        for case in plan.cases:
            assert case.number in part
            days = [day for day in (case.opened, case.answer_by, case.reply_by, case.ended) if day]
            assert all(words.day(day) in part for day in days)
            assert words.state(case.state) in part
        # An answer to it would belong to none of them: it does not invite one, and carries no mark.
        assert "ref:" not in part
    assert "[Case" not in letter.subject
    document = Document()
    document.feed(texts(plan, templates)[1])
    assert document.open == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_status_of_one_case_lists_nothing(templates: LetterTemplates, language: str) -> None:
    one, _ = texts(sample_plan(LetterKind.STATUS, language), templates)
    several, _ = texts(sample_plans(LetterKind.STATUS, language)[-1], templates)
    opened = templates.words[language].labels["opened"]
    assert (opened in one, opened in several) == (False, True)


def test_a_redirect_says_where_to_go(templates: LetterTemplates) -> None:
    text, _ = texts(sample_plan(LetterKind.REDIRECT, "en"), templates)
    assert "WHERE TO SEND IT enrollment-files@desk.example" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a104_no_subject_tells_more_than_that_there_is_a_case(templates: LetterTemplates, language: str) -> None:
    for kind in LetterKind:
        plan = sample_plan(kind, language)
        assert compose(plan, sample_desk(), templates).subject == (
            compose(bare_plan(kind, language), sample_desk(), templates).subject
        )
        assert plan.category not in compose(plan, sample_desk(), templates).subject


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_letter_about_no_single_case_has_no_empty_box(templates: LetterTemplates, language: str) -> None:
    sample = sample_plan(LetterKind.STAFF_NOTICE, language)
    plan = replace(sample, case_number="", category="", marks=Marks("o.1@desk.example"))
    texts = texts_of(compose(plan, sample_desk(), templates))
    assert "261121-0000436" in texts[0]
    assert "border-left:4px" not in texts[1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_notice_says_how_many_cases_it_does_not_list(templates: LetterTemplates, language: str) -> None:
    numbers = [f"261121-{number:07}" for number in range(MOST_LISTED + 7)]
    cases = tuple(CaseNews(number, "", "awaiting_staff", (What.REPLY,)) for number in numbers)
    plan = replace(sample_plan(LetterKind.STAFF_NOTICE, language), news=cases)
    for text in texts_of(compose(plan, sample_desk(), templates)):
        assert [number for number in numbers if number in text] == numbers[:MOST_LISTED]
        assert " 7 " in text
