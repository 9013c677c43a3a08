"""Who sent a mail, and in whose name."""

from __future__ import annotations

import pytest

from mailbot.cases.organisations import is_organisation, organisation
from mailbot.cases.return_path import unaligned_path
from mailbot.mail import Address, Envelope
from tests.mails import DESK, message


def path_of(spoken: str | None, sender: str = "dana@broker.example", **headers: str) -> str:
    mail = message(sender, headers=tuple((name.replace("_", "-"), value) for name, value in headers.items()))
    return unaligned_path(mail, Envelope(spoken, (DESK,)), ("old-plan.example",))


@pytest.mark.parametrize(
    ("domain", "owner"),
    [
        ("broker.example", "broker.example"),
        ("bounces.mail.broker.example", "broker.example"),
        ("mail.broker.co.uk", "broker.co.uk"),
        ("broker.co.uk", "broker.co.uk"),
        ("co.uk", "co.uk"),
        ("localhost", "localhost"),
        ("", ""),
        ("mail.xn--bcher-kva.example", "xn--bcher-kva.example"),
    ],
)
def test_the_owner_of_a_domain_is_its_shortest_parent_that_is_no_registry(domain: str, owner: str) -> None:
    assert organisation(domain) == owner


@pytest.mark.parametrize("domain", ["com", "co.uk", "gov.uk", "", "..", "a..b"])
def test_a_registry_owns_nobodys_mail(domain: str) -> None:
    assert not is_organisation(domain)


@pytest.mark.parametrize(
    "return_path",
    [
        *("dana@broker.example", "Dana@BROKER.example", "<dana@broker.example>", "somebody-else@broker.example"),
        *("bounces+17-dana=x@mail.broker.example", "prvs=123456789a=dana@broker.example"),
        *("list@old-plan.example", "SRS0=x1=ab=broker.example=dana@mx.old-plan.example"),
    ],
)
def test_a095_a_path_of_the_senders_house_or_of_a_known_forwarder_is_aligned(return_path: str) -> None:
    assert path_of(return_path) == ""


@pytest.mark.parametrize(
    ("return_path", "sent_by"),
    [
        ("eve@elsewhere.example", "elsewhere.example"),
        ("bounces@crm.salesforce.example", "salesforce.example"),
        # Anybody can write such an address: what it claims to have been is no proof.
        ("SRS0=x1=ab=broker.example=dana@relay.example", "relay.example"),
        ("dana@broker.example.elsewhere.example", "elsewhere.example"),
        ("dana@notbroker.example", "notbroker.example"),
        ("dana", "dana"),
    ],
)
def test_a095_a_path_of_another_house_is_told(return_path: str, sent_by: str) -> None:
    assert path_of(return_path) == sent_by


def test_a095_two_houses_under_one_registry_are_two() -> None:
    assert path_of("eve@other.co.uk", "dana@broker.co.uk") == "other.co.uk"


def test_a095_where_the_envelope_is_not_known_the_topmost_return_path_tells() -> None:
    assert path_of(None, return_path="<eve@elsewhere.example>") == "elsewhere.example"
    assert path_of(None, return_path="<dana@broker.example>") == ""
    assert path_of(None) == ""


def test_a095_a_header_says_nothing_where_the_envelope_was_spoken() -> None:
    assert path_of("dana@broker.example", return_path="<eve@elsewhere.example>") == ""
    assert path_of("eve@elsewhere.example", return_path="<dana@broker.example>") == "elsewhere.example"


def test_a095_a_mail_of_two_authors_is_nobodys() -> None:
    two = message(from_=(Address("dana@broker.example"), Address("carl@broker.example")))
    assert unaligned_path(two, Envelope("eve@elsewhere.example"), ()) == ""
