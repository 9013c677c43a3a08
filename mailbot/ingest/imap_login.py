"""Proving who we are to an IMAP server: a password or an OAuth token, and never before TLS."""

from __future__ import annotations

import imaplib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, Protocol

from mailbot.errors import ConfigurationError


class Login(Protocol):
    """One way to log in on a connection that is already encrypted."""

    def present(self, wire: imaplib.IMAP4) -> None:
        """Raises imaplib's errors: `error` for a refusal, `abort` for a broken link."""


@dataclass(frozen=True, slots=True)
class PasswordLogin:
    """`secret` is asked for at each login, so that a changed password file counts.

    `mailbox_user` is whose mailbox is opened where that is not `user` (the authorization identity, RFC 4616).
    """

    user: str
    secret: Callable[[], str] = field(repr=False)
    mailbox_user: str = ""

    def present(self, wire: imaplib.IMAP4) -> None:
        """AUTHENTICATE PLAIN where it is offered: LOGIN knows neither UTF-8 nor a mailbox of somebody else."""
        secret = self.secret()
        if "AUTH=PLAIN" in wire.capabilities or self.mailbox_user:
            answers = iter((f"{self.mailbox_user}\0{self.user}\0{secret}".encode(),))
            wire.authenticate("PLAIN", lambda _: next(answers, None))
            return
        if not (self.user + secret).isascii():
            raise ConfigurationError("the IMAP server knows LOGIN only, which takes ASCII: change the password")
        wire.login(_quoted(self.user), secret)


@dataclass(frozen=True, slots=True)
class TokenLogin:
    """XOAUTH2 (Microsoft, Google) or OAUTHBEARER (RFC 7628); the token may be issued to another user than `user`."""

    user: str
    token: Callable[[], str] = field(repr=False)
    mechanism: Literal["xoauth2", "oauthbearer"] = "xoauth2"

    def present(self, wire: imaplib.IMAP4) -> None:
        """One token is spoken once; a server that asks again gets an empty answer, then a cancel."""
        token = self.token()
        if self.mechanism == "xoauth2":
            first = f"user={self.user}\1auth=Bearer {token}\1\1"
        else:
            authorization = self.user.replace("=", "=3D").replace(",", "=2C")
            first = f"n,a={authorization},\1auth=Bearer {token}\1\1"
        answers = iter((first.encode(), b"\1" if self.mechanism == "oauthbearer" else b""))
        wire.authenticate(self.mechanism.upper(), lambda _: next(answers, None))


def _quoted(user: str) -> str:
    """imaplib sends the name of LOGIN as it is; the password it quotes itself."""
    escaped = user.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
