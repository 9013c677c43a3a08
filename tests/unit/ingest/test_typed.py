"""What counts as typed at the top of a staff mail: plain text above any quote, and nothing else (ATTACKS A082)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.ingest.parse import parse
from mailbot.ingest.typed import Typed, typed_above
from tests.mails import mail

FORWARD = (
    "---------- Forwarded message ---------\nFrom: Dana Reed <dana@broker.example>\nDate: Mon, Nov 23, 2026\n"
    "Subject: My card\nTo: Ann <ann@plan.example>\n\n#close\n"
)


def typed(text: str, **headers: str) -> Typed:
    raw = mail(text, sender="Ann Lee <ann@plan.example>", **headers)
    return typed_above(raw, parse(raw))


def alternative(plain: str, html: str) -> Typed:
    text = f"--edge\nContent-Type: text/plain\n\n{plain}\n--edge\nContent-Type: text/html\n\n{html}\n--edge--"
    return typed(text, content_type="multipart/alternative; boundary=edge")


def test_all_of_a_plain_mail_is_typed() -> None:
    assert typed("#assign me\n\n#note She called.\nTwice.").text == "#assign me\n\n#note She called.\nTwice."


@pytest.mark.parametrize(
    "quote",
    [
        "On Mon, Nov 23, 2026 at 9:00 AM Dana Reed <dana@broker.example> wrote:\n> #resolve",
        "> #resolve\n> and more of it\n> and more",
        "-----Original Message-----\nFrom: Dana Reed\nSent: Monday\nTo: Ann\nSubject: Hi\n\n#resolve",
        FORWARD,
    ],
)
def test_a082_what_stands_in_a_quote_is_not_typed(quote: str) -> None:
    assert typed(f"#close\n\n{quote}").text == "#close"
    assert typed(quote).text == ""


def test_a082_what_stands_in_the_signature_is_not_typed() -> None:
    assert typed("#close\n\n-- \nAnn Lee\n#reopen").text == "#close"
    assert typed("#note All is done.\n\nBest regards,\nAnn Lee\nEnrollment").text == "#note All is done."


def test_a082_html_alone_does_not_count() -> None:
    assert typed("<p>#close</p>", content_type="text/html") == Typed("", "it has no plain text")


def test_a082_plain_text_that_differs_from_the_html_does_not_count() -> None:
    html = "<p>Please look after this member tomorrow morning, with kind regards</p>"
    assert alternative("#close", html) == Typed("", "its plain text and its HTML differ")


def test_a082_hidden_text_makes_both_doubtful() -> None:
    html = '<p>#close</p><p style="display:none">and something that nobody sees, ever</p>'
    assert alternative("#close", html).text == ""


def test_a_mail_in_both_forms_counts_where_they_agree() -> None:
    assert alternative("#close", "<p>#close</p>").text == "#close"


def test_a082_a_file_is_not_typed() -> None:
    named = 'text/plain; name="orders.txt"'
    text = f"--edge\nContent-Type: {named}\n\n#close\n--edge--"
    assert typed(text, content_type="multipart/mixed; boundary=edge") == Typed("", "its text is an attached file")
    attached = f"--edge\nContent-Type: text/plain\n\nSee below.\n{text}"
    assert typed(attached, content_type="multipart/mixed; boundary=edge").text == "See below."


def test_an_empty_mail_has_nothing_typed() -> None:
    assert typed("") == Typed("")


@given(st.text(alphabet="#close >\n-=AnnLewrot:@.\u00a0", max_size=200), st.sampled_from(["text/plain", "text/html"]))
def test_whatever_stands_in_a_mail_is_read_without_an_error_and_not_invented(text: str, content_type: str) -> None:
    found = typed(text, content_type=content_type)
    for line in found.text.splitlines():
        assert line.strip() in text


def test_old_line_ends_are_lines_too() -> None:
    raw = mail("#close\n#reopen", sender="Ann Lee <ann@plan.example>").replace(b"\r\n", b"\r")
    assert typed_above(raw, parse(raw)).text == "#close\n#reopen"
