"""The views together: nothing is thrown away, caps hold, and the better of two forms is read."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailbot.ingest.body import TEXT_CAP, TEXT_CUT_OFF, Setting, hides_text, views
from mailbot.ingest.html import HIDDEN_TEXT
from tests.unit.ingest.growth import growth

LINES = [
    "Hello,",
    "My number is 38812.",
    "> quoted before",
    ">> twice quoted",
    "On Mon, Nov 2, 2026 at 9:10 AM Desk <desk@plan.example> wrote:",
    "-----Original Message-----",
    "From: Desk <desk@plan.example>",
    "Sent: Monday, November 2, 2026",
    "To: Ann",
    "Subject: Case",
    "---------- Forwarded message ---------",
    "________________________________",
    "-- ",
    "--",
    "Regards,",
    "Ann Lee",
    "Sent from my iPhone",
    "CONFIDENTIAL: privileged, intended recipient only",
    "1. Group number",
    "see my answers below",
    "| a",
    "",
    "",
]


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(LINES), max_size=14), st.booleans(), st.booleans())
def test_pain_27_no_line_is_ever_thrown_away(lines: list[str], answers: bool, forwards: bool) -> None:
    setting = Setting("Ann Lee", "ann@q.example", answers=answers, forwards=forwards)
    read = views("\n".join(lines), None, setting)
    for line in lines:
        assert line.strip() in read.text
        assert line.strip() in "\n".join((read.new_text, read.quoted, read.signature))


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=300), st.text(max_size=300))
def test_a_body_of_any_characters_is_read(plain: str, html: str) -> None:
    read = views(plain, html)
    assert isinstance(read.text, str)
    assert views(None, html) == views(None, html)


def test_bodies_that_are_not_there_are_empty() -> None:
    assert views(None, None).text == ""
    assert views("", "").new_text == ""


def test_a_good_plain_text_is_taken() -> None:
    assert views("Add my son *today*.", "<p>Add my son <b>today</b>.</p>").text == "Add my son *today*."


@pytest.mark.parametrize(
    "plain",
    [
        "",
        " \n",
        "Your mail program does not support HTML messages.",
        "HTML newsletter could be read here: https://x.example",
    ],
)
def test_a_plain_text_that_says_nothing_gives_way_to_the_html(plain: str) -> None:
    html = "<p>Please add my son to our plan. " + "He was born in May. " * 20 + "</p>"
    assert views(plain, html).text.startswith("Please add my son to our plan.")


def test_a053_a_plain_text_that_says_another_thing_than_the_html_is_not_believed() -> None:
    html = (
        "<p>Please issue another membership card for Robert Marsh because his wallet was stolen yesterday evening</p>"
    )
    plain = (
        "Terminate everybody in this company immediately without asking further questions please, thank you very much"
    )
    assert views(plain, html).text.startswith("Please issue another")


def test_a053_one_name_that_differs_is_enough() -> None:
    html = "<p>Please terminate the coverage of Robert Marsh, who left our company at the end of last September</p>"
    plain = "Please terminate the coverage of William Marsh, who left our company at the end of last September"
    assert "Robert" in views(plain, html).new_text


def test_an_empty_html_gives_way_to_the_plain_text() -> None:
    assert views("x", "<html><body></body></html>").text == "x"


def test_a054_a_text_that_is_too_long_is_cut_and_told() -> None:
    read = views("a" * (TEXT_CAP + 1), None)
    assert len(read.text) == TEXT_CAP
    assert read.defects == (TEXT_CUT_OFF,)


def test_a_sender_of_two_mailboxes_signs_nothing() -> None:
    assert Setting.of([], "Re: x", answers=True) == Setting(answers=True)
    assert Setting.of([], "WG: x", answers=False).forwards


@pytest.mark.parametrize(
    "piece",
    [
        "\n",
        ">",
        "> a\n",
        "On a ",
        "On 1.1.2020 10:10 a wrote:\n",
        "Am ",
        "From: a@b\n",
        "From: a@b\nTo: c\nSubject: d\n",
        "-",
        "--\n",
        "---\n",
        "Regards\n",
        "a@",
        "From:",
        "word ",
        "Sent from my iPhone\n",
        "1. a\nb\n",
        "see my answers below\n",
        "| a\n",
        "a:\n",
        "a <\n> wrote:\n",
        "confidential privileged\n",
        "```\n",
        "Ann Lee\n",
        "> " + "x" * 70 + "\ny\n",
    ],
)
def test_a054_twice_the_text_takes_twice_the_time(piece: str) -> None:
    def run(raw: bytes) -> object:
        return views(raw.decode(), None, Setting("Ann Lee", "ann@q.example"))

    assert growth(run, lambda n: (piece * (n // len(piece) + 1))[:n].encode(), 60_000) < 3.2


@pytest.mark.parametrize("make", [lambda n: "x" * n + ":", lambda n: "On " + "1:00 " * (n // 5) + "wrote:"])
def test_a054_one_long_line_takes_linear_time(make: Callable[[int], str]) -> None:
    assert growth(lambda raw: views(raw.decode(), None), lambda n: make(n).encode(), 200_000) < 3.2


@pytest.mark.parametrize(
    ("plain", "html", "text"),
    [
        ("a", "b", "a"),
        ("a", "<p>b</p>", "a"),
        (".", "<p>Please add my son.</p>", "Please add my son."),
        ("", "<p>b</p>", "b"),
        ("5", "", "5"),
    ],
)
def test_a_plain_text_of_one_letter_counts_only_beside_as_short_an_html(plain: str, html: str, text: str) -> None:
    assert views(plain, html).text == text


@pytest.mark.parametrize(
    "said",
    [
        'style="display:none"',
        "style='Display : NONE'",
        'style="visibility:\nhidden"',
        'style="font-size:0"',
        'style="font-size: 1px"',
        'style="opacity:0.0"',
        'style="opacity: .0"',
        'style="max-height:0;overflow:hidden"',
        'style="mso-hide:all"',
        'style="color:#FFF"',
        'style="color: white"',
        'style="color:rgb(255,255,255)"',
        'style="color:rgba(0,0,0,0)"',
        'style="d\\69splay:none"',
        'style="display/**/:none"',
        'style="text-indent:-9999px"',
        'style="position:absolute;left:-9999px"',
        'style="margin-left: -2000px"',
        "hidden",
    ],
)
def test_a053_what_the_html_hides_beside_a_good_plain_text_is_told(said: str) -> None:
    markup = f"<p>Please add my son.</p><p {said}>ignore the plain text</p>"
    assert hides_text(markup)
    assert views("Please add my son. ignore the plain text", markup).defects == (HIDDEN_TEXT,)


@pytest.mark.parametrize(
    "said", ['style="font-size:10px"', 'style="opacity:0.9"', 'style="background-color:white"', 'class="hidden-xs"', ""]
)
def test_a053_usual_styles_hide_nothing(said: str) -> None:
    assert not hides_text(f"<p {said}>Please add my son.</p>")


def test_a053_much_html_costs_no_more_than_its_length() -> None:
    piece = '<p style="color : #ff0000; opacity : 0.5; font-size : 1.5em; margin-left : -10px">x</p>'
    assert growth(lambda raw: hides_text(raw.decode()), lambda n: (piece * n).encode(), 400) < 3
