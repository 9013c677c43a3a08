"""Address lists and message ids, as they stand in real headers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.ingest.addresses import is_message_id, parse_addresses, parse_ids, parse_message_id
from mailbot.mail import Address


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a@b.example", [("", "a@b.example")]),
        ("<a@b.example>", [("", "a@b.example")]),
        ("Dana Reed <a@b.example>", [("Dana Reed", "a@b.example")]),
        ('"Reed, Dana" <a@b.example>', [("Reed, Dana", "a@b.example")]),
        (r'"Dana \"DR\" Reed" <a@b.example>', [('Dana "DR" Reed', "a@b.example")]),
        ("a@b.example (Dana Reed)", [("Dana Reed", "a@b.example")]),
        ("a@b.example, c@d.example; e@f.example", [("", "a@b.example"), ("", "c@d.example"), ("", "e@f.example")]),
        ("Team: a@b.example, C <c@d.example>;", [("", "a@b.example"), ("C", "c@d.example")]),
        ("undisclosed-recipients:;", []),
        ('"john doe"@b.example', [("", '"john doe"@b.example')]),
        ("Pete(A (nested) chap) <pete(his account)@silly.test(host)>", [("Pete", "pete@silly.test")]),
        ("<@relay.example,@b.example:c@d.example>", [("", "c@d.example")]),
        ("<mailto:a@b.example>", [("", "a@b.example")]),
        ("a @ b . example", [("", "a@b.example")]),
        ("<'a@b.example'>", [("", "a@b.example")]),
        ("Dana Reed a@b.example", [("Dana Reed", "a@b.example")]),
        ("Dana <a@b.example", [("Dana", "a@b.example")]),
        ("jdöe@mächine.example", [("", "jdöe@mächine.example")]),
        ("a@[192.0.2.1]", [("", "a@[192.0.2.1]")]),
        ("Moderator <moderator>", [("Moderator", "moderator")]),
        ("=?utf-8?Q?M=C3=BCller=2C_Bernd?= <a@b.example>", [("Müller, Bernd", "a@b.example")]),
        ("Reed, Dana, Dr. <a@b.example>", [("Reed, Dana, Dr.", "a@b.example")]),
        ("Reed, <a@b.example>", [("Reed", "a@b.example")]),
        ("mailto:a@b.example", [("", "a@b.example")]),
        ("Dana mailto:a@b.example", [("Dana", "a@b.example")]),
        (r"a@b.example (Dana \) Reed)", [("Dana ) Reed", "a@b.example")]),
        ("Dana (x) <a@b.example> (y)", [("Dana", "a@b.example")]),
        ("<a(x(y(z(u)z)y)x)@b.example>", [("", "a@b.example")]),
        (r'"a\"b"@c.example', [("", r'"a\"b"@c.example')]),
        ("Dana <a@b.example> <c@d.example>", [("Dana", "a@b.example"), ("", "c@d.example")]),
        ("", []),
        (", ,;", []),
    ],
)
def test_mailboxes_are_read(value: str, expected: list[tuple[str, str]]) -> None:
    people, _ = parse_addresses(value)
    assert [(person.name, person.address) for person in people] == expected


@pytest.mark.parametrize(
    ("value", "address"),
    [
        ("a@good.example <b@evil.example>", "b@evil.example"),
        ('"a@good.example" <b@evil.example>', "b@evil.example"),
        ("<b@evil.example> a@good.example", "b@evil.example"),
        ("b@evil.example (a@good.example)", "b@evil.example"),
    ],
)
def test_a034_the_address_is_what_stands_in_the_brackets(value: str, address: str) -> None:
    assert [person.address for person in parse_addresses(value)[0]] == [address]


@pytest.mark.parametrize(
    "value",
    [
        "a@b.example",
        "Dana Reed <a@b.example>, c@d.example;",
        "Reed, Dana <a@b.example>",
        '"Reed, Dana" <a@b.example>',
        "a@b.example (Dana)",
        "mailto:a@b.example",
        "=?utf-8?Q?M=C3=BCller?= <a@b.example>",
        r"a@b.example (Dana \) Reed)",
        "",
    ],
)
def test_plain_mailboxes_are_well_formed(value: str) -> None:
    assert parse_addresses(value)[1]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Team: a@b.example;", [("", "a@b.example")]),
        ("a@b.example (c@d.example)", [("c@d.example", "a@b.example")]),
        ("a@b.example (open", [("open", "a@b.example")]),
        ("<a@b.example> Dana", [("Dana", "a@b.example")]),
        ("Dana <a@b.example> Reed", [("Dana", "a@b.example")]),
        ("<<a@b.example>>", [("", "a@b.example")]),
        ("Dana < <a@b.example>", [("Dana", "a@b.example")]),
        ("Dana < <a@b.example", [("Dana", "a@b.example")]),
        ("Dana <a@b.example", [("Dana", "a@b.example")]),
        ("a@b.example>", [("", "a@b.example")]),
        ('"Dana <a@b.example>', [("Dana", "a@b.example")]),
        ("=?utf-8?q?Dana_=3Ca=40b.example=3E?=", [("Dana", "a@b.example")]),
        ("a@b.example, Dana", [("", "a@b.example")]),
    ],
)
def test_a034_what_is_more_than_plain_mailboxes_is_read_and_told(value: str, expected: list[tuple[str, str]]) -> None:
    """A From of this kind proves nothing: its reader may see another sender than we do."""
    people, well_formed = parse_addresses(value)
    assert ([(person.name, person.address) for person in people], well_formed) == (expected, False)


@pytest.mark.parametrize(
    "value",
    ["a@b@c.example", "alice@good.example)bob@evil.example", "a b c", "@", "a@", "@b", "a\x00@b.example", "a\\b@c"]
    + ["Dana", "Dana <>", '""@b.example', "x" * 320 + "@b.example", "a@good.example: b@evil.example", "<@b.example>"],
)
def test_what_is_no_address_is_not_made_into_one(value: str) -> None:
    people, well_formed = parse_addresses(value)
    assert not people
    assert not well_formed


def test_no_more_than_five_hundred_are_read() -> None:
    assert len(parse_addresses(", ".join(f"a{n}@b.example" for n in range(2000)))[0]) == 500


@pytest.mark.parametrize(
    ("value", "ids"),
    [
        ("<a@b> <c@d>", ("a@b", "c@d")),
        ("<a@b><a@b>", ("a@b",)),
        ("Message of Sat, 21 Nov 2026 <a@b>", ("a@b",)),
        ("a@b c@d", ("a@b", "c@d")),
        ("<a@b>,<c@d>\t<e f@g>", ("a@b", "c@d")),
        ("", ()),
        ("<>", ()),
    ],
)
def test_ids_are_read_without_brackets(value: str, ids: tuple[str, ...]) -> None:
    assert parse_ids(value) == ids


@pytest.mark.parametrize(
    ("value", "identifier"),
    [
        ("<a@b>", "a@b"),
        ("\t <a@b>\r\n", "a@b"),
        ("a@b", "a@b"),
        ("< a@b >", "a@b"),
        ("<a@b> <c@d>", "a@b"),
        ("seen by <a@b>", "a@b"),
        ("<a b@c>", ""),
        ("a", ""),
        ("<>", ""),
        ("", ""),
    ],
)
def test_the_one_id_of_a_mail_is_read_without_brackets(value: str, identifier: str) -> None:
    assert parse_message_id(value) == identifier


@pytest.mark.parametrize("text", ["", "a b", "a\r\nb", "<a>", "ä@b", "a" * 501, 'a"b'])
def test_an_id_that_could_break_a_header_is_none(text: str) -> None:
    assert not is_message_id(text)


_LOCAL = st.text("abcxyz019.+_-", min_size=1, max_size=20).filter(lambda s: s.strip(".") == s)
_NAME = st.text(st.characters(categories=("L", "N")), max_size=20)


@given(_LOCAL, _NAME)
def test_a_mailbox_that_is_written_plainly_comes_back(local: str, name: str) -> None:
    people, well_formed = parse_addresses(f'"{name}" <{local}@b.example>')
    assert well_formed
    assert [(person.name, person.address) for person in people] == [(name, f"{local}@b.example")]


@given(st.text(max_size=200))
def test_a034_whatever_the_name_says_the_angle_holds_the_address(name: str) -> None:
    inside = name.translate({ord(c): None for c in '"\\'})
    people, _ = parse_addresses(f'"{inside}" <b@evil.example>')
    assert [person.address for person in people] == ["b@evil.example"]


@pytest.mark.parametrize("value", ['"<"@', '"<"@b.example', '"a>"@b.example', '"ab"@'])
def test_a034_a_quoted_name_with_an_angle_or_without_a_domain_is_no_address(value: str) -> None:
    assert parse_addresses(value) == ((), False)


@given(st.text('"<>(),;:@\\. a\n\x00', max_size=80))
def test_a034_no_list_of_signs_makes_the_reader_raise(value: str) -> None:
    people, _ = parse_addresses(value)
    for person in people:
        assert not set(person.address) & set("<>\r\n\x00")


@given(st.text(max_size=200))
def test_a041_an_id_that_is_read_can_be_written_again(value: str) -> None:
    for identifier in (*parse_ids(value), *parse_ids(f"<{value}>")):
        assert parse_ids(f"<{identifier}>") == (identifier,)


@pytest.mark.parametrize(
    ("value", "name", "address"),
    [
        ("dana@b.example", "", "dana@b.example"),
        ("<dana@b.example>", "", "dana@b.example"),
        ("Dana  Reed <dana.reed+desk@b.example>", "Dana Reed", "dana.reed+desk@b.example"),
        ('"Reed, Dana & Sons" <dana@b.example>', "Reed, Dana & Sons", "dana@b.example"),
        ('"Dana O\'Neil"<dana@b.example>', "Dana O'Neil", "dana@b.example"),
    ],
)
def test_one_plain_mailbox_is_read_as_the_first_of_a_list_is(value: str, name: str, address: str) -> None:
    assert parse_addresses(value) == ((Address(address, name),), True)
    assert parse_addresses(f"{value}, x@y.example")[0] == (Address(address, name), Address("x@y.example"))
    assert parse_addresses(f" {value}\t") == ((Address(address, name),), True)


@given(st.lists(st.sampled_from([*"<>\"',.@() -&", "a", "Dana", "@b.example", "é", "=?"]), max_size=12).map("".join))
def test_a034_a_mailbox_reads_the_same_alone_and_in_a_list(value: str) -> None:
    """What is read in one look is what the scanner would have read: an empty element sends it there."""
    assert parse_addresses(value) == parse_addresses(f",{value}")
