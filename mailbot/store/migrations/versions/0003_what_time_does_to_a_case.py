"""What time does to a case."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from mailbot.store import columns

revision = "0003"
down_revision = "0002"

_WAITING = sa.text("state = 'awaiting_sender'")


def upgrade() -> None:
    op.create_table(
        "watches",
        sa.Column("id", columns.RowId, autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("since", columns.UtcDateTime(), nullable=False),
        sa.Column("seen_at", columns.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_watches"),
        sa.UniqueConstraint("name", name="uq_watches_name"),
    )
    op.create_table(
        "case_members",
        sa.Column("id", columns.RowId, autoincrement=False, nullable=False),
        sa.Column("case_id", columns.RowId, nullable=False),
        sa.Column("member_key", columns.Sealed, nullable=False),
        sa.Column("opened_at", columns.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_case_members_case_id"),
        sa.PrimaryKeyConstraint("id", name="pk_case_members"),
    )
    op.create_index("ix_case_members_case_id", "case_members", ["case_id"])
    op.create_index("ix_case_members_member_key", "case_members", ["member_key", "opened_at"])
    op.create_table(
        "exports",
        sa.Column("id", columns.RowId, autoincrement=False, nullable=False),
        sa.Column("case_id", columns.RowId, nullable=False),
        sa.Column("batch", sa.Text(), nullable=False),
        sa.Column("exported_at", columns.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_exports_case_id"),
        sa.PrimaryKeyConstraint("id", name="pk_exports"),
        sa.UniqueConstraint("case_id", name="uq_exports_case_id"),
    )
    op.create_index("ix_exports_batch", "exports", ["batch"])
    op.create_table(
        "held_links",
        sa.Column("id", columns.RowId, autoincrement=False, nullable=False),
        sa.Column("arrival_id", columns.RowId, nullable=False),
        sa.Column("case_id", columns.RowId),
        sa.ForeignKeyConstraint(["arrival_id"], ["arrivals.id"], name="fk_held_links_arrival_id"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_held_links_case_id"),
        sa.PrimaryKeyConstraint("id", name="pk_held_links"),
    )
    op.create_index("ix_held_links_arrival_id", "held_links", ["arrival_id"])
    op.create_index("ix_held_links_case_id", "held_links", ["case_id"])
    for column in (
        sa.Column("rounds", sa.Integer(), server_default="0", nullable=False),
        sa.Column("reminders", sa.Integer(), server_default="0", nullable=False),
        sa.Column("remind_at", columns.UtcDateTime()),
        sa.Column("request_id", columns.RowId),
        sa.Column("clock_stopped", sa.Text()),
        sa.Column("ended_at", columns.UtcDateTime()),
    ):
        op.add_column("cases", column)
    op.create_index("ix_cases_remind_at", "cases", ["remind_at"], sqlite_where=_WAITING, postgresql_where=_WAITING)


def downgrade() -> None:
    op.drop_index("ix_cases_remind_at", "cases")
    for name in ("ended_at", "clock_stopped", "request_id", "remind_at", "reminders", "rounds"):
        op.drop_column("cases", name)
    for table in ("held_links", "exports", "case_members", "watches"):
        op.drop_table(table)
