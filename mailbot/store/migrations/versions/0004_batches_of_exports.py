"""Batches of exports, and cases by the case that they were merged into."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from mailbot.store import columns

revision = "0004"
down_revision = "0003"

_MERGED = sa.text("merged_into IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "export_batches",
        sa.Column("id", columns.RowId, autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("made_at", columns.UtcDateTime(), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("written_at", columns.UtcDateTime()),
        sa.PrimaryKeyConstraint("id", name="pk_export_batches"),
        sa.UniqueConstraint("name", name="uq_export_batches_name"),
    )
    op.create_index("ix_cases_merged_into", "cases", ["merged_into"], sqlite_where=_MERGED, postgresql_where=_MERGED)


def downgrade() -> None:
    op.drop_index("ix_cases_merged_into", table_name="cases")
    op.drop_table("export_batches")
