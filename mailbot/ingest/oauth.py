"""Asking for OAuth 2 tokens: refresh token, client credentials (RFC 6749) and device code (RFC 8628)."""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, HTTPSHandler, OpenerDirector, Request, build_opener

from mailbot.config import OAuth
from mailbot.ingest.imap_trouble import LoginRefused, MailboxTrouble, Unreachable

ANSWER_SECONDS = 15
LONGEST_ANSWER = 64 * 1024
#: Where a server says nothing, an access token is taken to live so long (seconds).
SHORT_LIFE = 300
DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
#: Errors of RFC 6749 section 5.2 and RFC 8628 section 3.5 that may stand in a sentence; nothing else of an answer may.
KNOWN_ERRORS = (
    "access_denied",
    "authorization_pending",
    "expired_token",
    "invalid_client",
    "invalid_grant",
    "invalid_request",
    "invalid_scope",
    "slow_down",
    "temporarily_unavailable",
    "unauthorized_client",
    "unsupported_grant_type",
)


class GrantRefused(LoginRefused):
    """The token endpoint said no. `code` is one of KNOWN_ERRORS or ""."""

    def __init__(self, sentence: str, code: str) -> None:
        super().__init__(sentence)
        self.code = code


@dataclass(frozen=True, slots=True)
class Granted:
    """A fresh access token, its life in seconds, and the refresh token that now counts, if one came."""

    access_token: str = field(repr=False)
    lives: int
    refresh_token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class DeviceCode:
    """What a person is shown to sign in; `every` and `lives` in seconds."""

    secret: str = field(repr=False)
    shown: str
    address: str
    every: int
    lives: int


class _NoRedirect(HTTPRedirectHandler):
    """A secret goes to the address in the configuration and to no other."""

    def redirect_request(self, *_: Any) -> None:
        return None


class TokenEndpoint:
    """One client's view of one authorization server. Every method raises MailboxTrouble."""

    def __init__(self, oauth: OAuth) -> None:
        self._oauth = oauth

    def refresh(self, refresh_token: str) -> Granted:
        """A new access token; GrantRefused with `invalid_grant` when the refresh token is dead."""
        return self._granted({"grant_type": "refresh_token", "refresh_token": refresh_token})

    def client_credentials(self) -> Granted:
        """A token for ourselves, where the administrator gave our client the mailbox."""
        return self._granted({"grant_type": "client_credentials"})

    def begin_device(self) -> DeviceCode:
        """Ask for a code that a person types elsewhere."""
        told = self._asked(self._oauth.device_url, {"client_id": self._oauth.client_id, "scope": self._oauth.scope})
        try:
            return DeviceCode(
                secret=_text(told["device_code"]),
                shown=_text(told["user_code"]),
                address=_text(told.get("verification_uri") or told["verification_url"]),
                every=max(1, int(told.get("interval", 5))),
                lives=min(3600, int(told.get("expires_in", 900))),
            )
        except (KeyError, ValueError, TypeError):
            raise Unreachable("the sign-in server answered with something that is no device code") from None

    def of_device(self, code: DeviceCode) -> Granted:
        """The tokens, once the person has agreed; GrantRefused with `authorization_pending` before that."""
        return self._granted({"grant_type": DEVICE_GRANT, "device_code": code.secret})

    def _granted(self, fields: dict[str, str]) -> Granted:
        fields["client_id"] = self._oauth.client_id
        if self._oauth.scope and fields["grant_type"] != DEVICE_GRANT:
            fields["scope"] = self._oauth.scope
        if self._oauth.client_secret:
            fields["client_secret"] = self._oauth.client_secret.reveal()
        told = self._asked(self._oauth.token_url, fields)
        try:
            refresh_token = told.get("refresh_token")
            return Granted(
                access_token=_text(told["access_token"]),
                lives=int(told.get("expires_in", SHORT_LIFE)),
                refresh_token=_text(refresh_token) if refresh_token else None,
            )
        except (KeyError, ValueError, TypeError):
            raise Unreachable("the token server answered with something that is no token") from None

    def _asked(self, url: str, fields: Mapping[str, str]) -> dict[str, Any]:
        request = Request(url, urlencode(fields).encode(), {"Accept": "application/json"}, method="POST")  # noqa: S310 https by the configuration
        try:
            with _opener().open(request, timeout=ANSWER_SECONDS) as answer:
                told = json.loads(answer.read(LONGEST_ANSWER))
        except HTTPError as error:
            with error:
                raise _refused(error) from None
        except (OSError, HTTPException) as error:
            raise Unreachable(f"the token server cannot be reached ({_kind(error)}): it will be tried again") from None
        except (ValueError, RecursionError):
            told = None
        if not isinstance(told, dict):
            raise Unreachable("the token server answered with something that is no JSON object: check oauth.token_url")
        return told


def sign_in(endpoint: TokenEndpoint, show: Callable[[DeviceCode], None], wait: Callable[[float], object]) -> Granted:
    """Show a code, then ask until the person has agreed. GrantRefused when they did not, or not in time."""
    code = endpoint.begin_device()
    show(code)
    every, waited = code.every, 0
    while waited < code.lives:
        wait(every)
        waited += every
        try:
            return endpoint.of_device(code)
        except GrantRefused as refused:
            if refused.code == "slow_down":
                every += 5
            elif refused.code != "authorization_pending":
                raise
    raise GrantRefused("nobody signed in before the code expired: run the command again", "expired_token")


def _opener() -> OpenerDirector:
    return build_opener(HTTPSHandler(context=ssl.create_default_context()), _NoRedirect)


def _refused(error: HTTPError) -> MailboxTrouble:
    """By status and by the known error code; the description may hold anything and stays here."""
    try:
        told = json.loads(error.read(LONGEST_ANSWER))
        code = told.get("error") if isinstance(told, dict) else ""
    except (ValueError, OSError, HTTPException, RecursionError):
        code = ""
    if error.code in (408, 429) or error.code >= 500 or code == "temporarily_unavailable":
        return Unreachable(f"the token server is not ready ({error.code}): it will be tried again")
    known = code if code in KNOWN_ERRORS else ""
    shown = f"({error.code} {known})" if known else f"({error.code})"
    return GrantRefused(f"the token server refused {shown}: check [mailbox.oauth], or sign in anew", known)


def _kind(error: Exception) -> str:
    reason = getattr(error, "reason", error)
    return type(reason).__name__ if isinstance(reason, Exception) else type(error).__name__


def _text(value: object) -> str:
    """A token or code as it may stand in a command: visible ASCII; ValueError otherwise."""
    if not isinstance(value, str) or not value.isascii() or not value.isprintable() or not value:
        raise ValueError
    return value
