"""Letters that differ in nothing but their case are rendered once, and read as if each had been rendered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import pytest

from mailbot.replies.compose import compose
from mailbot.replies.plan import LetterKind, LetterPlan
from mailbot.replies.samples import bare_plan, sample_desk, sample_plan
from mailbot.replies.serialise import texts_of
from mailbot.replies.shapes import HOLES, MOST, Shapes
from mailbot.replies.templates import LetterTemplates, load_templates

NUMBER, OTHER_NUMBER = "261121-0000428", "261122-7654321"


@dataclass
class Template:
    """Stands for templates: `words` are filled by str.format, and each rendering is counted."""

    words: str
    rendered: list[Mapping[str, object]] = field(default_factory=list)

    def __call__(self, variables: Mapping[str, object]) -> tuple[str, ...]:
        self.rendered.append(variables)
        return (self.words.format(**variables),)


def variables(number: str = NUMBER, ref: str = "k7m2", **more: object) -> dict[str, object]:
    return {"case_number": number, "ref": ref, "facts": (("Case", number),), "missing": (), **more}


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


def test_a_letter_about_another_case_is_not_rendered_again() -> None:
    template, shapes = Template("Case {case_number}, ref {ref}"), Shapes()
    shapes.rendered("kind", variables(), template)
    so_far = len(template.rendered)
    assert shapes.rendered("kind", variables(OTHER_NUMBER, "q1"), template) == (f"Case {OTHER_NUMBER}, ref q1",)
    assert len(template.rendered) == so_far


@pytest.mark.parametrize("differs", [{"missing": ("date_of_birth",)}, {"category": "Refund"}, {"first": True}])
def test_a_letter_that_says_something_else_is_rendered(differs: Mapping[str, object]) -> None:
    template, shapes = Template("{missing} {category} {first}"), Shapes()
    given = variables(category="", first=False)
    shapes.rendered("kind", given, template)
    changed = given | differs
    assert shapes.rendered("kind", changed, template) == template(changed)


def test_a_letter_of_another_kind_is_rendered() -> None:
    shapes = Shapes()
    shapes.rendered("kind", variables(), Template("one"))
    assert shapes.rendered("other", variables(), Template("another")) == ("another",)


def test_a_letter_without_a_token_has_another_shape_than_one_with_a_token() -> None:
    def parts(given: Mapping[str, object]) -> tuple[str, ...]:
        return (f"ref:{given['ref']}:ref" if given["ref"] else "no ref",)

    shapes = Shapes()
    shapes.rendered("kind", variables(), parts)
    assert shapes.rendered("kind", variables(ref=""), parts) == ("no ref",)
    assert shapes.rendered("kind", variables(ref="q1"), parts) == ("ref:q1:ref",)


def test_a_template_that_takes_the_number_apart_is_rendered_for_each_letter() -> None:
    def parts(given: Mapping[str, object]) -> tuple[str, ...]:
        return (str(given["case_number"]).replace("-", " / "),)

    shapes = Shapes()
    for number in (NUMBER, OTHER_NUMBER, NUMBER):
        assert shapes.rendered("kind", variables(number), parts) == (number.replace("-", " / "),)


def test_a_number_that_could_be_more_than_a_number_gets_no_shape() -> None:
    template, shapes = Template("{case_number}"), Shapes()
    for _ in range(2):
        assert shapes.rendered("kind", variables("<b>1</b>"), template) == ("<b>1</b>",)
    assert not any(HOLES["case_number"] in str(given["case_number"]) for given in template.rendered)


def test_only_so_many_shapes_are_remembered() -> None:
    template, shapes = Template("{missing}"), Shapes()
    for count in range(3 * MOST):
        assert shapes.rendered("kind", variables(missing=(str(count),)), template) == (f"('{count}',)",)
    assert len(shapes._known) <= MOST
