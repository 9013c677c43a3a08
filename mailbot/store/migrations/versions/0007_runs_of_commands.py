"""What makes a mail of commands run once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from mailbot.store import columns

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "command_runs",
        sa.Column("id", columns.RowId, autoincrement=False, nullable=False),
        sa.Column("key", columns.Sealed, nullable=False),
        sa.Column("arrival_id", columns.RowId, nullable=False),
        sa.Column("ran_at", columns.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["arrival_id"], ["arrivals.id"], name="fk_command_runs_arrival_id"),
        sa.PrimaryKeyConstraint("id", name="pk_command_runs"),
        sa.UniqueConstraint("key", name="uq_command_runs_key"),
    )


def downgrade() -> None:
    op.drop_table("command_runs")
