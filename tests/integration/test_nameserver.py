"""Keys of DKIM signatures asked for over UDP: every answer that a name server can give, and none at all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from mailbot.config import SocketAddress
from mailbot.ingest import nameserver
from mailbot.ingest.nameserver import IMPATIENT_SECONDS, REST_SECONDS, NameServer
from mailbot.ingest.signatures import DkimResult, ResolverFailed, verify_dkim
from tests.mails import mail
from tests.servers.nameserver import GARBAGE, NO_TEXT, SERVFAIL, SILENCE, Zone, name_server
from tests.signing import Signer

NAME = "sel._domainkey.broker.example"


@dataclass
class Watch:
    """A clock that stands still until it is moved."""

    seconds: float = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def zone() -> Iterator[Zone]:
    with name_server() as running:
        yield running


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def server(zone: Zone, watch: Watch) -> NameServer:
    return NameServer(SocketAddress("127.0.0.1", zone.port), seconds=0.3, monotonic=watch)


def test_a_long_record_comes_whole(zone: Zone, server: NameServer) -> None:
    zone.records[NAME] = [b"v=DKIM1; p=" + b"A" * 700]
    assert server.for_one_mail()(f"{NAME}.") == b"v=DKIM1; p=" + b"A" * 700


def test_of_several_records_the_one_that_says_it_is_a_key_counts(zone: Zone, server: NameServer) -> None:
    zone.records[NAME] = [b"something else", b"v = DKIM1; p=AAAA"]
    assert server.for_one_mail()(f"{NAME}.") == b"v = DKIM1; p=AAAA"


@pytest.mark.parametrize("answer", [None, NO_TEXT])
def test_that_there_is_no_record_is_an_answer_too(zone: Zone, server: NameServer, answer: str | None) -> None:
    if answer:
        zone.records[NAME] = answer
    assert server.for_one_mail()(f"{NAME}.") is None


def test_an_answer_is_kept_as_long_as_it_says(zone: Zone, server: NameServer) -> None:
    zone.records[NAME] = [b"v=DKIM1; p="]
    for _ in range(3):
        assert server.for_one_mail()(f"{NAME}.") == b"v=DKIM1; p="
    assert zone.asked == [NAME]


@pytest.mark.parametrize("trouble", [SILENCE, SERVFAIL, GARBAGE])
def test_f52_a_server_that_cannot_tell_now_is_no_answer(zone: Zone, server: NameServer, trouble: str) -> None:
    zone.trouble = trouble
    with pytest.raises(ResolverFailed):
        server.for_one_mail()(f"{NAME}.")


@pytest.mark.parametrize("name", ["a" * 64 + ".example.", "a..example.", "é\ud800.example.", "x." * 200])
def test_a_name_that_cannot_be_asked_for_is_no_answer(server: NameServer, name: str) -> None:
    with pytest.raises(ResolverFailed):
        server.for_one_mail()(name)


def test_f52_a_name_that_failed_rests_before_it_is_asked_for_again(
    zone: Zone, server: NameServer, watch: Watch
) -> None:
    zone.records[NAME] = SERVFAIL
    for _ in range(3):
        with pytest.raises(ResolverFailed):
            server.for_one_mail()(f"{NAME}.")
    asked = len(zone.asked)
    zone.records[NAME] = [b"v=DKIM1; p="]
    watch.seconds += REST_SECONDS - 1
    with pytest.raises(ResolverFailed):
        server.for_one_mail()(f"{NAME}.")
    assert len(zone.asked) == asked
    watch.seconds += 1
    assert server.for_one_mail()(f"{NAME}.") == b"v=DKIM1; p="


def test_f52_one_mail_gets_a_limited_time_for_all_its_names(zone: Zone, server: NameServer, watch: Watch) -> None:
    zone.records[NAME] = [b"v=DKIM1; p="]
    resolver = server.for_one_mail()
    watch.seconds += 0.4
    with pytest.raises(ResolverFailed):
        resolver(f"{NAME}.")
    assert zone.asked == []
    assert server.for_one_mail()(f"{NAME}.")


def test_f52_while_the_server_is_silent_each_mail_waits_less(
    zone: Zone, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A queue of mails from many domains must not wait seconds for each; one answer, and all is as before."""
    monkeypatch.setattr(nameserver, "IMPATIENT_SECONDS", 0.05)
    server = NameServer(SocketAddress("127.0.0.1", zone.port), seconds=0.3, monotonic=watch)
    zone.trouble = SILENCE
    patience = []
    for number in range(3):
        patience.append(server._patience)
        with pytest.raises(ResolverFailed):
            server.for_one_mail()(f"{number}.example.")
    zone.trouble = ""
    assert server.for_one_mail()("other.example.") is None
    patience.append(server._patience)
    assert patience == [0.3, 0.05, 0.05, 0.3]
    assert 0 < IMPATIENT_SECONDS < nameserver.SECONDS


def test_a_domain_that_breaks_its_own_zone_takes_nobody_else_s_time(zone: Zone, server: NameServer) -> None:
    zone.records["x.evil.example"] = SERVFAIL
    with pytest.raises(ResolverFailed):
        server.for_one_mail()("x.evil.example.")
    assert server._patience == server.seconds


def test_what_is_kept_of_failures_is_bounded(zone: Zone, server: NameServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nameserver, "MOST_NAMES", 5)
    zone.trouble = SERVFAIL
    for number in range(12):
        with pytest.raises(ResolverFailed):
            server.for_one_mail()(f"{number}.evil.example.")
    assert len(server._failed) <= 5


def test_a_port_where_nobody_listens_is_no_answer() -> None:
    with name_server() as gone:
        address = SocketAddress("127.0.0.1", gone.port)
    with pytest.raises(ResolverFailed):
        NameServer(address, seconds=0.3).for_one_mail()(f"{NAME}.")


def test_whether_it_answers_at_all_can_be_asked(zone: Zone, server: NameServer) -> None:
    assert server.trouble("desk.example") is None
    zone.trouble = SILENCE
    assert "trust.resolver" in (server.trouble("other.example") or "")


def test_a_real_signature_holds_by_a_record_from_the_name_server(zone: Zone, server: NameServer) -> None:
    signer = Signer()
    signed = signer.sign(mail())
    zone.records[signer.name] = [signer.record]
    assert verify_dkim(signed, server.for_one_mail()) == DkimResult(passed=("broker.example",))


def test_f52_many_signatures_by_a_silent_domain_cost_one_wait(zone: Zone, server: NameServer, watch: Watch) -> None:
    """Five signatures under one name: the first waits, the others know."""
    signer = Signer("slow.example")
    signed = mail()
    for _ in range(5):
        signed = signer.sign(signed)
    zone.records[signer.name] = SILENCE
    assert verify_dkim(signed, server.for_one_mail()) == DkimResult(unknown=("slow.example",) * 5)
    assert set(zone.asked) == {signer.name}
    assert len(zone.asked) < 5
