"""News for staff."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from mailbot.store import columns

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "news",
        sa.Column("id", columns.RowId, autoincrement=False, nullable=False),
        sa.Column("case_id", columns.RowId, nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("why", columns.CleanText(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_news_case_id"),
        sa.PrimaryKeyConstraint("id", name="pk_news"),
    )
    op.create_table(
        "news_due",
        sa.Column("id", columns.RowId, autoincrement=False, nullable=False),
        sa.Column("person_id", columns.RowId, nullable=False),
        sa.Column("case_id", columns.RowId, nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("why", columns.CleanText(), nullable=False),
        sa.Column("due_at", columns.UtcDateTime(), nullable=False),
        sa.Column("together", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_news_due_person_id"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_news_due_case_id"),
        sa.PrimaryKeyConstraint("id", name="pk_news_due"),
    )
    op.create_index("ix_news_due_person_id", "news_due", ["person_id", "due_at"])
    op.drop_index("ix_letters_composed_at", table_name="letters")
    op.create_index("ix_letters_composed_at", "letters", ["composed_at", "kind"])


def downgrade() -> None:
    op.drop_index("ix_letters_composed_at", table_name="letters")
    op.create_index("ix_letters_composed_at", "letters", ["composed_at"])
    op.drop_index("ix_news_due_person_id", table_name="news_due")
    op.drop_table("news_due")
    op.drop_table("news")
