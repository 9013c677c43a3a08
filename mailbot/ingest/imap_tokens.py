"""The access token of a mailbox: kept while it lives, asked for anew before, each new refresh token saved first."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

from mailbot.config import Mailbox, OAuth
from mailbot.ingest.imap_trouble import LoginRefused
from mailbot.ingest.oauth import Granted, GrantRefused, TokenEndpoint
from mailbot.store.unit_of_work import Store

#: A token is not used in the last minute of its life.
MARGIN = timedelta(minutes=1)


class AccessTokens:
    """Gives the token for one mailbox each time it is called; safe between threads."""

    def __init__(self, store: Store, mailbox: Mailbox, oauth: OAuth) -> None:
        self._store = store
        self._mailbox = mailbox
        self._oauth = oauth
        self._endpoint = TokenEndpoint(oauth)
        self._lock = threading.Lock()
        self._token = ""
        self._until: datetime | None = None

    def __call__(self) -> str:
        """A token that lives. Raises MailboxTrouble; LoginRefused says when somebody must sign in."""
        with self._lock:
            if self._until is None or self._store.now() >= self._until:
                granted = self._granted()
                self._keep(granted)
                self._token = granted.access_token
                self._until = self._store.now() + max(MARGIN, timedelta(seconds=granted.lives) - MARGIN)
            return self._token

    def forget(self) -> None:
        """The mailbox did not take the token: ask for another one next time."""
        with self._lock:
            self._until = None

    def _granted(self) -> Granted:
        candidates = self._refresh_tokens()
        if not candidates:
            if self._oauth.device_url or not self._oauth.client_secret:
                raise LoginRefused(f"nobody has signed in for it yet: {self._remedy()}")
            return self._endpoint.client_credentials()
        for refresh_token in candidates:
            try:
                return self._endpoint.refresh(refresh_token)
            except GrantRefused as refused:
                if refused.code != "invalid_grant":
                    raise
        raise LoginRefused(f"the sign-in is no longer valid: {self._remedy()}")

    def _refresh_tokens(self) -> list[str]:
        """The one that was saved last, then the one in the configuration, which somebody may have renewed."""
        with self._store.reading() as transaction:
            saved = transaction.mailbox_tokens.saved(self._mailbox.account)
        configured = self._oauth.refresh_token
        tokens = [saved.refresh_token] if saved else []
        tokens += [configured.reveal().strip()] if configured else []
        return list(dict.fromkeys(tokens))

    def _keep(self, granted: Granted) -> None:
        """Before the access token is used: the server may have made the old refresh token worthless."""
        if granted.refresh_token:
            with self._store.writing() as transaction:
                transaction.mailbox_tokens.save(self._mailbox.account, granted.refresh_token)

    def _remedy(self) -> str:
        if self._oauth.device_url:
            return f"run `mailbot oauth login {self._mailbox.name}`"
        return "put a new refresh token into the file that oauth.refresh_token_file names"
