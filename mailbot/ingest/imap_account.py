"""From a [[mailbox]] of the configuration to a logged-in connection."""

from __future__ import annotations

from collections.abc import Callable

from mailbot.config import Mailbox
from mailbot.errors import ConfigurationError
from mailbot.ingest.imap_login import Login, PasswordLogin, TokenLogin
from mailbot.ingest.imap_session import ImapSession
from mailbot.ingest.imap_wire import Patience, Server

#: Opens a new connection each time; raises MailboxTrouble.
OpenSession = Callable[[], ImapSession]


def server_of(mailbox: Mailbox) -> Server:
    return Server(mailbox.host, mailbox.port, mailbox.security.value, mailbox.ca_file)


def login_of(mailbox: Mailbox, access_token: Callable[[], str] | None) -> Login:
    """`access_token` gives a fresh token each time it is asked; it is needed where the mailbox has `oauth`."""
    if mailbox.oauth and access_token:
        user = mailbox.mailbox_user or mailbox.user
        return TokenLogin(user, access_token, mailbox.oauth.mechanism.value)
    if mailbox.password:
        return PasswordLogin(mailbox.user, mailbox.password.reveal, mailbox.mailbox_user)
    raise ConfigurationError(f"mailbox {mailbox.name} needs either password_file or oauth")


def session_opener(
    mailbox: Mailbox, access_token: Callable[[], str] | None = None, patience: Patience | None = None
) -> OpenSession:
    """What opens this mailbox; the password file is read at each login."""
    login, server = login_of(mailbox, access_token), server_of(mailbox)
    return lambda: ImapSession.open(server, login, patience)
