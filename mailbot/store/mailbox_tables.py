"""The tables of the mailboxes: what was read of each folder, up to where, by whom, and how it went."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint, text

from mailbot.store.columns import RowId, Sealed, UtcDateTime
from mailbot.store.schema import metadata

#: One IMAP account: who reads it now (a lease whose number only grows), and how it goes.
mailboxes = Table(
    "mailboxes",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=False),
    Column("account", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("owner", Text),
    Column("fence", BigInteger, nullable=False),
    Column("lease_until", UtcDateTime),
    Column("tried_at", UtcDateTime),
    Column("succeeded_at", UtcDateTime),
    Column("failures", Integer, nullable=False),
    Column("error", Text),
    Column("failed_at", UtcDateTime),
    Column("alarm", Text),
    Column("alarmed_at", UtcDateTime),
    Column("waiting", Integer, nullable=False),
)

#: One life of a folder, named by its UIDVALIDITY (RFC 9051 section 2.3.1.1). UIDs below `cut_below` were there at
#: the first connection: of them, what is older than `cut_off` is not taken.
mailbox_folders = Table(
    "mailbox_folders",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=False),
    Column("mailbox_id", RowId, ForeignKey("mailboxes.id"), nullable=False),
    Column("folder", Text, nullable=False),
    Column("uidvalidity", BigInteger, nullable=False),
    Column("cut_off", UtcDateTime),
    Column("cut_below", BigInteger, nullable=False),
    Column("selected_at", UtcDateTime, nullable=False),
    Column("listed_at", UtcDateTime),
    Column("drained_to", BigInteger, nullable=False),
    Column("drained_at", UtcDateTime),
    UniqueConstraint("mailbox_id", "folder", "uidvalidity"),
)

#: One message of a folder. `arrival_id` is null for what was passed over, and for what could not be read yet.
mailbox_uids = Table(
    "mailbox_uids",
    metadata,
    Column("folder_id", RowId, ForeignKey("mailbox_folders.id"), primary_key=True, autoincrement=False),
    Column("uid", BigInteger, primary_key=True, autoincrement=False),
    Column("state", Text, nullable=False),
    Column("arrival_id", RowId, ForeignKey("arrivals.id")),
    Column("size", BigInteger, nullable=False),
    Column("internal_date", UtcDateTime),
    Column("tries", Integer, nullable=False),
    Column("noted_at", UtcDateTime, nullable=False),
    Index(
        "ix_mailbox_uids_open",
        "folder_id",
        "uid",
        sqlite_where=text("state IN ('recorded', 'failing')"),
        postgresql_where=text("state IN ('recorded', 'failing')"),
    ),
    Index("ix_mailbox_uids_arrival_id", "arrival_id"),
    sqlite_with_rowid=False,
)

#: The refresh token of a mailbox, sealed; servers hand out a new one whenever they like (RFC 6749 section 6).
mailbox_tokens = Table(
    "mailbox_tokens",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=False),
    Column("account", Text, nullable=False, unique=True),
    Column("refresh_token", Sealed, nullable=False),
    Column("saved_at", UtcDateTime, nullable=False),
)
