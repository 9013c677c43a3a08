"""Notices as many systems write them, in many languages, and mails from people about mail that came back."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailbot.ingest.parse import parse
from mailbot.ingest.screen import screen
from mailbot.mail import BounceReport, Envelope, Kind, Screening
from tests.mails import OWN

FOLDER = Path(__file__).parents[2] / "bounces"
NOTICES = sorted((FOLDER / "notices").glob("*.eml"))
PEOPLE = sorted((FOLDER / "people").glob("*.eml"))

# Status and permanence of all that is not "5.1.1 and dead". Where nobody gives a code, one stands for the reason.
TOLD = {
    "barracuda": ("5.0.980", False),
    "courier": ("5.0.911", True),
    "docomo": ("5.0.910", False),
    "domino-de": ("5.0.911", True),
    "domino-en": ("5.0.911", True),
    "exim-delay": ("4.0.947", False),
    "exim-expired": ("5.0.947", False),
    "exim-unrouteable": ("5.0.911", True),
    "gmail-delay": ("4.0.947", False),
    "gmail-full": ("5.2.2", False),
    "gmail-no-such-domain": ("5.0.912", True),
    "gmx": ("5.0.911", True),
    "groupwise": ("5.0.911", True),
    "hinet-full": ("5.2.2", False),
    "imail": ("5.0.911", True),
    "laposte": ("5.0.911", True),
    "libero": ("5.0.911", True),
    "mailenable": ("5.0.911", True),
    "mailru": ("5.0.911", True),
    "mailru-full": ("5.0.922", False),
    "microsoft-365-blocked": ("5.7.1", False),
    "mimecast": ("5.0.971", False),
    "netease": ("5.0.910", False),
    "postfix-delay": ("4.0.947", False),
    "qmail-full": ("5.2.2", False),
    "qmail-no-host": ("5.1.2", True),
    "qq": ("5.0.910", False),
    "sendmail-no-host": ("5.1.2", True),
    "t-online": ("5.0.911", True),
    "terra-full": ("5.0.922", False),
    "trend-too-big": ("5.3.4", False),
    "yahoo": ("5.0.910", False),
    "yahoo-full": ("5.0.922", False),
    "yandex": ("5.7.1", True),
} | {f"microsoft-365-{language}": ("5.1.10", True) for language in ("en", "de", "es", "fr", "pt")}


def screened(raw: bytes, sender: str | None = None) -> Screening:
    return screen(parse(raw), Envelope(sender=sender), OWN)


def report_of(path: Path) -> BounceReport:
    screening = screened(path.read_bytes())
    assert screening.kind is Kind.BOUNCE
    assert screening.bounce is not None
    return screening.bounce


@pytest.mark.parametrize("path", NOTICES, ids=lambda path: path.stem)
def test_a088_a_notice_is_told_with_the_address_that_failed(path: Path) -> None:
    assert report_of(path).recipients == ("ann@q.example",)


@pytest.mark.parametrize("path", NOTICES, ids=lambda path: path.stem)
def test_a_notice_says_whether_the_address_is_dead(path: Path) -> None:
    report = report_of(path)
    assert (report.status, report.permanent) == TOLD.get(path.stem, ("5.1.1", True))


@pytest.mark.parametrize("path", NOTICES, ids=lambda path: path.stem)
def test_only_what_is_still_being_tried_is_a_delay(path: Path) -> None:
    assert report_of(path).action == ("delayed" if path.stem.endswith("-delay") else "failed")


@pytest.mark.parametrize("path", NOTICES, ids=lambda path: path.stem)
def test_a_copy_of_the_letter_names_it(path: Path) -> None:
    holds_a_copy = b"l1@desk.example" in path.read_bytes()
    assert report_of(path).message_id == ("l1@desk.example" if holds_a_copy else None)


@pytest.mark.parametrize("path", NOTICES, ids=lambda path: path.stem)
def test_a_notice_is_told_through_smtp_too(path: Path) -> None:
    raw = path.read_bytes().removeprefix(b"Return-Path: <>\n")
    assert screened(raw, sender="").kind is Kind.BOUNCE


# From these two nothing but the empty return path tells a mail system.
NAMELESS = {"relay-with-an-odd-sender", "courier"}


@pytest.mark.parametrize("path", [path for path in NOTICES if path.stem not in NAMELESS], ids=lambda path: path.stem)
def test_a_notice_whose_return_path_got_lost_is_still_one(path: Path) -> None:
    raw = path.read_bytes().removeprefix(b"Return-Path: <>\n")
    assert screened(raw).kind is Kind.BOUNCE


@pytest.mark.parametrize("path", PEOPLE, ids=lambda path: path.stem)
def test_pain_25_a_person_who_writes_of_lost_mail_is_no_bounce(path: Path) -> None:
    assert screened(path.read_bytes()).kind.from_a_person


@pytest.mark.parametrize("path", PEOPLE, ids=lambda path: path.stem)
def test_a_person_is_told_through_smtp_too(path: Path) -> None:
    assert screened(path.read_bytes(), sender="dana@broker.example").kind.from_a_person


def test_the_sets_are_what_they_are_said_to_be() -> None:
    assert len(NOTICES) >= 80
    assert len(PEOPLE) >= 45
    assert set(TOLD) <= {path.stem for path in NOTICES}


NOTICE = (FOLDER / "notices" / "microsoft-365-en.eml").read_bytes()


def test_a_robot_that_names_an_address_and_a_code_is_believed() -> None:
    raw = NOTICE.replace(b"Return-Path: <>\n", b"Return-Path: <r@mx.example>\n")
    raw = raw.replace(b"MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@", b"no-reply@").replace(
        b"Microsoft Outlook", b"MX"
    )
    raw = raw.replace(b"\n\nann wasn't", b"\n\n<ann@q.example>: \n\nann wasn't")
    assert screened(raw).kind is Kind.BOUNCE


@pytest.mark.parametrize("header", [b"Auto-Submitted: auto-replied\n", b"Auto-Submitted: auto-generated (failure)\n"])
def test_an_odd_sender_that_says_it_is_a_machine_is_believed(header: bytes) -> None:
    raw = (FOLDER / "notices" / "relay-with-an-odd-sender.eml").read_bytes()
    assert screened(raw, sender="relay@mx.example").kind.from_a_person
    assert screened(header + raw, sender="relay@mx.example").kind is Kind.BOUNCE


@pytest.mark.parametrize(
    ("sender", "path", "kind"),
    [
        ("Karl Ohm <postmaster@broker.example>", "postmaster@broker.example", Kind.INQUIRY),
        ("Ohm, Karl <postmaster@broker.example>", "karl@broker.example", Kind.INQUIRY),
        ("Karl Ohm <postmaster@broker.example>", "", Kind.BOUNCE),
        ("postmaster@broker.example", "postmaster@broker.example", Kind.BOUNCE),
        ("Mail Delivery System <postmaster@broker.example>", "postmaster@broker.example", Kind.BOUNCE),
        ("Karl Ohm <MAILER-DAEMON@broker.example>", "x@broker.example", Kind.BOUNCE),
        ("Broker Mail Gateway <gw@broker.example>", "MAILER-DAEMON@broker.example", Kind.BOUNCE),
        ('"System Administrator"@broker.example', "x@broker.example", Kind.BOUNCE),
        ("Dana Reed <dana@broker.example>", "dana@broker.example", Kind.INQUIRY),
    ],
)
def test_who_reports_about_mail_is_told_by_name_and_path(sender: str, path: str, kind: Kind) -> None:
    text = (
        "Mail to enrollment@desk.example could not be delivered on Friday.\n\nann@q.example\n550 5.1.1 User unknown\n"
    )
    raw = f"From: {sender}\nTo: enrollment@desk.example\nSubject: Delivery problems on Friday\n\n{text}".encode()
    assert screened(raw, sender=path).kind is kind


REPORT = """Content-Type: multipart/report; report-type=delivery-status; boundary=r
From: Mail Delivery System <MAILER-DAEMON@mx.example>
Subject: Undelivered

--r
Content-Type: text/plain

Could not be delivered.
--r
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; old@desk.example
Action: failed
Status: 5.1.1
--r--
"""


def passed_on(sender: str) -> bytes:
    return (
        f"From: {sender}\nTo: enrollment@desk.example\nSubject: My mail came back\nMIME-Version: 1.0\n"
        "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\n"
        "This came back. Which address is right? Please add my son Leo to group 10442.\n"
        f"--b\nContent-Type: message/rfc822\n\n{REPORT}\n--b--\n"
    ).encode()


def test_a_person_who_attaches_a_report_writes_as_a_person() -> None:
    screening = screened(passed_on("Dana Reed <dana@broker.example>"), sender="dana@broker.example")
    assert screening.kind is Kind.INQUIRY


def test_a_report_that_a_mail_system_wrapped_is_one() -> None:
    screening = screened(passed_on("Mail Gateway <MAILER-DAEMON@gw.example>"), sender="")
    assert screening.kind is Kind.BOUNCE
    assert screening.bounce is not None
    assert screening.bounce.recipients == ("old@desk.example",)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("Benutzer ist nicht im Verzeichnis aufgeführt", "0.911"),
        ("Das Konto existiert nicht", "0.911"),
        ("L'adresse n'existe plus", "0.911"),
        ("La cuenta no existe", "0.911"),
        ("Il destinatario non esiste", "0.911"),
        ("O usuário não existe", "0.911"),
        ("De gebruiker bestaat niet", "0.911"),
        ("Modtageren findes ikke", "0.911"),
        ("Mottagaren hittades inte", "0.911"),
        ("Nie znaleziono adresata", "0.911"),
        ("Příjemce neexistuje", "0.911"),
        ("A címzett nem létezik", "0.911"),
        ("Alıcı bulunamadı", "0.911"),
        ("Địa chỉ không tồn tại", "0.911"),
        ("존재하지 않는 사용자입니다", "0.911"),
        ("查无此人", "0.911"),
        ("Получатель не найден", "0.911"),
        ("Das Postfach ist voll", "0.922"),
        ("La boîte de réception est saturée", "0.922"),
        ("El buzón está lleno", "0.922"),
        ("La casella di posta è piena", "0.922"),
        ("A caixa de entrada está lotada", "0.922"),
        ("Het postvak is vol.", "0.922"),
        ("Skrzynka jest przepełniona", "0.922"),
        ("Postafiókja megtelt", "0.922"),
        ("Почтовый ящик переполнен", "0.922"),
        ("收件人邮箱已满", "0.922"),
        ("수신자의 메일함이 가득 찼습니다", "0.922"),
        ("受信箱がいっぱいです", "0.922"),
    ],
)
def test_the_reason_is_read_in_other_languages(words: str, reason: str) -> None:
    raw = (
        "Return-Path: <>\nFrom: MAILER-DAEMON@mx.example\nSubject: failure notice\n"
        f"Content-Type: text/plain; charset=utf-8\n\nann@q.example\n\n{words}\n"
    )
    report = screened(raw.encode()).bounce
    assert report is not None
    assert (report.status, report.permanent) == (f"5.{reason}", reason == "0.911")


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("host mx.q.example[192.0.2.7] said: 550 Mailbox not found", "5.0.910"),
        ("host mx.q.example[192.0.2.7] said: 550 User unknown (in reply to RCPT TO command)", "5.0.911"),
        ("Host q.example not found", "5.0.912"),
        ("Host or domain name not found. Name service error for name=q.example", "5.0.912"),
        ("unknown host q.example", "5.0.912"),
        ("Die Domain q.example existiert nicht", "5.0.912"),
    ],
)
def test_a_host_that_speaks_is_not_unknown(said: str, status: str) -> None:
    raw = f"Return-Path: <>\nFrom: MAILER-DAEMON@mx.example\nSubject: failure notice\n\n<ann@q.example>:\n{said}\n"
    report = screened(raw.encode()).bounce
    assert report is not None
    assert report.status == status
