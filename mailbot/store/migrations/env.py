"""Alembic's entry: runs the migrations on the connection that store/engine.py opened."""

from __future__ import annotations

from alembic import context

from mailbot.store import mailbox_tables, news_tables  # noqa: F401 their tables are in the metadata too
from mailbot.store.schema import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=connection.dialect.name == "sqlite",
)
with context.begin_transaction():
    context.run_migrations()
