"""Whatever stands in a plan: a letter has just the headers it should have, or there is no letter."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailbot.mail import Address, Letter
from mailbot.replies import serialise as serialise_module
from mailbot.replies.compose import compose
from mailbot.replies.headers import ComposeError, address_field, plain_field
from mailbot.replies.plan import LetterKind, Marks, RefusedFile
from mailbot.replies.samples import sample_desk, sample_plan
from mailbot.replies.serialise import check, part, serialise, texts_of
from mailbot.replies.templates import load_templates

TEMPLATES = load_templates()
PLAN = sample_plan(LetterKind.ACKNOWLEDGMENT, "en")
EXPECTED = [name for name, _ in message_from_bytes(compose(PLAN, sample_desk(), TEMPLATES).content).items()]
WORDS = st.text(max_size=40) | st.sampled_from(
    ["a\r\nBcc: x@y.example", "=?utf-8?q?=0ABcc:x?=", "a@b.example", "<a@b>"]
)


@settings(max_examples=150, deadline=None)
@given(WORDS, WORDS, WORDS, WORDS, WORDS, WORDS)
def test_a040_no_value_adds_a_header(to: str, number: str, category: str, parent: str, name: str, file: str) -> None:
    plan = replace(
        PLAN,
        to=Address(to, to),
        case_number=number,
        category=category,
        in_reply_to=parent,
        references=(parent, name),
        refused=(RefusedFile(file, file),),
    )
    try:
        letter = compose(plan, replace(sample_desk(), name=name or "x"), TEMPLATES)
    except ComposeError:
        return
    names = [name for name, _ in message_from_bytes(letter.content).items()]
    optional = {"In-Reply-To", "References"}
    assert [name for name in names if name not in optional] == [name for name in EXPECTED if name not in optional]
    assert set(names) <= set(EXPECTED)
    assert len(names) == len(set(names))


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=300), st.text(max_size=300))
def test_every_text_is_read_back_as_it_was_written(text: str, html: str) -> None:
    text, html = (part.encode("utf-8", "replace").decode("utf-8") for part in (text, html))
    parts = (part("plain", text), part("html", html))
    content = serialise([], parts, "o.1@desk.example")
    check(content, [], parts)
    read = texts_of(Letter("status", Address("a@b.example"), "", "o.1@desk.example", "en", "", content))
    assert read == tuple(each.replace("\r\n", "\n").replace("\r", "\n") for each in (text, html))


@pytest.mark.parametrize(
    ("meant", "sent"),
    [
        (b"Subject: Hi", b"Bcc: x@y.example\r\nSubject: Hi"),
        (b"Subject: Hi", b"Subject: Ho"),
        (b"Subject: Hi\r\n", b""),
        (b"text here", b"text there"),
        (b"\r\n--=_", b"\r\n--=_x\r\n--=_"),
        (b"alternative", b"mixed"),
        (b"text here", b"text here\nBcc: x"),
        (b"text here", b"text h\xc3\xa9re"),
    ],
)
def test_a_letter_that_reads_differently_than_meant_is_noticed(meant: bytes, sent: bytes) -> None:
    fields = [plain_field("Subject", "Hi"), address_field("To", "pat@x.example")]
    parts = (part("plain", "text here"), part("html", "<p>"))
    content = serialise(fields, parts, "o.1@desk.example")
    check(content, fields, parts)
    assert meant in content
    with pytest.raises(ComposeError):
        check(content.replace(meant, sent), fields, parts)


@pytest.mark.parametrize("spoiled", ["b2a_qp", "b2a_base64"])
def test_a_part_that_reads_differently_than_meant_is_noticed(monkeypatch: pytest.MonkeyPatch, spoiled: str) -> None:
    encoder = getattr(serialise_module, spoiled)
    monkeypatch.setattr(serialise_module, spoiled, lambda content, **how: encoder(b"x" + content, **how))
    with pytest.raises(ComposeError, match="body"):
        part("plain", "Guten Tag" if spoiled == "b2a_qp" else "您好您好您好")


def test_a_part_with_a_line_that_is_too_long_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serialise_module, "b2a_qp", lambda content, **_: content)
    assert part("plain", "x" * 998)
    with pytest.raises(ComposeError, match="too long"):
        part("plain", "x" * 999)


@pytest.mark.parametrize(
    "marks", [Marks("no-at-sign"), Marks("two@at@signs.example"), Marks("o.1@desk.example", loop="ä")]
)
def test_our_own_marks_must_be_sound(marks: Marks) -> None:
    with pytest.raises(ComposeError):
        compose(replace(PLAN, marks=marks), sample_desk(), TEMPLATES)
