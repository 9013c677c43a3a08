"""Forwards are told from replies, and the header block of the forwarded message is read."""

from __future__ import annotations

import pytest

from mailbot.ingest.body import Setting, views
from mailbot.ingest.forwarded import addresses
from mailbot.mail import Address

ORIGINAL = "Please add my son.\nBob"


@pytest.mark.parametrize(
    ("divider", "labels"),
    [
        ("---------- Forwarded message ---------", ("From", "Date", "Subject", "To")),
        ("Begin forwarded message:", ("From", "Date", "Subject", "To")),
        ("-------- Weitergeleitete Nachricht --------", ("Von", "Datum", "Betreff", "An")),
        ("Anfang der weitergeleiteten Nachricht:", ("Von", "Datum", "Betreff", "An")),
        ("-------- Message transféré --------", ("De ", "Date ", "Sujet ", "Pour ")),
        ("Début du message réexpédié :", ("De", "Date", "Objet", "À")),
        ("---------- Mensaje reenviado ---------", ("De", "Fecha", "Asunto", "Para")),
        ("---------- Messaggio inoltrato ---------", ("Da", "Data", "Oggetto", "A")),
        ("---------- Mensagem encaminhada ---------", ("De", "Data", "Assunto", "Para")),
        ("---------- Doorgestuurd bericht ---------", ("Van", "Datum", "Onderwerp", "Aan")),
        ("---------- Przekazana wiadomość ---------", ("Od", "Data", "Temat", "Do")),
        ("---------- Vidarebefordrat meddelande ---------", ("Från", "Datum", "Ämne", "Till")),
        ("---------- Пересылаемое сообщение ---------", ("От", "Дата", "Тема", "Кому")),
        ("---------- 转发的邮件 ---------", ("发件人", "日期", "主题", "收件人")),
        ("---------- 転送メッセージ ---------", ("差出人", "日時", "件名", "宛先")),
    ],
)
@pytest.mark.parametrize("mark", ["", "> "])
def test_pain_32_the_header_block_of_a_forward_is_read(divider: str, labels: tuple[str, ...], mark: str) -> None:
    sender, date, subject, to = labels
    block = f"{sender}: Bob Marsh <bob@marsh.example>\n{date}: Nov 2, 2026\n{subject}: New son\n"
    block += f"{to}: Ann Lee <ann@q.example>"
    forwarded = "\n".join(mark + line for line in f"{block}\n\n{ORIGINAL}".split("\n"))
    read = views(f"Can you do this?\n\n{divider}\n{forwarded}\n", None)
    assert read.new_text == "Can you do this?"
    assert read.forwarded is not None
    assert read.forwarded.sender == Address("bob@marsh.example", "Bob Marsh")
    assert read.forwarded.to == (Address("ann@q.example", "Ann Lee"),)
    assert (read.forwarded.subject, read.forwarded.date) == ("New son", "Nov 2, 2026")
    assert "Please add my son." in read.quoted


OUTLOOK = f"From: Bob Marsh <bob@marsh.example>\nSent: Monday\nTo: Ann\nSubject: New son\n\n{ORIGINAL}\n"


def test_the_same_block_is_a_forward_or_a_quote_as_the_headers_say() -> None:
    text = f"See below.\n\n{OUTLOOK}"
    forwarded = views(text, None, Setting(forwards=True)).forwarded
    assert forwarded is not None
    assert forwarded.sender == Address("bob@marsh.example", "Bob Marsh")
    assert views(text, None, Setting(answers=True)).forwarded is None


def test_pain_27_a_forward_without_a_word_shows_what_was_forwarded() -> None:
    read = views(OUTLOOK, None, Setting(forwards=True))
    assert read.new_text == ORIGINAL
    assert "From: Bob Marsh" in read.text


def test_a_subject_over_two_lines_is_put_together() -> None:
    block = "From: a@b.example\nSubject: One that\n goes on\nTo: c@d.example"
    forwarded = views(f"---------- Forwarded message ----------\n{block}\n\n{ORIGINAL}", None).forwarded
    assert forwarded is not None
    assert forwarded.subject == "One that goes on"


BOB, CLEO = "Bob <bob@marsh.example>", "cleo@q.example"


@pytest.mark.parametrize(
    ("block", "subject", "date"),
    [
        (f"De:\n{BOB}\nDate:\n3 mars 2026 à 16:42:50\nÀ:\n{CLEO}\nObjet:\nFils", "Fils", "3 mars 2026 à 16:42:50"),
        (f"*From:* {BOB}\n*Sent:* Monday\n*To:* {CLEO}\n*Subject:* Fils", "Fils", "Monday"),
        (f"From：{BOB}\nSent：Monday\nTo：{CLEO}\nSubject：Fils", "Fils", "Monday"),
        (f"Subject: Fils\nFrom: {BOB}\nTo: {CLEO}", "Fils", ""),
        (f"From: {BOB}\nDate: Monday\n\nSubject: Fils\nTo: {CLEO}", "Fils", "Monday"),
        (f"From: {BOB}\nCc: zed@q.example\nReply-To: zed@q.example\nTo: {CLEO}\nSubject: Fils", "Fils", ""),
        (f"From: {BOB}\nSubject: Fils\nTo: {CLEO}\nFrom: zed@q.example\nSubject: Other", "Fils", ""),
    ],
    ids=["values below", "stars", "full-width colons", "another order", "a blank line", "more headers", "a second one"],
)
def test_a_block_is_read_however_a_mail_program_sets_it(block: str, subject: str, date: str) -> None:
    read = views(f"See below.\n\n---------- Forwarded message ----------\n{block}\n\n{ORIGINAL}", None).forwarded
    assert read is not None
    assert (read.sender, read.to) == (Address("bob@marsh.example", "Bob"), (Address(CLEO),))
    assert (read.subject, read.date) == (subject, date)


def test_a_value_goes_on_for_two_lines_and_no_further() -> None:
    divider = "---------- Forwarded message ----------\n"
    for more, to in (("", (Address(CLEO),)), ("and more\nand more\n", ())):
        text = f"{divider}From: {BOB}\nSubject: One\nthat goes on\n{more}To: {CLEO}\n\n{ORIGINAL}"
        read = views(text, None).forwarded
        assert read is not None
        assert (read.sender, read.to) == (Address("bob@marsh.example", "Bob"), to)


def test_recipients_over_two_lines_are_all_read() -> None:
    text = f"---------- Forwarded message ----------\nFrom: {BOB}\nTo: Ann <ann@q.example>,\n  {CLEO}\nSubject: x\n\ny"
    read = views(text, None).forwarded
    assert read is not None
    assert read.to == (Address("ann@q.example", "Ann"), Address(CLEO))


def test_the_first_of_several_forwards_counts() -> None:
    inner = OUTLOOK.replace("Bob Marsh <bob@marsh.example>", "Zed <zed@marsh.example>")
    forwarded = views(f"See.\n\n{OUTLOOK}\n{inner}", None, Setting(forwards=True)).forwarded
    assert forwarded is not None
    assert forwarded.sender == Address("bob@marsh.example", "Bob Marsh")


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("Bob <bob@x.example>", [("bob@x.example", "Bob")]),
        ('"Marsh, Bob" <bob@x.example>; ann@y.example', [("bob@x.example", "Marsh, Bob"), ("ann@y.example", "")]),
        ("Bob [mailto:bob@x.example]", [("bob@x.example", "Bob")]),
        ("bob@x.example<mailto:bob@x.example>", [("bob@x.example", "")]),
        ("Bob Marsh", [("", "Bob Marsh")]),
        (" <Bob Marsh> ", [("", "Bob Marsh")]),
        ("bob@x.example, bob@x.example", [("bob@x.example", "")]),
        (", ".join(f"p{n}@x.example" for n in range(300)), [(f"p{n}@x.example", "") for n in range(100)]),
        ("", []),
    ],
)
def test_addresses_are_read_as_a_person_would(value: str, found: list[tuple[str, str]]) -> None:
    assert [(person.address, person.name) for person in addresses(value)] == found
