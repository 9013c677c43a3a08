"""The letter that tells staff what their mail did: every outcome has its words in every language, and no more."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes

import pytest

from mailbot.replies.compose import compose
from mailbot.replies.plan import Became, Entry, LetterKind, LetterPlan, Outcome, Transcript
from mailbot.replies.samples import bare_plan, sample_desk, sample_plan
from mailbot.replies.serialise import texts_of
from mailbot.replies.templates import LetterTemplates, load_templates

LANGUAGES = ["en", "es", "zh"]


@pytest.fixture(scope="module")
def templates() -> LetterTemplates:
    return load_templates()


def texts(templates: LetterTemplates, transcript: Transcript, language: str) -> tuple[str, str]:
    """The text part on one line, and the HTML."""
    plan = replace(bare_plan(LetterKind.COMMAND_RESULT, language), transcript=transcript)
    text, html = texts_of(compose(plan, sample_desk(), templates))
    return " ".join(text.split()), html


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_thing_that_a_mail_did_has_a_sentence_of_its_own(templates: LetterTemplates, language: str) -> None:
    nothing, _ = texts(templates, Transcript(), language)
    said = {texts(templates, Transcript((became,)), language)[0] for became in Became}
    assert len(said) == len(Became)
    assert all(len(each) > len(nothing) for each in said)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_outcome_of_a_command_has_words_of_its_own(templates: LetterTemplates, language: str) -> None:
    said = {texts(templates, Transcript(entries=(Entry("#close", outcome),)), language)[0] for outcome in Outcome}
    assert len(said) == len(Outcome)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_lines_stand_in_their_order_in_both_parts(templates: LetterTemplates, language: str) -> None:
    entries = (Entry("#close", Outcome.UNDONE), Entry("#reopen", Outcome.REFUSED, "it is open as it is"))
    for part in texts(templates, Transcript(entries=entries), language):
        assert part.index("#close") < part.index("#reopen") < part.index("it is open as it is")


def test_words_of_a_refusal_are_never_markup(templates: LetterTemplates) -> None:
    transcript = Transcript(reasons=("<b>a & b</b>",), entries=(Entry("#ask", Outcome.REFUSED, "<script>x</script>"),))
    _, html = texts(templates, transcript, "en")
    assert "<script>" not in html and "<b>" not in html
    assert "&lt;script&gt;" in html


def about_no_case() -> LetterPlan:
    plan = bare_plan(LetterKind.COMMAND_RESULT, "en")
    return replace(plan, case_number="", transcript=Transcript((Became.KEPT,)))


def test_a_letter_about_no_case_has_no_number_in_its_subject(templates: LetterTemplates) -> None:
    letter = compose(about_no_case(), sample_desk(), templates)
    assert letter.subject == "What became of your mail to the desk"
    assert message_from_bytes(letter.content)["Reply-To"] == "enrollment@desk.example"


def test_no_machine_answers_it(templates: LetterTemplates) -> None:
    letter = compose(sample_plan(LetterKind.COMMAND_RESULT, "en"), sample_desk(), templates)
    headers = message_from_bytes(letter.content)
    assert (headers["Auto-Submitted"], headers["X-Auto-Response-Suppress"]) == ("auto-replied", "All")
    assert letter.envelope_sender == ""


def test_an_answer_of_staff_is_a_persons_letter_and_we_hear_when_it_bounces(templates: LetterTemplates) -> None:
    letter = compose(sample_plan(LetterKind.ANSWER, "en"), sample_desk(), templates)
    assert message_from_bytes(letter.content)["Auto-Submitted"] is None
    assert letter.envelope_sender.startswith("bounce+")
