"""Logging in with OAuth tokens: against Dovecot's own oauth2 passdb and an authorization server on loopback."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from mailbot.clock import SetClock, SystemClock
from mailbot.config import OAuth, OAuthMechanism, SecretText
from mailbot.ingest.imap_account import session_opener
from mailbot.ingest.imap_tokens import AccessTokens
from mailbot.ingest.imap_trouble import LoginRefused, MailboxTrouble, Unreachable
from mailbot.ingest.oauth import GrantRefused, TokenEndpoint, sign_in
from tests.integration.imap_desk import ImapDesk, append, desk_of_dovecot, mail
from tests.servers.dovecot import Dovecot, running_dovecot
from tests.servers.token_server import DOVECOT, TokenServer, dovecot_oauth, running_token_server


@dataclass
class OAuthDesk:
    """A desk whose mailbox wants tokens. `clock` moves by hand, so that tokens grow old."""

    desk: ImapDesk
    tokens: TokenServer
    dovecot: Dovecot
    clock: SetClock

    @property
    def oauth(self) -> OAuth:
        assert self.desk.mailbox.oauth
        return self.desk.mailbox.oauth

    def with_oauth(self, **changes: object) -> ImapDesk:
        return self.desk.with_mailbox(oauth=replace(self.oauth, **changes))  # type: ignore[arg-type]

    def saved(self) -> str | None:
        with self.desk.store.reading() as transaction:
            saved = transaction.mailbox_tokens.saved(self.desk.mailbox.account)
        return saved.refresh_token if saved else None


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TokenServer, Dovecot, Path]]:
    folder = tmp_path_factory.mktemp("tokens")
    with running_token_server(folder) as tokens, running_dovecot(DOVECOT) as dovecot:
        dovecot_oauth(tokens, dovecot.home)
        append(dovecot, "desk", mail(1), mail(2))
        yield tokens, dovecot, folder


@pytest.fixture
def made(
    servers: tuple[TokenServer, Dovecot, Path], sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[OAuthDesk]:
    tokens, dovecot, folder = servers
    monkeypatch.setenv("SSL_CERT_FILE", str(folder / "token-ca.pem"))
    tokens.asked.clear()
    tokens.answers.clear()
    tokens.rotates, tokens.lives, tokens.opens = True, 3600, "desk"
    with desk_of_dovecot(sqlite_url, dovecot, "desk") as desk:
        oauth = OAuth(
            token_url=f"{tokens.url}/token",
            client_id="mailbot",
            refresh_token=SecretText(tokens.new_refresh_token()),
            scope="https://outlook.example/IMAP.AccessAsUser.All offline_access",
        )
        clock = SetClock(SystemClock().now())
        store = type(desk.store)(desk.store._readers, desk.store.sealer, clock)
        made = replace(desk.with_mailbox(oauth=oauth, password=None), store=store)
        yield OAuthDesk(made, tokens, dovecot, clock)


@pytest.mark.parametrize("mechanism", OAuthMechanism)
def test_a_refresh_token_opens_the_mailbox(made: OAuthDesk, mechanism: OAuthMechanism) -> None:
    session = session_opener(made.desk.store, made.with_oauth(mechanism=mechanism).mailbox)()
    assert session.select("INBOX", read_only=True).exists == 2
    session.close()
    [asked] = made.tokens.asked
    assert asked["grant_type"] == "refresh_token"
    assert asked["scope"].endswith("offline_access")


def test_pain_10_a_rotated_refresh_token_is_saved_each_time_and_sealed(made: OAuthDesk, tmp_path: Path) -> None:
    configured = made.tokens.asked
    opener = session_opener(made.desk.store, made.desk.mailbox)
    seen = set()
    for _ in range(3):
        opener().close()
        seen.add(made.saved())
        made.clock.advance(timedelta(hours=2))
    assert len(seen) == 3
    used = [asked["refresh_token"] for asked in configured]
    assert len(set(used)) == 3, "each time the newest was used"
    assert made.saved() in made.tokens.refresh_tokens
    database = b"".join(file.read_bytes() for file in tmp_path.glob("mailbot.db*"))
    assert database
    assert not any(token.encode() in database for token in [*used, *map(str, seen)])


def test_pain_10_the_new_token_is_saved_before_the_login_so_that_a_crash_does_not_lose_it(made: OAuthDesk) -> None:
    tokens = AccessTokens(made.desk.store, made.desk.mailbox, made.oauth)
    tokens()
    again = AccessTokens(made.desk.store, made.desk.mailbox, made.oauth)
    assert again() in made.tokens.access_tokens


def test_an_access_token_is_used_until_a_minute_before_its_end(made: OAuthDesk) -> None:
    tokens = AccessTokens(made.desk.store, made.desk.mailbox, made.oauth)
    first = tokens()
    made.clock.advance(timedelta(seconds=3539))
    assert tokens() == first
    made.clock.advance(timedelta(seconds=1))
    assert tokens() != first


def test_a_token_that_the_mailbox_refuses_is_asked_for_anew(made: OAuthDesk) -> None:
    opener = session_opener(made.desk.store, made.desk.mailbox)
    opener().close()
    made.tokens.access_tokens.clear()
    with pytest.raises(LoginRefused):
        opener()
    opener().close()


def test_a_server_that_does_not_rotate_leaves_the_configured_token_in_use(made: OAuthDesk) -> None:
    made.tokens.rotates = False
    for _ in range(2):
        AccessTokens(made.desk.store, made.desk.mailbox, made.oauth)()
    assert made.saved() is None


def test_client_credentials_open_the_mailbox_without_any_refresh_token(made: OAuthDesk) -> None:
    desk = made.with_oauth(refresh_token=None, client_secret=SecretText(made.tokens.secret))
    assert desk.poll().error is None
    assert [asked["grant_type"] for asked in made.tokens.asked] == ["client_credentials"]
    append(made.dovecot, "desk", mail(1), mail(2))


def test_pain_11_a_shared_mailbox_is_opened_with_the_token_of_somebody_else(made: OAuthDesk) -> None:
    made.tokens.opens = "shared"
    append(made.dovecot, "shared", mail(7))
    shared = made.desk.with_mailbox(user="helper", mailbox_user="shared")
    assert shared.poll().new == 1


def test_a_dead_sign_in_names_the_command_that_renews_it(made: OAuthDesk) -> None:
    made.tokens.refresh_tokens.clear()
    result = made.with_oauth(device_url=f"{made.tokens.url}/device").poll()
    assert result.error == "the sign-in is no longer valid: run `mailbot oauth login enrollment`"
    assert "oauth.refresh_token_file" in str(made.desk.poll().error)


def test_pain_10_a_renewed_token_in_the_configuration_works_when_the_saved_one_is_dead(made: OAuthDesk) -> None:
    AccessTokens(made.desk.store, made.desk.mailbox, made.oauth)()
    made.tokens.refresh_tokens.clear()
    renewed = replace(made.oauth, refresh_token=SecretText(made.tokens.new_refresh_token()))
    assert AccessTokens(made.desk.store, made.desk.mailbox, renewed)() in made.tokens.access_tokens
    assert made.saved() in made.tokens.refresh_tokens


def test_nobody_signed_in_yet_names_the_command(made: OAuthDesk) -> None:
    result = made.with_oauth(refresh_token=None, device_url=f"{made.tokens.url}/device").poll()
    assert result.error == "nobody has signed in for it yet: run `mailbot oauth login enrollment`"


def test_a_person_signs_in_by_device_code(made: OAuthDesk) -> None:
    shown, waits = [], []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 3:
            made.tokens.agreed.add("device-1")

    made.tokens.agreed.clear()
    endpoint = TokenEndpoint(replace(made.oauth, device_url=f"{made.tokens.url}/device"))
    granted = sign_in(endpoint, shown.append, wait)
    assert granted.refresh_token in made.tokens.refresh_tokens
    assert [(code.shown, code.address) for code in shown] == [("WDJB-MJHT", "https://login.example/device")]
    assert waits == [1, 1, 1]


def test_a_person_who_does_not_sign_in_in_time_is_told(made: OAuthDesk) -> None:
    made.tokens.agreed.clear()
    endpoint = TokenEndpoint(replace(made.oauth, device_url=f"{made.tokens.url}/device"))
    with pytest.raises(GrantRefused, match="before the code expired"):
        sign_in(endpoint, lambda code: None, lambda seconds: None)


def test_a_client_that_asks_too_often_slows_down(made: OAuthDesk) -> None:
    waits: list[float] = []
    endpoint = TokenEndpoint(replace(made.oauth, device_url=f"{made.tokens.url}/device"))

    def wait(seconds: float) -> None:
        waits.append(seconds)
        made.tokens.answers.append((400, b'{"error": "slow_down"}', {}))

    with pytest.raises(GrantRefused):
        sign_in(endpoint, lambda code: None, wait)
    assert waits == [1, 6]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ((302, b"{}", {"Location": "https://elsewhere.example/"}), GrantRefused),
        ((400, b'{"error": "canary"}', {}), GrantRefused),
        ((400, b"canary", {}), GrantRefused),
        ((500, b"canary", {}), Unreachable),
        ((429, b'{"error": "canary"}', {}), Unreachable),
        ((200, b"canary", {}), Unreachable),
        ((200, b"[1]", {}), Unreachable),
        ((200, b"[" * 60_000, {}), Unreachable),
        ((200, b'{"token_type": "Bearer"}', {}), Unreachable),
        ((200, b'{"access_token": "a\\r\\nb canary"}', {}), Unreachable),
        ((200, b'{"access_token": "a", "expires_in": "canary"}', {}), Unreachable),
    ],
)
def test_a_token_server_that_misbehaves_gets_a_sentence_of_ours(
    made: OAuthDesk, answer: tuple[int, bytes, dict[str, str]], expected: type[MailboxTrouble]
) -> None:
    made.tokens.answers.append(answer)
    with pytest.raises(expected) as refused:
        TokenEndpoint(made.oauth).refresh("any")
    assert "canary" not in str(refused.value)


def test_a017_a_token_server_with_a_wrong_certificate_gets_no_secret(
    made: OAuthDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(made.dovecot.ca_file))
    with pytest.raises(Unreachable, match="SSLCertVerificationError"):
        TokenEndpoint(made.oauth).refresh("any")
    assert made.tokens.asked == []


def test_a023_no_token_reaches_a_log_or_a_repr(made: OAuthDesk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    session_opener(made.desk.store, made.desk.mailbox)().close()
    granted = TokenEndpoint(made.oauth).refresh(str(made.saved()))
    told = f"{caplog.text} {granted} {made.desk.mailbox}"
    for token in (*made.tokens.access_tokens, *made.tokens.refresh_tokens):
        assert token not in told
