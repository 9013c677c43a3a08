"""Mail to many by its words and headers; and that asking for all signs at once loses none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.ingest.autoreply import _AUTO_HEADER, _is_auto_header
from mailbot.ingest.bulk import _ANY, _MASS_HEADERS, _PHISHING, _SELLING, _UNSUBSCRIBE, _is_mass_header, bulk_signs
from mailbot.ingest.parse import parse
from tests.mails import mail

NEWSLETTER = "Our autumn news.\n\nTo unsubscribe from this list, write to us.\n"
PHISHING = "Your mailbox will be suspended. Verify your account now: https://mx.example/login\n"
INQUIRY = "Please add Ann Lee, born 1/2/1990, to group 12345 as of 12/1/2026.\n"


def test_a_newsletter_is_known_by_its_way_out() -> None:
    assert bulk_signs(parse(mail(NEWSLETTER, subject="News"))) == ("it tells how to unsubscribe",)


def test_a_mail_that_presses_the_reader_is_known_by_that_and_its_link() -> None:
    assert "it presses the reader to act on an account" in bulk_signs(parse(mail(PHISHING, subject="Your mailbox")))


def test_an_inquiry_is_none_of_it() -> None:
    assert bulk_signs(parse(mail(INQUIRY))) == ()


def test_the_header_of_a_mass_mailing_counts_with_the_way_out() -> None:
    raw = mail(NEWSLETTER, x_mailchimp="7")
    assert bulk_signs(parse(raw)) == ("headers of a mass mailing", "it tells how to unsubscribe")


def test_such_a_header_alone_is_not_enough() -> None:
    assert bulk_signs(parse(mail(INQUIRY, x_mailchimp="7"))) == ()


WORDS = [*NEWSLETTER.split(), *PHISHING.split(), *INQUIRY.split(), "free", "trial", "offer", "password", "invoice", "."]


@given(st.lists(st.sampled_from(WORDS), max_size=40))
def test_all_three_lists_asked_at_once_find_what_any_of_them_finds(said: list[str]) -> None:
    text = " ".join(said)
    one_by_one = any(each.found_in(text) for each in (_UNSUBSCRIBE, _SELLING, _PHISHING))
    assert _ANY.found_in(text) == one_by_one


NAMES = ["x-mailchimp", "x-campaign", "feedback-id", "x-auto-reply", "auto-generated", "x-ooo", "subject", "x-mailer"]


@pytest.mark.parametrize("name", [*NAMES, *(f"{name}-x" for name in NAMES), "", "x-" * 500])
def test_a_header_that_is_remembered_is_what_it_was(name: str) -> None:
    for _ in range(2):
        assert _is_mass_header(name) == bool(_MASS_HEADERS.fullmatch(name))
        assert _is_auto_header(name) == bool(_AUTO_HEADER.fullmatch(name))
