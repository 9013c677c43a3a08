"""Header values with parameters, as mail programs write them (RFC 2045, RFC 2231)."""

from __future__ import annotations

import pytest

from mailbot.ingest.parameters import parse_valued


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ('text/plain; charset="utf-8"', "charset", "utf-8"),
        ("text/plain charset=utf-8", "charset", "utf-8"),
        ("text/plain; charset=us-ascii (Plain text)", "charset", "us-ascii"),
        ("TEXT/PLAIN; CHARSET = UTF-8", "charset", "UTF-8"),
        ("a/b; name=This is a test.txt", "name", "This is a test.txt"),
        ('a/b; name="a;b.txt"', "name", "a;b.txt"),
        (r'a/b; name="a \"b\".txt"', "name", 'a "b".txt'),
        (r'a/b; name="C:\TEMP\a.png"', "name", r"C:\TEMP\a.png"),
        ('a/b; name="never closed; charset=x', "name", "never closed"),
        ("a/b; name='single.txt'", "name", "single.txt"),
        ("a/b; name=a.txt; name=b.txt", "name", "a.txt"),
        ("multipart/mixed; boundary=----=_Part_1.2", "boundary", "----=_Part_1.2"),
        ('multipart/mixed; boundary="a b"', "boundary", "a b"),
        ("; name=a.txt", "name", "a.txt"),
        ("a/b; ;; name=a.txt", "name", "a.txt"),
        ("a/b; =x; name=a.txt", "name", "a.txt"),
        ("a/b; name*=utf-8'en'%E2%82%AC.txt", "name", "€.txt"),
        ("a/b; name*=UTF-8''a%20b; name=plain", "name", "a b"),
        ("a/b; name*0=long; name*1=er.txt", "name", "longer.txt"),
        ("a/b; name*1=er.txt; name*0=long", "name", "longer.txt"),
        ("a/b; name*0*=utf-8''%E2%82; name*1*=%AC.txt", "name", "€.txt"),
        ("a/b; name*0*=utf-8''%E2%82%AC; name*1=.txt", "name", "€.txt"),
        ("a/b; name*=no-such''%FC.txt", "name", "ü.txt"),
        ('a/b; name="=?utf-8?B?w7wudHh0?="', "name", "ü.txt"),
        ('a/b; name*0="=?utf-8?B?w7w"; name*1="udHh0?="', "name", "ü.txt"),
    ],
)
def test_a_parameter_is_found(text: str, name: str, value: str) -> None:
    assert parse_valued(text).get(name) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Text/Plain; x=y", "text/plain"),
        ('"text/html"', "text/html"),
        ("", ""),
        (";", ""),
        ("attachment", "attachment"),
    ],
)
def test_the_value_stands_before_the_parameters(text: str, value: str) -> None:
    assert parse_valued(text).value == value
