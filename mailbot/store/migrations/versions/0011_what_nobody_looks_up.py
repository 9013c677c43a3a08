"""Without the indexes that nothing is looked up by: each costs a page for every mail, or for every letter sent."""

from __future__ import annotations

from alembic import op

revision = "0011"
down_revision = "0010"

_INDEXES = (
    ("ix_events_arrival_id", "events", ["arrival_id"]),
    ("ix_case_members_case_id", "case_members", ["case_id"]),
)


def upgrade() -> None:
    for name, table, _ in _INDEXES:
        op.drop_index(name, table_name=table)


def downgrade() -> None:
    for name, table, columns in _INDEXES:
        op.create_index(name, table, columns)
