"""Mistakes in templates are found before a letter needs them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from mailbot.errors import ConfigurationError
from mailbot.replies.compose import compose
from mailbot.replies.lint import problems_in
from mailbot.replies.plan import LetterKind
from mailbot.replies.samples import sample_desk, sample_plan
from mailbot.replies.templates import LetterTemplates, TemplateUnusable, load_templates

BODY = "acknowledgment/en/body.txt"
WORKING = '{% extends "layout/layout.txt" %}{% block opening %}Hello.{% endblock %}'


@pytest.fixture(scope="module")
def shipped() -> Mapping[str, str]:
    return load_templates().sources


def problems(shipped: Mapping[str, str], changes: Mapping[str, str | None]) -> list[str]:
    sources = {path: text for path, text in {**shipped, **changes}.items() if text is not None}
    return [str(problem) for problem in problems_in(LetterTemplates(sources))]


def test_the_templates_that_ship_have_no_problem(shipped: Mapping[str, str]) -> None:
    assert problems(shipped, {}) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            {BODY: "Hello\n{{ cse_number }}"},
            f"{BODY}, line 2: there is no variable cse_number; did you mean case_number?",
        ),
        ({BODY: "{% if %}"}, f"{BODY}, line 1: Expected an expression, got 'end of statement block'"),
        ({BODY: "a\n{{ notice|safe }}"}, f"{BODY}, line 2: No filter named 'safe'."),
        ({BODY: "{{ desk_name.__class__ }}"}, f"{BODY}, line 1: a template shows values and does not look inside them"),
        ({BODY: "{{ missing[0] }}"}, f"{BODY}, line 1: a template shows values and does not look inside them"),
        (
            {BODY: "Hello {{ case_number }} ref:{{ ref }}:ref"},
            f"{BODY}: the letter does not show the notice with its version",
        ),
        ({BODY: "{{ notice_version }} ref:{{ ref }}:ref"}, f"{BODY}: the letter does not show the case number"),
        ({BODY: "{{ notice_version }} {{ case_number }}"}, f"{BODY}: the letter does not show the reference ref:…:ref"),
        ({BODY: None}, f"{BODY}: this file is needed, because there is a words/en.toml"),
        ({"notice/es/notice.txt": None}, "notice/es/notice.txt: this file is needed, because there is a words/es.toml"),
        (
            {"acknowledgement/en/body.txt": "Hello"},
            "acknowledgement/en/body.txt: there is no letter of this name; did you mean acknowledgment?",
        ),
        (
            {"acknowledgment/en/body.html": '<p>\n<img src="https://x.example/pixel.gif">'},
            "acknowledgment/en/body.html, line 2: a letter loads and runs nothing: no pictures, forms, scripts or "
            "style sheets",
        ),
    ],
)
def test_a_mistake_is_named_with_file_and_line(
    shipped: Mapping[str, str], changes: Mapping[str, str | None], expected: str
) -> None:
    assert expected in problems(shipped, changes)


@pytest.mark.parametrize(
    "subject", ["{{ category }}", "a\nBcc: x@y.example", "", "x" * 80, "a\x00b", "{% if 1 %}a{% endif %}"]
)
def test_a040_a_subject_is_one_line_of_fixed_words(shipped: Mapping[str, str], subject: str) -> None:
    assert any("a subject" in line for line in problems(shipped, {"acknowledgment/en/subject.txt": subject}))


def test_a_notice_without_a_version_is_named(shipped: Mapping[str, str]) -> None:
    assert any("version" in line for line in problems(shipped, {"notice/en/notice.txt": "Be kind."}))


def test_a_phrase_that_a_language_lacks_is_named(shipped: Mapping[str, str]) -> None:
    text = shipped["words/es.toml"].replace("npn =", "npm =")
    assert problems(shipped, {"words/es.toml": text}) == ["words/es.toml: [fields] needs a phrase for npn"]


@pytest.mark.parametrize(
    "template",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ 'x' * 1000000000 }}",
        "{{ 10 ** 10 }}",
        "{{ '%s' % desk_name }}",
        "{{ range(10) }}",
        "{{ self.__init__.__globals__ }}",
        "{{ no_such_name }}",
        "{{ lipsum() }}",
    ],
)
def test_a106_a_template_cannot_reach_or_spend_what_is_not_its_own(shipped: Mapping[str, str], template: str) -> None:
    templates = LetterTemplates({**shipped, BODY: template})
    with pytest.raises(TemplateUnusable, match="acknowledgment/en/body.txt, line 1"):
        compose(sample_plan(LetterKind.ACKNOWLEDGMENT, "en"), sample_desk(), templates)


def test_a_desks_own_file_wins_and_is_named_by_its_path(tmp_path: Path) -> None:
    own = tmp_path / "acknowledgment" / "en"
    own.mkdir(parents=True)
    (own / "body.txt").write_text(WORKING)
    assert problems_in(load_templates(tmp_path)) == ()
    letter = compose(sample_plan(LetterKind.ACKNOWLEDGMENT, "en"), sample_desk(), load_templates(tmp_path))
    assert b"Hello.\r\n" in letter.content
    (own / "body.txt").write_text("{{ nobody }}")
    assert str(problems_in(load_templates(tmp_path))[0]).startswith(f"{own / 'body.txt'}, line 1: ")


def test_a_language_is_added_by_a_file_of_words_and_its_letters_are_asked_for(tmp_path: Path) -> None:
    (tmp_path / "words").mkdir()
    (tmp_path / "words" / "fr.toml").write_text(load_templates().sources["words/en.toml"].replace('"en"', '"fr"'))
    templates = load_templates(tmp_path)
    assert any(problem.file == "reminder/fr/body.html" for problem in problems_in(templates))
    assert templates.language_for(LetterKind.REMINDER, "fr") == "en"


@pytest.mark.parametrize(("name", "content"), [("body.txt", b"\xff\xfe"), ("body.txt", b"x" * 100_001)])
def test_a_file_that_is_no_template_is_refused_by_name(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / "status" / "en").mkdir(parents=True)
    (tmp_path / "status" / "en" / name).write_bytes(content)
    with pytest.raises(TemplateUnusable, match="status/en/body.txt"):
        load_templates(tmp_path)


def test_a_folder_of_templates_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="folder of letter templates"):
        load_templates(tmp_path / "nowhere")
