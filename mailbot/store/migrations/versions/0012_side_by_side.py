"""Days and weeks before the digests that are looked up within some: their indexes grow at one end, not everywhere.

What is older than a look-up of its kind reaches gets no day, and leaves the index.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

#: Ids hold milliseconds above so many bits (store/ids.py).
_BITS = 21
_DAY, _WEEK = 86_400_000 << _BITS, 604_800_000 << _BITS
#: How far look-ups of a day reach back, and a day more for clocks that differ; of weeks everything gets one.
_LATE = 3 * _DAY
_COLUMNS = (("letters", "day", _DAY), ("messages", "day", _DAY), ("case_members", "week", _WEEK))
_INDEXES = (
    ("ix_letters_address_key", "letters", "day", ["address_key", "composed_at"]),
    ("ix_letters_domain_key", "letters", "day", ["domain_key", "composed_at"]),
    ("ix_messages_repeated", "messages", "day", ["sender_key", "text_key", "received_at"]),
    ("ix_case_members_member_key", "case_members", "week", ["member_key", "opened_at"]),
)


def upgrade() -> None:
    for name, table, _, _ in _INDEXES:
        op.drop_index(name, table_name=table)
    for table, column, span in _COLUMNS:
        op.add_column(table, sa.Column(column, sa.Integer))
        _fill(table, column, span)
    for name, table, column, columns in _INDEXES:
        where = sa.text(f"{column} IS NOT NULL")
        op.create_index(name, table, [column, *columns], sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    for name, table, _, _ in _INDEXES:
        op.drop_index(name, table_name=table)
    for table, column, _ in _COLUMNS:
        op.drop_column(table, column)
    for name, table, _, columns in _INDEXES:
        op.create_index(name, table, columns)


def _fill(table: str, column: str, span: int) -> None:
    rows = sa.table(table, sa.column("id", sa.BigInteger), sa.column(column, sa.Integer))
    made = sa.cast(rows.c.id // sa.literal(span, sa.BigInteger), sa.Integer)
    change = sa.update(rows).values({column: made})
    if span == _DAY:
        newest = sa.select(sa.func.max(rows.c.id)).scalar_subquery()
        change = change.where(rows.c.id > newest - sa.literal(_LATE, sa.BigInteger))
    op.execute(change)
