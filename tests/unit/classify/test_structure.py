"""Structural signs: the desk written to, who writes, which ids and files a message carries."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailbot.classify.structure import desks, ids, signs
from mailbot.mail import Address, ForwardedHeader, Message
from tests.unit.classify.mails import mail


def told(message: Message) -> set[str]:
    return {*desks(message), *signs(message, message.subject.lower(), message.new_text.lower())}


@pytest.mark.parametrize(
    ("address", "sign"),
    [
        ("enrollment@plan.example", "to enrollment"),
        ("member.services@plan.example", "to enrollment"),
        ("GroupBilling@plan.example", "to groups"),
        ("brokers@plan.example", "to brokers"),
        ("provider.relations@plan.example", "to providers"),
        ("exchange.desk@plan.example", "to exchange"),
        ("info@plan.example", "to unknown"),
        ("info@groups.example", "to unknown"),
    ],
)
def test_the_desk_is_told_from_the_local_part(address: str, sign: str) -> None:
    assert sign in told(mail("", "hello", to=address))


def test_a_desk_in_copy_counts_too() -> None:
    message = replace(mail("", "hello"), cc=(Address("providers@plan.example"),))
    assert "to providers" in told(message) and "to unknown" not in told(message)


@pytest.mark.parametrize(
    ("sender", "sign"),
    [
        ("todd@northshorebenefits.example", "from producer"),
        ("ana@reyesseguros.example", "from producer"),
        ("frontdesk@hillsidepediatrics.example", "from provider"),
        ("hr@lumberyard.example", "from employer"),
        ("ben@countynavigators.example", "from navigator"),
        ("ann.roe@gmail.com", "from free mail"),
    ],
)
def test_the_role_is_told_from_the_address(sender: str, sign: str) -> None:
    assert sign in told(mail("", "hello", sender=sender))


def test_a_short_word_is_no_role_inside_another() -> None:
    assert "from employer" not in told(mail("", "hello", sender="chris@throne.example"))


def test_the_signature_tells_the_role_apart_from_the_address() -> None:
    message = replace(mail("", "hello"), signature="Ann Roe\nLicensed Insurance Agent")
    assert "signs producer" in told(message) and "from producer" not in told(message)


def test_a_mail_without_a_sender_has_signs_all_the_same() -> None:
    assert "to unknown" in told(replace(mail("", "hello"), from_=()))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("my npn is 17709340", "npn"),
        ("npi: 1999334810", "npi"),
        ("claim no. 26-44017-2", "claim_no"),
        ("reclamo 26-31180", "claim_no"),
        ("auth pa-4471902", "auth_no"),
        ("person id 440218", "person_id"),
        ("grp # 0048213", "group_no"),
        ("grupo 29417", "group_no"),
        ("hsp 661 029 884", "member_no"),
        ("invoice inv-0099812", "invoice_no"),
        ("we paid $12", "money"),
        ("dob 3/2/1988", "birth_date"),
        ("case 260811-0000391", "case"),
        ("call (410) 555-0117", "phone"),
        ("eff 12/1", "effective"),
        ("出生日期", "birth_date"),
    ],
)
def test_an_id_is_told_by_its_label_and_shape(text: str, kind: str) -> None:
    assert kind in ids(text)


@pytest.mark.parametrize("text", ["", "no numbers here", "in 2026 we had 14 people", "room 12, floor 3"])
def test_other_numbers_are_no_ids(text: str) -> None:
    assert not {"npn", "npi", "claim_no", "member_no", "case"} & set(ids(text))


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ((), {"files none"}),
        (("a.pdf",), {"files one", "file pdf"}),
        (("a.pdf", "b.pdf"), {"files several", "file pdf"}),
    ],
)
def test_files_are_counted_and_told_by_kind(files: tuple[str, ...], expected: set[str]) -> None:
    assert expected <= told(mail("", "hello", files=files))


@pytest.mark.parametrize(
    ("name", "type_", "kind"),
    [
        ("photo.jpg", "image/jpeg", "image"),
        ("list.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "sheet"),
        ("list.csv", "text/csv", "sheet"),
        ("letter.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "document"),
        ("test.834", "application/octet-stream", "edi"),
        ("scan.pdf", "application/octet-stream", "pdf"),
        ("notes.txt", "text/plain", "text"),
        ("thing.bin", "application/octet-stream", "other"),
    ],
)
def test_the_kind_of_a_file_is_told_by_its_type_then_its_name(name: str, type_: str, kind: str) -> None:
    message = mail("", "hello", files=(name,))
    attachment = replace(message.attachments[0], content_type=type_)
    assert f"file {kind}" in told(replace(message, attachments=(attachment,)))


def test_a_logo_is_no_file() -> None:
    message = mail("", "hello", files=("logo.png",))
    inline = replace(message.attachments[0], inline=True)
    assert "files none" in told(replace(message, attachments=(inline,)))


@pytest.mark.parametrize(("words", "length"), [(3, "short"), (60, "middling"), (300, "long")])
def test_the_length_is_told_in_three_steps(words: int, length: str) -> None:
    assert length in told(mail("", "word " * words))


def test_a_forwarded_mail_is_marked() -> None:
    assert "forwarded" in told(replace(mail("", "see below"), forwarded=ForwardedHeader(Address("a@b.example"))))
    assert "forwarded" not in told(mail("", "see below"))
