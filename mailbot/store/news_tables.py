"""The tables of news for staff: what happened, and who is to hear of it when."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Table, Text

from mailbot.store.columns import CleanText, RowId, UtcDateTime
from mailbot.store.schema import metadata

#: What happened to a case and nobody was told of yet; a row goes when it is known who is to hear of it.
news = Table(
    "news",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=False),
    Column("case_id", RowId, ForeignKey("cases.id"), nullable=False),
    Column("what", Text, nullable=False),
    Column("why", CleanText, nullable=False),
)

#: Who is to hear of it, and when; a row goes in the unit of work that puts the notice into the outbox.
news_due = Table(
    "news_due",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=False),
    Column("person_id", RowId, ForeignKey("people.id"), nullable=False),
    Column("case_id", RowId, ForeignKey("cases.id"), nullable=False),
    Column("what", Text, nullable=False),
    Column("why", CleanText, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("together", Boolean, nullable=False),
    Index("ix_news_due_person_id", "person_id", "due_at"),
)
