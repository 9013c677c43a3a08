"""Encryption and login on the way out: always verified, never in clear by accident."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path

import pytest
import trustme

from mailbot.errors import ConfigurationError
from mailbot.mail import Address, Letter
from mailbot.replies.delivery import Server, ServerCourier, Timeouts
from mailbot.replies.outcomes import Later, Outcome, Sent
from tests.servers.smtp_sink import Script, Sink, smtp_sink

LETTER = Letter(
    "acknowledgment", Address("pat@broker.example"), "Hi", "o.1@desk.example", "en", "", b"Subject: Hi\r\n\r\nHi\r\n"
)


@dataclass(frozen=True)
class Authority:
    """A certificate authority of our own, and a server's context for 127.0.0.1 or for another host."""

    ca: trustme.CA
    file: Path

    def context(self, host: str = "127.0.0.1") -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.ca.issue_cert(host).configure_cert(context)
        return context


def authority(folder: Path, name: str) -> Authority:
    ca = trustme.CA()
    ca.cert_pem.write_to_path(str(folder / name))
    return Authority(ca, folder / name)


@pytest.fixture
def ours(tmp_path: Path) -> Authority:
    return authority(tmp_path, "ours.pem")


def tried(sink: Sink, scheme: str, ca_file: Path | None, login: tuple[str, str] = ("", "")) -> Outcome:
    user, password = login
    server = Server(
        scheme, sink.host, sink.port, "desk.example", user, password, ca_file, timeouts=Timeouts(20, 20, 20, 20)
    )
    return next(ServerCourier(server).deliver([LETTER]))


def test_starttls_with_the_right_authority_sends_encrypted(ours: Authority) -> None:
    with smtp_sink(starttls=ours.context()) as sink:
        assert isinstance(tried(sink, "smtp+starttls", ours.file), Sent)
        assert sink.wait_for(1)[0].encrypted


def test_smtps_encrypts_from_the_first_byte(ours: Authority) -> None:
    with smtp_sink(implicit_tls=ours.context()) as sink:
        assert isinstance(tried(sink, "smtps", ours.file), Sent)
        assert sink.wait_for(1)[0].encrypted


def test_a_certificate_of_an_unknown_authority_gets_no_letter(ours: Authority, tmp_path: Path) -> None:
    other = authority(tmp_path, "other.pem")
    with smtp_sink(starttls=other.context()) as sink:
        outcome = tried(sink, "smtp+starttls", ours.file)
        assert isinstance(outcome, Later)
        assert "is not trusted" in outcome.answer
        assert sink.received == []


@pytest.mark.parametrize("scheme", ["smtp+starttls", "smtps"])
def test_the_system_authorities_do_not_trust_ours(ours: Authority, scheme: str) -> None:
    tls = {"starttls" if scheme == "smtp+starttls" else "implicit_tls": ours.context()}
    with smtp_sink(**tls) as sink:
        assert isinstance(tried(sink, scheme, None), Later)
        assert sink.received == []


def test_a_certificate_for_another_host_gets_no_letter(ours: Authority) -> None:
    with smtp_sink(starttls=ours.context("relay.other.example")) as sink:
        outcome = tried(sink, "smtp+starttls", ours.file)
        assert isinstance(outcome, Later)
        assert sink.received == []


def test_a_server_without_starttls_gets_no_letter_in_clear(ours: Authority) -> None:
    with smtp_sink() as sink:
        outcome = tried(sink, "smtp+starttls", ours.file)
        assert outcome == Later("The outgoing server lacks what is configured: it offers no STARTTLS")
        assert sink.received == []


def test_a_login_is_made_after_the_encryption(ours: Authority) -> None:
    with smtp_sink(Script(login=("desk", "open sesame")), starttls=ours.context()) as sink:
        assert isinstance(tried(sink, "smtp+starttls", ours.file, ("desk", "open sesame")), Sent)
        assert sink.wait_for(1)[0].user == "desk"


def test_a_refused_login_is_for_later_and_tells_no_secret(ours: Authority) -> None:
    with smtp_sink(Script(login=("desk", "open sesame")), starttls=ours.context()) as sink:
        outcome = tried(sink, "smtp+starttls", ours.file, ("desk", "wrong-secret"))
        assert isinstance(outcome, Later)
        assert "refused the login: 535" in outcome.answer
        assert "wrong-secret" not in outcome.answer


def test_a_login_where_none_is_offered_is_for_later() -> None:
    with smtp_sink(Script(ehlo=["250 sink.example"])) as sink:
        outcome = tried(sink, "smtp", None, ("desk", "secret"))
        assert outcome == Later(
            "The outgoing server lacks what is configured: SMTP AUTH extension not supported by server."
        )


def test_a_password_outside_ascii_is_said_to_be_the_trouble(ours: Authority) -> None:
    with smtp_sink(Script(login=("desk", "x")), starttls=ours.context()) as sink:
        outcome = tried(sink, "smtp+starttls", ours.file, ("desk", "pässwort"))
        assert isinstance(outcome, Later)
        assert "outside ASCII" in outcome.answer


def test_a_file_of_authorities_that_is_none_is_refused_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("no certificate")
    for name in ("ca.pem", "missing.pem"):
        with pytest.raises(ConfigurationError, match=name):
            ServerCourier(Server("smtps", "relay.desk.example", 465, "desk.example", ca_file=tmp_path / name))


def test_a_password_does_not_show_in_a_printed_server() -> None:
    assert "sesame" not in repr(Server("smtps", "relay.desk.example", 465, "desk.example", "desk", "sesame"))
