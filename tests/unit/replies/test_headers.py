"""Header fields of a letter, one by one: what is encoded, folded, kept and refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.replies.headers import (
    LONGEST_ID,
    MOST_REFERENCES,
    ComposeError,
    address_field,
    ascii_address,
    id_field,
    one_line,
    own_message_id,
    plain_field,
    references_for,
    subject_field,
    usable_ids,
)
from tests.mails import message

TAG = "[Case 261121-0000428]"


@pytest.mark.parametrize(
    ("ids", "usable"),
    [
        ((), ()),
        (("a@b", "c@d", "a@b"), ("a@b", "c@d")),
        (("x" * LONGEST_ID, "x" * (LONGEST_ID + 1)), ("x" * LONGEST_ID,)),
        (("", "a b@c", "a\r\nBcc: x@y", "<a@b>", 'a"b@c', "a\\b@c", "(a)@b", "a,b@c", "ä@b", "a\x00@b"), ()),
        (("no-at-sign",), ("no-at-sign",)),
    ],
)
def test_a040_only_ids_that_can_stand_in_a_header_are_taken_over(ids: tuple[str, ...], usable: tuple[str, ...]) -> None:
    assert usable_ids(ids) == usable


@pytest.mark.parametrize("count", [MOST_REFERENCES, MOST_REFERENCES + 1, 5_000])
def test_a042_of_many_ids_the_first_and_the_latest_are_kept(count: int) -> None:
    ids = [f"{number}@x.example" for number in range(count)]
    kept = usable_ids(ids)
    assert len(kept) == MOST_REFERENCES
    assert (kept[0], kept[-1]) == (ids[0], ids[-1])
    assert list(kept[1:]) == ids[1 - MOST_REFERENCES :]


@pytest.mark.parametrize(
    ("values", "references"),
    [
        ({"references": ("a@x", "b@x"), "in_reply_to": ("z@x",)}, ("a@x", "b@x", "m@broker.example")),
        ({"in_reply_to": ("z@x",)}, ("z@x", "m@broker.example")),
        ({"in_reply_to": ("y@x", "z@x")}, ("m@broker.example",)),  # RFC 5322 section 3.6.4: only where there is one
        ({}, ("m@broker.example",)),
        ({"message_id": "", "references": ("a@x",)}, ("a@x",)),
        ({"message_id": ""}, ()),
    ],
)
def test_an_answer_refers_to_its_parent_and_what_stood_above(
    values: dict[str, object], references: tuple[str, ...]
) -> None:
    assert references_for(message(**values)) == references


def test_ids_stand_one_a_line() -> None:
    field = id_field("References", ("a@x", "b@x"))
    assert (field.meaning, field.value) == ("<a@x> <b@x>", "<a@x>\r\n <b@x>")


@pytest.mark.parametrize("message_id", ["a@b", "o.1@desk.example"])
def test_an_id_of_ours_has_one_at_sign(message_id: str) -> None:
    assert own_message_id(message_id) == message_id
    for wrong in (f"{message_id}@c", message_id.replace("@", ""), f"{message_id} ", f"<{message_id}>", ""):
        with pytest.raises(ComposeError):
            own_message_id(wrong)


@pytest.mark.parametrize(
    ("address", "sent"),
    [
        ("dana@broker.example", "dana@broker.example"),
        ("o'neil+x@broker.example", "o'neil+x@broker.example"),
        ("dana@bücher.example", "dana@xn--bcher-kva.example"),
        ("x" * 64 + "@" + "y" * 181 + ".example", "x" * 64 + "@" + "y" * 181 + ".example"),
    ],
)
def test_an_address_goes_out_in_ascii(address: str, sent: str) -> None:
    assert ascii_address(address) == sent


@pytest.mark.parametrize(
    "address",
    [
        *("", "dana", "@broker.example", "dana@", "a@b@broker.example", "dana reed@broker.example", "jörg@x.example"),
        *("<dana@broker.example>", "dana@broker.example,eve@x.example", "dana@broker.example\r\nBcc: eve@x.example"),
        *('"dana"@broker.example', "dana@[127.0.0.1]", "dana:x@broker.example", "x" * 64 + "@" + "y" * 190 + ".ex"),
    ],
)
def test_a034_a_letter_to_what_cannot_be_spoken_in_smtp_is_not_made(address: str) -> None:
    with pytest.raises(ComposeError, match="staff must answer by hand"):
        ascii_address(address)


@pytest.mark.parametrize(
    ("display", "value"),
    [
        ("", "dana@broker.example"),
        ("Dana Reed", '"Dana Reed" <dana@broker.example>'),
        ("Reed,  Dana", '"Reed, Dana" <dana@broker.example>'),
        ('Dana "D" \\ Reed', r'"Dana \"D\" \\ Reed" <dana@broker.example>'),
        ("Jörg", "=?utf-8?b?SsO2cmc=?=\r\n <dana@broker.example>"),
    ],
)
def test_a_name_is_quoted_or_encoded(display: str, value: str) -> None:
    assert address_field("To", "dana@broker.example", display).value == value


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("We have received your request", f"We have received your request {TAG}"),
        ("  two   blanks ", f"two blanks {TAG}"),
        ("Recibimos su petición", f"=?utf-8?q?Recibimos_su_petici=C3=B3n?=\r\n {TAG}"),
    ],
)
def test_the_case_number_is_plain_whatever_the_words_are(words: str, value: str) -> None:
    assert subject_field(words, TAG).value == value


def test_a_subject_without_a_number_has_no_blank_at_its_end() -> None:
    assert subject_field("Your cases", "").value == "Your cases"
    assert subject_field("Sus casos según la lista", "").value == "=?utf-8?q?Sus_casos_seg=C3=BAn_la_lista?="


@pytest.mark.parametrize("words", ["a\r\nBcc: x@y.example", "a\nb", "a\x00b", "a\u2028b", "a\u202eb"])
def test_a040_a_header_is_never_made_of_two_lines(words: str) -> None:
    for making in (
        lambda: subject_field(words, TAG),
        lambda: address_field("To", "dana@broker.example", words),
        lambda: one_line(words),
        lambda: plain_field("X-Mailbot-Letter", words),
    ):
        with pytest.raises(ComposeError):
            making()


@pytest.mark.parametrize("wrong", ["", "ä"])
def test_a_plain_field_has_something_plain_to_say(wrong: str) -> None:
    with pytest.raises(ComposeError, match="X-Mailbot-Letter"):
        plain_field("X-Mailbot-Letter", wrong)
    with pytest.raises(ComposeError):
        subject_field("Hello", "[Case ä]")


@given(st.lists(st.text("abcdef", min_size=1, max_size=60), min_size=1, max_size=30))
def test_a_long_subject_is_folded_at_its_blanks_and_reads_the_same(words: list[str]) -> None:
    field = subject_field(" ".join(words), TAG)
    lines = f"Subject: {field.value}".split("\r\n")
    assert max(map(len, lines)) <= 77
    assert all(line.startswith(" ") for line in lines[1:])
    assert field.value.replace("\r\n", "") == field.meaning == f"{' '.join(words)} {TAG}"
