"""The directory: people and organisations, and how their entries changed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from mailbot.store import columns

revision = "0005"
down_revision = "0004"

_STAFF = sa.text("role = 'staff'")


def upgrade() -> None:
    op.create_table(
        "people",
        sa.Column("id", columns.RowId, autoincrement=False, nullable=False),
        sa.Column("address_key", columns.Sealed, nullable=False),
        sa.Column("content", columns.Sealed, nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("teams", columns.Json, nullable=False),
        sa.Column("permissions", columns.Json, nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("notices", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_people"),
        sa.UniqueConstraint("address_key", name="uq_people_address_key"),
    )
    op.create_index("ix_people_staff", "people", ["id"], sqlite_where=_STAFF, postgresql_where=_STAFF)
    op.create_table(
        "people_changes",
        sa.Column("id", columns.RowId, autoincrement=False, nullable=False),
        sa.Column("person_id", columns.RowId, nullable=False),
        sa.Column("at", columns.UtcDateTime(), nullable=False),
        sa.Column("actor", columns.CleanText(), nullable=False),
        sa.Column("content", columns.Sealed),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_people_changes_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_people_changes"),
    )
    op.create_index("ix_people_changes_person_id", "people_changes", ["person_id", "id"])


def downgrade() -> None:
    op.drop_table("people_changes")
    op.drop_table("people")
