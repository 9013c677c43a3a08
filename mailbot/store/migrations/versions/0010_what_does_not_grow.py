"""Indexes for look-ups that read more, the more cases there were."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

_INDEXES = (
    ("ix_arrivals_last_try", "arrivals", ["lease_until"], "state = 'taken' AND attempts >= 3"),
    ("ix_events_corrected", "events", ["kind", "case_id"], "kind IN ('case_recategorized', 'value_corrected')"),
    ("ix_export_batches_unwritten", "export_batches", ["id"], "written_at IS NULL"),
)


def upgrade() -> None:
    for name, table, columns, condition in _INDEXES:
        where = sa.text(condition)
        op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)
    # The newest of one address: without the id PostgreSQL may read everybody's, the newest first.
    op.drop_index("ix_correspondents_address_key", table_name="correspondents")
    op.create_index("ix_correspondents_address_key", "correspondents", ["address_key", "id"])


def downgrade() -> None:
    op.drop_index("ix_correspondents_address_key", table_name="correspondents")
    op.create_index("ix_correspondents_address_key", "correspondents", ["address_key"])
    for name, table, _, _ in _INDEXES:
        op.drop_index(name, table_name=table)
