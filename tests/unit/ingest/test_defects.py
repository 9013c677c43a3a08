"""What makes a view incomplete, so that intake has a person look at the raw mail."""

from __future__ import annotations

import pytest

from mailbot.ingest import body, defects, html
from mailbot.ingest.defects import Defects
from mailbot.ingest.parse import parse


def test_each_defect_is_noted_once_in_its_order() -> None:
    found = Defects()
    for defect in (defects.EMPTY, defects.BAD_DATE, defects.EMPTY):
        found.add(defect)
    assert found.found() == (defects.EMPTY, defects.BAD_DATE)


def test_what_cuts_the_text_makes_the_view_incomplete() -> None:
    assert {body.TEXT_CUT_OFF, html.CUT_OFF, html.TOO_DEEP} <= defects.INCOMPLETE


@pytest.mark.parametrize("text", [b"word " * 500_000, b"<div>" * 50_000])
@pytest.mark.parametrize("kind", [b"text/plain", b"text/html"])
def test_a_text_that_is_too_much_is_never_silently_cut(text: bytes, kind: bytes) -> None:
    message = parse(b"From: a@b.example\nContent-Type: " + kind + b"\n\n" + text)
    shown = len(message.text.split())
    whole = text.count(b"word") if b"word" in text else 0
    assert shown >= whole or defects.INCOMPLETE.intersection(message.defects)


def test_an_ordinary_mail_has_no_defect() -> None:
    assert parse(b"From: a@b.example\nSubject: x\n\nhello").defects == ()


def test_an_incomplete_attached_mail_makes_the_outer_one_incomplete() -> None:
    raw = b"From: a@b.example\nContent-Type: message/rfc822\n\nFrom: c@d.example\n\n" + b"word " * 500_000
    assert defects.TEXT_CUT in parse(raw).defects
