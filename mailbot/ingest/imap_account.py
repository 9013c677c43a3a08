"""From a [[mailbox]] of the configuration to a logged-in connection."""

from __future__ import annotations

from collections.abc import Callable

from mailbot.config import Mailbox
from mailbot.errors import ConfigurationError
from mailbot.ingest.imap_login import PasswordLogin, TokenLogin
from mailbot.ingest.imap_session import ImapSession
from mailbot.ingest.imap_tokens import AccessTokens
from mailbot.ingest.imap_trouble import LoginRefused
from mailbot.ingest.imap_wire import Patience, Server
from mailbot.store.unit_of_work import Store

#: Opens a new connection each time; raises MailboxTrouble.
OpenSession = Callable[[], ImapSession]


def server_of(mailbox: Mailbox) -> Server:
    return Server(mailbox.host, mailbox.port, mailbox.security.value, mailbox.ca_file)


def session_opener(store: Store, mailbox: Mailbox, patience: Patience | None = None) -> OpenSession:
    """What opens this mailbox; the password file is read, or a living token found, at each login."""
    server = server_of(mailbox)
    if mailbox.oauth is None:
        login = _password_login(mailbox)
        return lambda: ImapSession.open(server, login, patience)
    tokens = AccessTokens(store, mailbox, mailbox.oauth)
    user = mailbox.mailbox_user or mailbox.user
    with_token = TokenLogin(user, tokens, mailbox.oauth.mechanism.value)

    def opened() -> ImapSession:
        try:
            return ImapSession.open(server, with_token, patience)
        except LoginRefused:
            tokens.forget()
            raise

    return opened


def _password_login(mailbox: Mailbox) -> PasswordLogin:
    if mailbox.password is None:
        raise ConfigurationError(f"mailbox {mailbox.name} needs either password_file or oauth")
    return PasswordLogin(mailbox.user, mailbox.password.reveal, mailbox.mailbox_user)
