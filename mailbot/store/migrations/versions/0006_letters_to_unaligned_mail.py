"""What the budgets and the breaker look at: letters to mail in another's name, and what servers said of letters."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from mailbot.store import columns

revision = "0006"
down_revision = "0005"

_COUNTED = sa.text("path_key IS NOT NULL")
_ANSWERED = sa.text("outcome IN ('sent', 'refused')")


def upgrade() -> None:
    op.add_column("letters", sa.Column("path_key", columns.Sealed))
    op.create_index(
        "ix_letters_unaligned",
        "letters",
        ["composed_at", "path_key"],
        sqlite_where=_COUNTED,
        postgresql_where=_COUNTED,
    )
    op.create_index("ix_attempts_answered", "attempts", ["id"], sqlite_where=_ANSWERED, postgresql_where=_ANSWERED)


def downgrade() -> None:
    op.drop_index("ix_attempts_answered", table_name="attempts")
    op.drop_index("ix_letters_unaligned", table_name="letters")
    op.drop_column("letters", "path_key")
