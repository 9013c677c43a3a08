"""Who vouches for From: only a trusted host or a signature, never what the mail says of itself (A034-A037)."""

from __future__ import annotations

import pytest

from mailbot.ingest.auth_results import parse_auth_results
from mailbot.ingest.authenticity import aligned, assess
from mailbot.ingest.parse import parse
from mailbot.ingest.signatures import DkimResult
from mailbot.mail import Verdict

HOST = ("mx.desk.example",)


def verdict(*headers: str, sender: str = "Dana <dana@broker.example>", dkim: DkimResult | None = None) -> Verdict:
    raw = "\r\n".join([*headers, f"From: {sender}", "Subject: x", "", "text"]).encode()
    return assess(parse(raw), HOST, dkim).verdict


def test_nothing_is_believed_when_no_host_is_configured() -> None:
    raw = b"Authentication-Results: mx.desk.example; dmarc=pass\r\nFrom: d@broker.example\r\n\r\nx"
    assert assess(parse(raw), (), None).verdict is Verdict.NONE


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ("dmarc=pass header.from=broker.example", Verdict.PASS),
        ("dmarc=pass (p=reject dis=none) header.from=broker.example", Verdict.PASS),
        ("dmarc=pass header.from=other.example", Verdict.FAIL),
        ("dmarc=fail header.from=broker.example; dkim=pass header.d=broker.example", Verdict.FAIL),
        ("dkim=pass header.d=broker.example", Verdict.PASS),
        ("dkim=pass header.i=@mail.broker.example", Verdict.PASS),
        ("dkim=pass header.d=evil.example", Verdict.NONE),
        ("dkim=fail header.d=broker.example", Verdict.FAIL),
        ("spf=pass smtp.mailfrom=bounce@broker.example", Verdict.PASS),
        ("spf=pass smtp.mailfrom=evil.example; dkim=none", Verdict.NONE),
        ("spf=softfail smtp.mailfrom=broker.example", Verdict.NONE),
        ("spf=pass smtp.mail=broker.example", Verdict.PASS),
        ("dmarc=permerror header.from=broker.example; spf=pass smtp.mailfrom=broker.example", Verdict.FAIL),
        ("dmarc=temperror header.from=broker.example", Verdict.NONE),
        ("dkim=hardfail header.d=broker.example", Verdict.FAIL),
        ("dkim=permerror header.d=broker.example", Verdict.FAIL),
        ("dkim=fail header.d=list.example; dkim=pass header.d=broker.example", Verdict.PASS),
        ("compauth=pass reason=100; unknown.thing/2=what x.y=z", Verdict.NONE),
        ("none", Verdict.NONE),
    ],
)
def test_what_the_results_of_a_trusted_host_prove(results: str, expected: Verdict) -> None:
    assert verdict(f"Authentication-Results: mx.desk.example; {results}") is expected


@pytest.mark.parametrize(
    "sender",
    [
        "dana@broker.example, eve@evil.example",
        "",
        "Friends: dana@broker.example;",
        '"boss@broker.example" <eve@evil.example>',
        "alice@broker.example)eve@evil.example",
        "alice@broker.example (eve@evil.example)",
        "dana@broker.example\x00.evil.example",
        "<<dana@broker.example>>",
        "dana",
    ],
)
def test_a034_a_from_that_is_not_one_clean_mailbox_fails(sender: str) -> None:
    passing = "Authentication-Results: mx.desk.example; dmarc=pass"
    assert verdict(passing, sender=sender) is Verdict.FAIL


def test_a034_two_from_headers_fail() -> None:
    passing = "Authentication-Results: mx.desk.example; dmarc=pass"
    assert verdict(passing, "From: eve@evil.example") is Verdict.FAIL


def test_a034_a_name_that_repeats_the_address_is_fine() -> None:
    passing = "Authentication-Results: mx.desk.example; dmarc=pass"
    assert verdict(passing, sender='"Dana@Broker.example" <dana@broker.example>') is Verdict.PASS


def test_a035_reply_to_proves_nothing() -> None:
    passing = "Authentication-Results: mx.desk.example; dkim=pass header.d=victim.example"
    assert verdict(passing, "Reply-To: v@victim.example", sender="eve@evil.example") is Verdict.NONE


def test_a036_claimed_envelope_headers_prove_nothing() -> None:
    headers = ("Return-Path: <dana@broker.example>", "Received-SPF: pass", "Delivered-To: desk@desk.example")
    assert verdict(*headers) is Verdict.NONE


@pytest.mark.parametrize(
    "headers",
    [
        # Ours says fail; below it the sender put a forged pass.
        (
            "Authentication-Results: mx.desk.example; dmarc=none",
            "Authentication-Results: mx.desk.example; dmarc=pass header.from=broker.example",
        ),
        # A host that is not configured stands on top.
        (
            "Authentication-Results: relay.other.example; dmarc=none",
            "Authentication-Results: mx.desk.example; dmarc=pass header.from=broker.example",
        ),
        # The trusted name stands in a comment only.
        ("Authentication-Results: evil.example (mx.desk.example); dmarc=pass header.from=broker.example",),
        ("Authentication-Results: (mx.desk.example;) evil.example; dmarc=pass header.from=broker.example",),
        # A foreign hop stands above it, so our border did not write it.
        (
            "Received: from a by mail.elsewhere.example with ESMTP; Sat, 21 Nov 2026 09:00:00 +0000",
            "Authentication-Results: mx.desk.example; dmarc=pass header.from=broker.example",
        ),
        ("Authentication-Results: mx.desk.example (; dmarc=pass header.from=broker.example",),
        ('Authentication-Results: mx.desk.example; dmarc=none reason="; dmarc=pass header.from=broker.example"',),
    ],
)
def test_a037_forged_results_are_ignored(headers: tuple[str, ...]) -> None:
    assert verdict(*headers) is Verdict.NONE


def test_hops_inside_the_desk_may_stand_above_the_results() -> None:
    assert (
        verdict(
            "Received: from mx.desk.example by mail.desk.example with LMTP; Sat, 21 Nov 2026 09:00:00 +0000",
            "Authentication-Results: mx.desk.example; dmarc=pass header.from=broker.example",
        )
        is Verdict.PASS
    )


ABOVE = "Received: {}; Sat, 21 Nov 2026 09:00:00 +0000"


@pytest.mark.parametrize(
    ("hop", "ours"),
    [
        ("from mx.desk.example (mx.desk.example [10.0.0.1]) by mail.desk.example (Postfix) with LMTP id 7", True),
        ("by mail.desk.example (Postfix, from userid 5) id 7", True),
        ("by [mx.desk.example] id 7", True),
        ("from mx.desk.example (by mail.desk.example) id 7", False),
        ("by mail.elsewhere.example (by mail.desk.example) id 7", False),
        ("from mail.desk.example by mail.elsewhere.example with SMTP", False),
        ("from mail.desk.example with SMTP", False),
    ],
)
def test_a037_who_wrote_a_hop_is_read_behind_its_by(hop: str, ours: bool) -> None:
    passing = "Authentication-Results: mx.desk.example; dmarc=pass header.from=broker.example"
    assert verdict(ABOVE.format(hop), passing) is (Verdict.PASS if ours else Verdict.NONE)


def test_our_own_dkim_check_counts_where_the_border_says_nothing_about_from() -> None:
    nothing = "Authentication-Results: mx.desk.example; spf=none"
    assert verdict(nothing, dkim=DkimResult(passed=("broker.example",))) is Verdict.PASS
    denied = "Authentication-Results: mx.desk.example; dmarc=fail"
    assert verdict(denied, dkim=DkimResult(passed=("broker.example",))) is Verdict.FAIL


def test_a_host_is_believed_however_it_is_written_in_the_configuration() -> None:
    raw = b"Authentication-Results: MX.Desk.example; dmarc=pass\r\nFrom: d@broker.example\r\n\r\nx"
    assert assess(parse(raw), (" ", " MX.desk.EXAMPLE "), None).verdict is Verdict.PASS
    assert assess(parse(raw), (" ", ""), None).verdict is Verdict.NONE


def test_our_own_dkim_check_counts_when_it_is_aligned() -> None:
    assert verdict(dkim=DkimResult(passed=("broker.example",))) is Verdict.PASS
    assert verdict(dkim=DkimResult(passed=("evil.example",))) is Verdict.NONE
    assert verdict(dkim=DkimResult(failed=("broker.example",))) is Verdict.FAIL
    assert verdict(dkim=DkimResult(unknown=("broker.example",))) is Verdict.NONE


@pytest.mark.parametrize(
    ("vouching", "domain", "expected"),
    [
        ("broker.example", "broker.example", True),
        ("broker.example", "mail.broker.example", True),
        ("mail.broker.example", "broker.example", True),
        ("ker.example", "broker.example", False),
        ("co.uk", "broker.co.uk", False),
        ("broker.co.uk", "mail.broker.co.uk", True),
        ("zebra.example", "a.zebra.example", True),
        ("example", "broker.example", False),
        ("", "broker.example", False),
    ],
)
def test_domains_are_aligned_within_one_organisation_only(vouching: str, domain: str, expected: bool) -> None:
    assert aligned(vouching, domain) is expected


def test_quoted_values_and_nested_comments_are_read() -> None:
    read = parse_auth_results('mx.desk.example 1; dkim = pass (a (b;c) \\) d) header.d="broker.example" reason="a b=c"')
    assert read is not None
    assert read.authserv_id == "mx.desk.example"
    assert [(r.method, r.result) for r in read.results] == [("dkim", "pass")]
    assert read.results[0].properties["header.d"] == "broker.example"


def test_a_header_without_a_host_is_not_read() -> None:
    assert parse_auth_results("spf=pass smtp.mailfrom=x.example") is None
