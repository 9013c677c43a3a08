"""The refresh tokens of mailboxes, sealed: a server may hand out a new one at each use, and the old one dies."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import insert, select, update

from mailbot.store.mailbox_tables import mailbox_tokens
from mailbot.store.work import Work


@dataclass(frozen=True, slots=True)
class SavedToken:
    """A refresh token, and since when it is the one that counts."""

    refresh_token: str = field(repr=False)
    saved_at: datetime


class MailboxTokens:
    """The refresh tokens, by account, of one unit of work."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def saved(self, account: str) -> SavedToken | None:
        """None when nobody ever signed in. Tampered when it does not open."""
        row = self._work.connection.execute(
            select(mailbox_tokens).where(mailbox_tokens.c.account == account)
        ).one_or_none()
        if row is None:
            return None
        token = self._work.sealer.open("mailbox_tokens", row.id, "refresh_token", row.refresh_token)
        return SavedToken(token.decode(), row.saved_at)

    def save(self, account: str, refresh_token: str) -> None:
        """Keep the newest token in place of the one before."""
        work, known = self._work, mailbox_tokens.c.account == account
        row_id = work.connection.execute(select(mailbox_tokens.c.id).where(known)).scalar_one_or_none()
        if row_id is None:
            row_id = work.new_id()
            sealed = work.sealer.seal_text("mailbox_tokens", row_id, "refresh_token", refresh_token)
            work.connection.execute(
                insert(mailbox_tokens).values(id=row_id, account=account, refresh_token=sealed, saved_at=work.now)
            )
            return
        sealed = work.sealer.seal_text("mailbox_tokens", row_id, "refresh_token", refresh_token)
        work.connection.execute(update(mailbox_tokens).where(known).values(refresh_token=sealed, saved_at=work.now))
