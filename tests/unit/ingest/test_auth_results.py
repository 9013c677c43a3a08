"""One Authentication-Results header read as RFC 8601 writes it, and not at all where it is ambiguous."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.ingest.auth_results import MethodResult, parse_auth_results


def results(value: str) -> tuple[MethodResult, ...]:
    read = parse_auth_results(value)
    assert read is not None
    assert read.authserv_id == "mx.desk.example"
    return read.results


@pytest.mark.parametrize(
    ("written", "method", "result", "properties"),
    [
        ("dkim=pass header.d=a.example", "dkim", "pass", {"header.d": "a.example"}),
        ("DKIM=Pass Header.D=A.Example", "dkim", "pass", {"header.d": "a.example"}),
        ("dkim/1 = pass header.d = a.example", "dkim", "pass", {"header.d": "a.example"}),
        ("spf=fail (no (nested) record) smtp.mailfrom=a@b.example", "spf", "fail", {"smtp.mailfrom": "a@b.example"}),
        ('dmarc=pass reason="good; really" header.from=a.example', "dmarc", "pass", {"header.from": "a.example"}),
        ("dkim=pass header.d=a.example header.d=b.example", "dkim", "pass", {"header.d": "a.example"}),
        ("spf=pass(sender is fine)smtp.mailfrom=a.example", "spf", "pass", {"smtp.mailfrom": "a.example"}),
        ("dkim=pass (;) header.d=a.example", "dkim", "pass", {"header.d": "a.example"}),
        ('dkim=pass header.b="ab/c=" header.d=a.example', "dkim", "pass", {"header.d": "a.example"}),
        ("x-new=odd policy.thing=1", "x-new", "odd", {"policy.thing": "1"}),
        ("dkim=pass word", "dkim", "pass", {}),
    ],
)
def test_a_result_is_read_with_its_properties(
    written: str, method: str, result: str, properties: dict[str, str]
) -> None:
    (read,) = results(f"mx.desk.example 1; {written}")
    assert (read.method, read.result) == (method, result)
    assert read.properties.items() >= properties.items()


@pytest.mark.parametrize(
    "value", ["mx.desk.example; none", "mx.desk.example", "mx.desk.example;;;", "MX.desk.example;"]
)
def test_a_host_that_checked_nothing_has_no_results(value: str) -> None:
    assert results(value) == ()


@pytest.mark.parametrize(
    "value",
    [
        "",
        ";",
        "dkim=pass header.d=a.example",
        'mx.desk.example; dkim=pass reason="open',
        "mx.desk.example; dkim=pass (open",
        "mx.desk.example; dkim=pass closed)",
        "(mx.desk.example); ",
        'mx.desk.example; dkim=pass "',
    ],
)
def test_a037_a_header_that_cannot_be_read_proves_nothing(value: str) -> None:
    assert parse_auth_results(value) is None


@pytest.mark.parametrize(
    "value",
    [
        "mx.desk.example; dkim=none (dkim=pass header.d=a.example)",
        'mx.desk.example; dkim=none reason="x; dkim=pass header.d=a.example"',
        'mx.desk.example; dkim=none reason="dkim=pass"',
        r'mx.desk.example; dkim=none reason="\"; dkim=pass header.d=a.example; x=\""',
        r"mx.desk.example; dkim=none (\); dkim=pass header.d=a.example)",
    ],
)
def test_a037_words_in_comments_and_quotes_are_no_results(value: str) -> None:
    assert [result.result for result in results(value)] == ["none"]


def test_a037_a_header_without_end_is_not_read_to_its_end() -> None:
    """A thousand results, or one that is never done: the first ones count, or none."""
    many = "; dkim=fail header.d=a.example" * 1_000
    assert len(results(f"mx.desk.example{many[:8_000]}")) < 60
    assert parse_auth_results(f"mx.desk.example; dkim=none ({'x' * 10_000}); dkim=pass header.d=a.example") is None


@given(st.text(max_size=300))
def test_a037_a_comment_changes_no_result(comment: str) -> None:
    inside = comment.translate({ord(c): None for c in '()\\"'})
    plain = results("mx.desk.example; dkim=fail header.d=a.example")
    assert results(f"mx.desk.example ({inside}); dkim=fail ({inside}) header.d=a.example") == plain


@given(st.text(max_size=400))
def test_no_text_at_all_makes_the_reader_raise(value: str) -> None:
    read = parse_auth_results(value)
    assert read is None or read.authserv_id == read.authserv_id.lower()
