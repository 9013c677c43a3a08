"""How the clocks of the machines stand."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from mailbot.store import columns

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "clocks",
        sa.Column("id", columns.RowId, autoincrement=False, nullable=False),
        sa.Column("machine", sa.Text(), nullable=False),
        sa.Column("began_at", columns.UtcDateTime(), nullable=False),
        sa.Column("moved_to", columns.UtcDateTime(), nullable=True),
        sa.Column("set_at", columns.UtcDateTime(), nullable=True),
        sa.Column("seen_at", columns.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_clocks"),
        sa.UniqueConstraint("machine", name="uq_clocks_machine"),
    )


def downgrade() -> None:
    op.drop_table("clocks")
