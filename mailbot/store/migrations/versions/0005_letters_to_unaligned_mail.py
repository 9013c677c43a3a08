"""Letters that answer mail which others sent than its From says."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from mailbot.store import columns

revision = "0005"
down_revision = "0004"

_COUNTED = sa.text("path_key IS NOT NULL")


def upgrade() -> None:
    op.add_column("letters", sa.Column("path_key", columns.Sealed))
    op.create_index(
        "ix_letters_unaligned",
        "letters",
        ["composed_at", "path_key"],
        sqlite_where=_COUNTED,
        postgresql_where=_COUNTED,
    )


def downgrade() -> None:
    op.drop_index("ix_letters_unaligned", table_name="letters")
    op.drop_column("letters", "path_key")
