"""The mailboxes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from mailbot.store import columns

revision = "0002"
down_revision = "0001"

_OPEN = sa.text("state IN ('recorded', 'failing')")


def upgrade() -> None:
    op.create_table(
        "mailboxes",
        sa.Column("id", columns.RowId, autoincrement=False, nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text()),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("lease_until", columns.UtcDateTime()),
        sa.Column("tried_at", columns.UtcDateTime()),
        sa.Column("succeeded_at", columns.UtcDateTime()),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text()),
        sa.Column("failed_at", columns.UtcDateTime()),
        sa.Column("alarm", sa.Text()),
        sa.Column("alarmed_at", columns.UtcDateTime()),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailboxes")),
        sa.UniqueConstraint("account", name=op.f("uq_mailboxes_account")),
    )
    op.create_table(
        "mailbox_folders",
        sa.Column("id", columns.RowId, autoincrement=False, nullable=False),
        sa.Column("mailbox_id", columns.RowId, nullable=False),
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=False),
        sa.Column("cut_off", columns.UtcDateTime()),
        sa.Column("cut_below", sa.BigInteger(), nullable=False),
        sa.Column("selected_at", columns.UtcDateTime(), nullable=False),
        sa.Column("listed_at", columns.UtcDateTime()),
        sa.Column("drained_to", sa.BigInteger(), nullable=False),
        sa.Column("drained_at", columns.UtcDateTime()),
        sa.ForeignKeyConstraint(["mailbox_id"], ["mailboxes.id"], name=op.f("fk_mailbox_folders_mailbox_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailbox_folders")),
        sa.UniqueConstraint(
            "mailbox_id", "folder", "uidvalidity", name=op.f("uq_mailbox_folders_mailbox_id_folder_uidvalidity")
        ),
    )
    op.create_table(
        "mailbox_uids",
        sa.Column("folder_id", columns.RowId, autoincrement=False, nullable=False),
        sa.Column("uid", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("arrival_id", columns.RowId),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("internal_date", columns.UtcDateTime()),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("noted_at", columns.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["folder_id"], ["mailbox_folders.id"], name=op.f("fk_mailbox_uids_folder_id")),
        sa.ForeignKeyConstraint(["arrival_id"], ["arrivals.id"], name=op.f("fk_mailbox_uids_arrival_id")),
        sa.PrimaryKeyConstraint("folder_id", "uid", name=op.f("pk_mailbox_uids")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("mailbox_uids") as batch_op:
        batch_op.create_index("ix_mailbox_uids_open", ["folder_id", "uid"], sqlite_where=_OPEN, postgresql_where=_OPEN)
        batch_op.create_index("ix_mailbox_uids_arrival_id", ["arrival_id"])
    op.create_table(
        "mailbox_tokens",
        sa.Column("id", columns.RowId, autoincrement=False, nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("refresh_token", columns.Sealed, nullable=False),
        sa.Column("saved_at", columns.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailbox_tokens")),
        sa.UniqueConstraint("account", name=op.f("uq_mailbox_tokens_account")),
    )


def downgrade() -> None:
    op.drop_table("mailbox_tokens")
    op.drop_table("mailbox_uids")
    op.drop_table("mailbox_folders")
    op.drop_table("mailboxes")
