"""Letters that differ in nothing but their case are rendered once, and read as if each had been rendered."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest

from mailbot.replies.compose import compose
from mailbot.replies.plan import LetterKind, LetterPlan
from mailbot.replies.samples import bare_plan, sample_desk, sample_plan
from mailbot.replies.serialise import texts_of
from mailbot.replies.shapes import MOST, Body, Own, Rendered, Shapes
from mailbot.replies.templates import LetterTemplates, load_templates

NUMBER, OTHER_NUMBER = "261121-0000428", "261122-7654321"


@dataclass
class Template:
    """Stands for templates: `words` are the text, with {case_number} and {ref} filled in; each wording is counted."""

    words: str
    worded: list[Own] = field(default_factory=list)

    def __call__(self, own: Own) -> Rendered:
        self.worded.append(own)
        text = self.words.format(case_number=own.case_number, ref=own.ref)
        return Rendered(f"About {own.case_number}", f"{text}\n", f"<p>\n{text}</p>\n")


def own(number: str = NUMBER, ref: str = "k7m2") -> Own:
    return Own(number, ref)


def meant(template: Template, this: Own) -> Body:
    """What a letter is where nothing is remembered."""
    return Shapes().body("anything", this, Template(template.words))


def other_case(plan: LetterPlan) -> LetterPlan:
    """The same letter about another case."""
    marks = replace(plan.marks, ref="x9y8z7" if plan.marks.ref else "", message_id="o.other@desk.example")
    return replace(plan, case_number=OTHER_NUMBER, marks=marks)


def texts(plan: LetterPlan, templates: LetterTemplates) -> tuple[str, str]:
    return texts_of(compose(plan, sample_desk(), templates))


@pytest.mark.parametrize("kind", LetterKind)
@pytest.mark.parametrize("language", ["en", "es", "zh"])
@pytest.mark.parametrize("planned", [sample_plan, bare_plan], ids=["full", "bare"])
def test_the_second_letter_of_a_shape_reads_as_if_it_had_been_rendered(
    kind: LetterKind, language: str, planned: object
) -> None:
    plan = planned(kind, language)  # type: ignore[operator]
    if kind is LetterKind.RESOLUTION and plan.resolution is None:
        plan = replace(plan, resolution=sample_plan(kind, language).resolution)
    warmed = load_templates()
    texts(plan, warmed)
    assert texts(other_case(plan), warmed) == texts(other_case(plan), load_templates())


@pytest.mark.parametrize("planned", [sample_plan, bare_plan], ids=["full", "bare"])
@pytest.mark.parametrize("kind", LetterKind)
@pytest.mark.parametrize("language", ["en", "es", "zh"])
def test_the_second_letter_of_a_shape_has_the_octets_that_it_would_have_had(
    kind: LetterKind, language: str, planned: object
) -> None:
    plan = planned(kind, language)  # type: ignore[operator]
    if kind is LetterKind.RESOLUTION and plan.resolution is None:
        plan = replace(plan, resolution=sample_plan(kind, language).resolution)
    warmed, desk = load_templates(), sample_desk()
    compose(plan, desk, warmed)
    other = other_case(plan)
    assert compose(other, desk, warmed).content == compose(other, desk, load_templates()).content


def test_a_letter_about_another_case_is_not_worded_again() -> None:
    template, shapes = Template("Case {case_number}, ref {ref}"), Shapes()
    shapes.body("kind", own(), template)
    so_far = len(template.worded)
    second = shapes.body("kind", own(OTHER_NUMBER, "q1w2"), template)
    assert len(template.worded) == so_far
    assert second == meant(template, own(OTHER_NUMBER, "q1w2"))
    assert second.subject == f"About {OTHER_NUMBER}"


@pytest.mark.parametrize("before", range(120))
def test_what_is_broken_by_the_end_of_a_line_is_put_in_on_both_sides_of_it(before: int) -> None:
    template, shapes = Template("x" * before + "{case_number}" + "y" * before + "{ref}{case_number}"), Shapes()
    ref, other = "0123456789" * 3 + "abcd", "zyxw" + "9876543210" * 3
    shapes.body("kind", own(ref=ref), template)
    so_far = len(template.worded)
    assert shapes.body("kind", own(OTHER_NUMBER, other), template) == meant(template, own(OTHER_NUMBER, other))
    assert len(template.worded) == so_far


def test_a_letter_in_base64_is_worded_once_and_encoded_each_time() -> None:
    template, shapes = (
        Template("您的案件编号是您的案件编号是您的案件编号是 {case_number} {ref} 您的案件编号是"),
        Shapes(),
    )
    first = shapes.body("kind", own(), template)
    assert b"base64" in first.parts[0]
    so_far = len(template.worded)
    second = shapes.body("kind", own(OTHER_NUMBER), template)
    assert len(template.worded) == so_far
    assert second == meant(template, own(OTHER_NUMBER))


def test_a_letter_that_says_something_else_is_worded() -> None:
    shapes = Shapes()
    shapes.body(("kind", "one"), own(), Template("one"))
    another = Template("another")
    assert shapes.body(("kind", "another"), own(), another) == meant(another, own())


@pytest.mark.parametrize("ref", ["", "q1", "q1w2e3"])
def test_a_token_of_another_length_has_a_shape_of_its_own(ref: str) -> None:
    template, shapes = Template("ref:{ref}:ref " * 20), Shapes()
    shapes.body("kind", own(), template)
    assert shapes.body("kind", own(ref=ref), template) == meant(template, own(ref=ref))


def test_a_letter_without_a_number_has_its_shape_too() -> None:
    template, shapes = Template("of no case"), Shapes()
    shapes.body("kind", own("", ""), template)
    so_far = len(template.worded)
    assert shapes.body("kind", own("", ""), template) == meant(Template("of no case"), own("", ""))
    assert len(template.worded) == so_far


def test_a_template_that_takes_the_number_apart_is_worded_for_each_letter() -> None:
    def parts(this: Own) -> Rendered:
        return Rendered("", this.case_number.replace("-", " / ") + "\n", "")

    shapes = Shapes()
    for number in (NUMBER, OTHER_NUMBER, NUMBER):
        text = shapes.body("kind", own(number), parts).parts[0].partition(b"\r\n\r\n")[2]
        assert text == number.replace("-", " / ").encode() + b"\r\n"


@pytest.mark.parametrize("number", ["<b>1</b>", "26=1121", "261121 0000428", "２６", "a\r\nb", "-", "--"])
def test_a_number_that_could_be_more_than_a_number_gets_no_shape(number: str) -> None:
    template, shapes = Template("{case_number}"), Shapes()
    for _ in range(2):
        shapes.body("kind", own(number, ""), template)
    assert [each.case_number for each in template.worded] == [number, number]


def test_only_so_many_shapes_are_remembered() -> None:
    shapes = Shapes()
    for count in range(3 * MOST):
        said = f"This is letter number {count}."
        assert said.encode() in shapes.body(count, own(), Template(said)).parts[0]
    assert len(shapes._known) <= MOST


SAID = {"missing": ("date_of_birth",), "category": "Refund", "first": True, "contains_ssn": True, "state": "submitted"}


@pytest.mark.parametrize("differs", SAID)
def test_every_word_that_differs_shows_in_the_second_letter(differs: str) -> None:
    plan, warmed, desk = bare_plan(LetterKind.STATUS, "en"), load_templates(), sample_desk()
    compose(plan, desk, warmed)
    changed = replace(plan, **{differs: SAID[differs]})
    assert compose(changed, desk, warmed).content == compose(changed, desk, load_templates()).content


@pytest.mark.parametrize("differs", [{"name": "Another Desk"}, {"help_lines": {"en": "Call us at any time."}}])
def test_another_desk_with_the_same_templates_writes_its_own_letters(differs: dict[str, object]) -> None:
    plan, warmed = sample_plan(LetterKind.ACKNOWLEDGMENT, "en"), load_templates()
    compose(plan, sample_desk(), warmed)
    other = replace(sample_desk(), **differs)  # type: ignore[arg-type]
    assert compose(plan, other, warmed).content == compose(plan, other, load_templates()).content
