"""Bounces are found and read, with a report or without; delays, successes and people are told apart from them."""

from __future__ import annotations

import logging

import pytest

from mailbot.ingest.parse import parse
from mailbot.ingest.reasons import Reason, judge, reason_of
from mailbot.ingest.screen import screen
from mailbot.mail import BounceReport, Envelope, Kind, Screening
from tests.mails import DESK, OWN, mail
from tests.unit.ingest.growth import growth
from tests.unit.ingest.oddities import FOLDER

DAEMON = "Mail Delivery System <MAILER-DAEMON@mx.example>"
RETURNED = f"Message-ID: <l1@desk.example>\nFrom: {DESK}\nTo: ann@q.example\nSubject: Card\n\nHello"


def screened(raw: bytes, sender: str = "") -> Screening:
    return screen(parse(raw), Envelope(sender=sender), OWN)


def read(raw: bytes) -> BounceReport:
    screening = screened(raw)
    assert screening.kind is Kind.BOUNCE
    assert screening.bounce is not None
    return screening.bounce


def bounce(name: str) -> BounceReport:
    return read((FOLDER / f"{name}.eml").read_bytes())


def dsn(*recipients: str, text: str = "Could not be delivered.", returned: str = RETURNED, **headers: str) -> bytes:
    """A delivery report (RFC 3464) with these per-recipient groups."""
    status = "Reporting-MTA: dns; mx.example\n\n" + "\n\n".join(recipients)
    body = (
        f"--b\nContent-Type: text/plain\n\n{text}\n--b\nContent-Type: message/delivery-status\n\n{status}\n"
        f"--b\nContent-Type: message/rfc822\n\n{returned}\n--b--\n"
    )
    fields = {
        "content_type": "multipart/report; report-type=delivery-status; boundary=b",
        "subject": "Undelivered",
        **headers,
    }
    return mail(body, sender=DAEMON, **fields)  # type: ignore[arg-type]


def group(action: str = "failed", status: str = "5.1.1", diagnostic: str = "") -> str:
    fields = f"Final-Recipient: rfc822; ann@q.example\nAction: {action}\nStatus: {status}"
    return f"{fields}\nDiagnostic-Code: smtp; {diagnostic}" if diagnostic else fields


def test_a088_a_report_names_recipient_status_and_letter() -> None:
    assert read(dsn(group())) == BounceReport(("ann@q.example",), "5.1.1", "failed", True, "l1@desk.example")


def test_a088_a_report_with_the_headers_of_an_automatic_reply_is_a_bounce() -> None:
    assert read(dsn(group(), auto_submitted="auto-replied", precedence="bulk", x_autoreply="yes")).action == "failed"


def test_a088_a_report_without_the_empty_sender_is_a_bounce() -> None:
    assert screened(dsn(group()), "relay@mx.example").kind is Kind.BOUNCE


def test_a088_a_delay_is_told_apart_and_never_permanent() -> None:
    screening = screened(dsn(group("delayed", "4.4.1"), subject="Delayed Mail (still being retried)"))
    assert screening.kind is Kind.BOUNCE
    assert "only a delay: it is still being tried" in screening.because
    assert screening.bounce == BounceReport(("ann@q.example",), "4.4.1", "delayed", False, "l1@desk.example")


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded"])
def test_a_report_of_success_is_no_bounce(action: str) -> None:
    screening = screened(dsn(group(action, "2.0.0")))
    assert screening.kind is Kind.AUTO_REPLY
    assert screening.bounce is not None
    assert screening.bounce.action == action


def test_a_bounce_of_a_bounce_is_a_bounce() -> None:
    assert read(dsn(group(), returned="From: <>\nSubject: Undelivered Mail\n\nx")).message_id is None


@pytest.mark.parametrize(
    ("text", "recipients"),
    [
        (
            "Original-Recipient: rfc822;joe@a.example\nFinal-Recipient: rfc822;joe@b.example\nAction: failed",
            ("joe@a.example",),
        ),
        ("Final-Recipient: <joe@a.example>\nAction: error", ("joe@a.example",)),
        ("Final-recipient: RFC822;\n joe@a.example\nACTION: FAILED (x)", ("joe@a.example",)),
        ("Final-Recipient: x400; /c=us/\nAction: failed", ()),
        (
            "Final-Recipient: rfc822;a@a.example\nAction: failed\nFinal-Recipient: rfc822;b@a.example\nAction: failed",
            ("a@a.example", "b@a.example"),
        ),
    ],
)
def test_recipients_are_read_however_they_are_written(text: str, recipients: tuple[str, ...]) -> None:
    assert read(dsn(text)).recipients == recipients


def test_a_recipient_that_was_reached_did_not_fail() -> None:
    ok = group("relayed", "2.0.0").replace("ann@", "bob@")
    assert read(dsn(ok, group())).recipients == ("ann@q.example",)


@pytest.mark.parametrize(
    ("status", "diagnostic", "expected", "permanent"),
    [
        ("5.1.1", "550 5.1.1 user unknown", "5.1.1", True),
        ("5.0.0", "550 5.7.1 rejected as spam", "5.7.1", False),
        ("5.0.0", "550 Rejected", "5.0.0", False),
        ("5.0.0", "smtp; 5.1.0 - Unknown address 550-'5.2.2 Mailbox Full'", "5.2.2", False),
        ("4.4.7", "450 4.7.1 Access denied", "4.7.1", False),
        ("5.1.1", "552 5.1.1 mailbox is over quota", "5.1.1", False),
        ("5.1.2", "host not found", "5.1.2", True),
        ("5.7.26", "550 5.7.26 unauthenticated mail", "5.7.26", False),
        ("5.4.1", "550 5.4.1 Recipient address rejected: Access denied", "5.4.1", True),
        ("5.3.2", "521 host does not accept mail", "5.3.2", True),
    ],
)
def test_the_status_a_server_spoke_wins(status: str, diagnostic: str, expected: str, permanent: bool) -> None:
    report = read(dsn(group("failed", status, diagnostic)))
    assert (report.status, report.permanent) == (expected, permanent)


FREE_FORM = {
    "qmail": "5.1.1",
    "exim": "5.0.911",
    "domino": "5.0.911",
    "exchange": "5.1.1",
    "sendmail": "5.1.1",
    "gmail": "5.1.1",
    "yahoo": "5.1.1",
    "german": "5.1.1",
    "spanish": "5.1.10",
    "chinese": "5.1.1",
    "japanese": "5.1.1",
}


@pytest.mark.parametrize("system", FREE_FORM)
def test_a088_a_notice_without_a_report_is_read_by_its_words(system: str) -> None:
    report = bounce(f"bounce-free-form-{system}")
    assert report.recipients == ("ann@q.example",)
    assert (report.status, report.action) == (FREE_FORM[system], "failed")
    assert report.permanent


def test_the_letter_is_named_by_the_copy_below_the_notice() -> None:
    assert bounce("bounce-free-form-qmail").message_id == "l1@desk.example"


def test_a_notice_that_warns_only_is_a_delay() -> None:
    text = "Your message has not yet been delivered to ann@q.example. It will be retried. No action is required."
    report = read(mail(text, sender=DAEMON, subject="Warning: message delayed 24 hours"))
    assert (report.action, report.permanent) == ("delayed", False)


def test_a_notification_of_a_mail_service_is_read() -> None:
    text = (
        '{"notificationType":"Bounce","bounce":{"bouncedRecipients":[{"emailAddress":"ann@q.example","action":"failed",'
        '"status":"5.1.1","diagnosticCode":"smtp; 550 5.1.1 user unknown"}]}}\n\n-- \nunsubscribe'
    )
    assert read(mail(text, sender="no-reply@sns.example", subject="Notification")).recipients == ("ann@q.example",)


@pytest.mark.parametrize(
    "text", ['{"bouncedRecipients"', '{"bounce": {"bouncedRecipients": 7}}', "{" * 5000 + '"bouncedRecipients"']
)
def test_a_notification_that_is_broken_is_no_bounce(text: str) -> None:
    assert screened(mail(text), "x@y.example").kind is not Kind.BOUNCE


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Re: Undelivered Mail Returned to Sender", "Why did my mail to you come back as undeliverable?"),
        ("Rejected claim", "My claim was rejected. The letter says user unknown. What now?"),
        ("Returned card", "The card was returned to sender by the post office. Please send it again to 1 Mill Lane."),
        ("Delivery of forms", "When will the forms be delivered? They could not be found at our office."),
        ("Mailbox full", "Our mailbox was full last week, so we may have lost your mail. Please send it again."),
    ],
)
def test_a_person_who_writes_of_returned_mail_is_no_bounce(subject: str, text: str) -> None:
    screening = screened(mail(text, subject=subject), "dana@broker.example")
    assert screening.kind is Kind.INQUIRY


def test_x_failed_recipients_alone_makes_no_bounce() -> None:
    raw = mail(x_failed_recipients="ann@q.example")
    assert screened(raw, "dana@broker.example").kind is Kind.INQUIRY


def test_what_the_detectors_raise_never_reaches_anyone(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        raw = mail("This is the qmail-send program. secret@q.example", sender="", subject="failure notice")
        assert screened(raw).kind is Kind.BOUNCE
    assert "secret" not in caplog.text


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("552 Mailbox full", Reason.MAILBOX_FULL),
        ("552 message size exceeds fixed maximum message size", Reason.TOO_BIG),
        ("550 relaying denied", Reason.NO_RELAYING),
        ("Host or domain name not found", Reason.HOST_UNKNOWN),
        ("550 No such user here", Reason.USER_UNKNOWN),
        ("account has been disabled", Reason.SUSPENDED),
        ("retry timeout exceeded", Reason.EXPIRED),
        ("blocked using zen.spamhaus.example", Reason.BLOCKED),
        ("this message looks like spam", Reason.SPAM),
        ("Virus detected", Reason.VIRUS),
        ("too many hops", Reason.NETWORK),
        ("DMARC policy", Reason.AUTHENTICATION),
        ("", None),
        ("good morning", None),
    ],
)
def test_the_reason_is_named(text: str, reason: Reason | None) -> None:
    assert reason_of(text) is reason


def test_a_recipient_unknown_only_after_the_content_was_filtered() -> None:
    after = judge(action="failed", status=None, diagnostic="", notice="550 unknown user\nSMTP command DATA", subject="")
    assert (after.status, after.permanent) == ("5.0.910", False)


def test_a_report_with_bare_cr_line_ends_is_read() -> None:
    report = bounce("bounce-with-bare-cr-line-ends")
    assert (report.recipients, report.status, report.permanent) == (("ann@q.example",), "5.1.1", True)


@pytest.mark.parametrize(
    ("notice", "permanent"),
    [
        ("550 ann@q.example... No such user", True),
        ("550 5.1.1 <ann@q.example>... User unknown", True),
        ("SMTP error after RCPT TO:<ann@q.example>: 550 No such user", True),
        ("did not like our RCPT TO:\n550 No such user", True),
        ("550 - no such user here\n  MAIL FROM: desk@desk.example\n  RCPT TO: ann@q.example", False),
        ("550 ann@q.example... No such user\n---SMTP command\nDATA", False),
        ("550 No such user (in reply to end of data)", False),
        ("no such user here", True),
        ("This account has been disabled or discontinued.", True),
        ("The mailbox has been deleted.", True),
        ("This account has been permanently closed.", True),
        ("This account has been disabled.", False),
        ("Your account is locked.", False),
        ("Not enough disk space", False),
        ("The letter was not passed on.", True),
        ("Das geht so nicht. Später vielleicht, schöne Grüße.", False),
        ("エラー", False),
    ],
)
def test_a_free_notice_is_permanent_only_where_the_address_is_dead(notice: str, permanent: bool) -> None:
    judged = judge(action="failed", status=None, diagnostic="", notice=notice, subject="failure notice")
    assert judged.permanent is permanent


@pytest.mark.parametrize(
    ("status", "diagnostic"),
    [("5.1.1", "550 5.1.1 user unknown"), ("5.1.1", ""), ("5.1.10", "550 5.1.10 not found")],
)
@pytest.mark.parametrize("full", ["Not enough disk space", "The mailbox is full.", "Quota exceeded"])
def test_a_mailbox_that_is_full_exists_whatever_the_code_says(status: str, diagnostic: str, full: str) -> None:
    judged = judge(action="failed", status=status, diagnostic=diagnostic, notice=full, subject="Returned mail")
    assert (judged.permanent, judged.status) == (False, status)


@pytest.mark.parametrize(
    "piece", ["<a@b.example>:\n", "5.1.1 ", "Final-Recipient: rfc822; a@b\n", "your message could not ", "a@"]
)
def test_a054_twice_the_notice_takes_at_most_twice_the_time(piece: str) -> None:
    def run(raw: bytes) -> object:
        return screened(raw)

    def made(n: int) -> bytes:
        return mail((piece * n)[:n], sender=DAEMON, subject="failure notice")

    assert growth(run, made, 30_000) < 3.2
