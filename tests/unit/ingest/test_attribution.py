"""What stands above a quote, in many languages and by many programs, and what only looks like it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.ingest.attribution import Separator, attribution_start, may_divide, may_end_attribution, separator
from mailbot.ingest.forwarded import label_of
from mailbot.ingest.lines import plain_lines


def start(text: str, *, quote_follows: bool) -> int | None:
    lines = plain_lines(text)
    return attribution_start(lines, len(lines) - 1, quote_follows=quote_follows)


@pytest.mark.parametrize(
    "text",
    [
        "On Mon, Nov 2, 2026 at 9:10 AM Desk <desk@plan.example> wrote:",
        "On 2 Nov 2026, at 09:10, Desk <desk@plan.example> wrote:",
        "Am 02.11.2026 um 09:10 schrieb Desk <desk@plan.example>:",
        "Le lun. 2 nov. 2026 à 09:10, Desk <desk@plan.example> a écrit :",
        "El lun, 2 nov 2026 a las 9:10, Desk (<desk@plan.example>) escribió:",
        "Il giorno lun 2 nov 2026 alle ore 09:10 Desk <desk@plan.example> ha scritto:",
        "Op ma 2 nov. 2026 om 09:10 schreef Desk <desk@plan.example>:",
        "Em seg., 2 de nov. de 2026 às 09:10, Desk <desk@plan.example> escreveu:",
        "2026-11-02 9:10 GMT+01:00 Desk <desk@plan.example>:",
        "2026年11月2日(月) 9:10 Desk <desk@plan.example>:",
        "Desk <desk@plan.example> wrote on 11/02/2026 09:10:",
        "--- On Mon, 11/2/26, Desk <desk@plan.example> wrote:",
    ],
)
@pytest.mark.parametrize("quote_follows", [True, False])
def test_an_attribution_is_known_with_and_without_quote_marks_below(text: str, quote_follows: bool) -> None:
    assert start(text, quote_follows=quote_follows) == 0
    assert start(f"Please add my son.\n\n{text}", quote_follows=quote_follows) == 2


@pytest.mark.parametrize(
    "text",
    [
        "On Mon, Nov 2, 2026 at 9:10 AM\nDesk <desk@plan.example> wrote:",
        "On Mon, Nov 2, 2026 at 9:10 AM Desk\n<desk@plan.example>\nwrote:",
        "Am 02.11.2026 um 09:10 schrieb\nDesk <desk@plan.example>:",
    ],
)
def test_an_attribution_over_several_lines_begins_with_its_first(text: str) -> None:
    assert start(f"Yes.\n\n{text}", quote_follows=True) == 2


@pytest.mark.parametrize(
    "text",
    [
        "Here is what I need:",
        "I wrote to you on Nov 2, 2026 at 9:10:",
        "The members are as follows:",
        "Effective date 11/02/2026:",
        "Contact dana@broker.example:",
        "Name: Ann",
        "",
    ],
)
def test_a_sentence_with_a_colon_is_no_attribution(text: str) -> None:
    assert start(text, quote_follows=False) is None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("-----Original Message-----", Separator.ORIGINAL),
        ("-------- Original Message --------", Separator.ORIGINAL),
        ("-----Ursprüngliche Nachricht-----", Separator.ORIGINAL),
        ("-----Message d'origine-----", Separator.ORIGINAL),
        ("-----Mensaje original-----", Separator.ORIGINAL),
        ("---------- Forwarded message ---------", Separator.FORWARDED),
        ("Begin forwarded message:", Separator.FORWARDED),
        ("----------", Separator.RULE),
        ("__________", Separator.RULE),
        ("--- Members to add ---", Separator.UNKNOWN),
        ("Original message", Separator.NONE),
        ("Please see the original message:", Separator.NONE),
        ("--", Separator.NONE),
        ("-" * 200, Separator.NONE),
    ],
)
def test_dividers_are_told_apart(text: str, kind: Separator) -> None:
    assert separator(text) is kind
    assert may_divide(text) or kind is Separator.NONE


@pytest.mark.parametrize(
    ("last", "follows", "may"),
    [
        ("wrote:", False, True),
        ("写道：", False, True),
        ("Desk wrote", True, True),
        ("Desk wrote", False, False),
        ("<desk@plan.example>", True, True),
        ("<desk@plan.example>", False, False),
        ("x" * 1000 + ":", True, False),
        ("Thanks.", True, False),
    ],
)
def test_the_last_characters_decide_whether_a_line_is_looked_at(last: str, follows: bool, may: bool) -> None:
    assert may_end_attribution(last, quote_follows=follows) is may


@pytest.mark.parametrize("text", ["Please add my son.", "3 > 2 in May", "a - b", "(see above", "Sent on Monday, May 4"])
def test_a_line_of_mere_words_is_not_looked_at_further(text: str) -> None:
    assert not may_divide(text)


SIGNS = [*"-–—_=*~#─:：>)( x", "---", "From", "wrote", "escribió", "12:30"]


@given(st.lists(st.sampled_from(SIGNS), min_size=1).map("".join))
def test_no_divider_header_or_attribution_is_passed_over(text: str) -> None:
    bare = text.strip()
    told = separator(bare) or label_of(bare) or may_end_attribution(bare, quote_follows=True)
    assert may_divide(bare) or not told
