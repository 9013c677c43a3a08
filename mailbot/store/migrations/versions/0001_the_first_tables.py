"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from mailbot.store import columns

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "cases",
        sa.Column("id", columns.RowId, autoincrement=False, nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("assignee", sa.Text()),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("opened_at", columns.UtcDateTime(), nullable=False),
        sa.Column("changed_at", columns.UtcDateTime(), nullable=False),
        sa.Column("answer_due", columns.UtcDateTime()),
        sa.Column("reply_due", columns.UtcDateTime()),
        sa.Column("missing", columns.Json, nullable=False),
        sa.Column("review", columns.Json, nullable=False),
        sa.Column("flags", columns.Json, nullable=False),
        sa.Column("documents", columns.Json, nullable=False),
        sa.Column("content", columns.Sealed, nullable=False),
        sa.Column("group_key", columns.Sealed),
        sa.Column("merged_into", columns.RowId),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["merged_into"], ["cases.id"], name=op.f("fk_cases_merged_into")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint("number", name=op.f("uq_cases_number")),
    )
    with op.batch_alter_table("cases") as batch_op:
        batch_op.create_index("ix_cases_category", ["category", "id"])
        batch_op.create_index("ix_cases_group_key", ["group_key", "id"])
        batch_op.create_index(
            "ix_cases_reply_due",
            ["reply_due"],
            sqlite_where=sa.text("state = 'awaiting_sender'"),
            postgresql_where=sa.text("state = 'awaiting_sender'"),
        )
        batch_op.create_index(
            "ix_cases_reviewed",
            ["id"],
            sqlite_where=sa.text("review <> '[]'"),
            postgresql_where=sa.text("review <> '[]'::jsonb"),
        )
        batch_op.create_index("ix_cases_state", ["state", "id"])

    op.create_table(
        "settings",
        sa.Column("id", columns.RowId, autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", columns.Sealed, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settings")),
        sa.UniqueConstraint("name", name=op.f("uq_settings_name")),
    )
    op.create_table(
        "arrivals",
        sa.Column("id", columns.RowId, autoincrement=False, nullable=False),
        sa.Column("content_key", columns.Sealed, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("envelope", columns.Sealed, nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("received_at", columns.UtcDateTime(), nullable=False),
        sa.Column("silent", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", columns.UtcDateTime(), nullable=False),
        sa.Column("lease_until", columns.UtcDateTime()),
        sa.Column("owner", sa.Text()),
        sa.Column("error", columns.CleanText()),
        sa.Column("outcome", sa.Text()),
        sa.Column("case_id", columns.RowId),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_arrivals_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_arrivals")),
        sa.UniqueConstraint("content_key", name=op.f("uq_arrivals_content_key")),
    )
    with op.batch_alter_table("arrivals") as batch_op:
        batch_op.create_index(
            "ix_arrivals_held",
            ["id"],
            sqlite_where=sa.text("state = 'held'"),
            postgresql_where=sa.text("state = 'held'"),
        )
        batch_op.create_index(
            "ix_arrivals_open",
            ["due_at", "id"],
            sqlite_where=sa.text("state IN ('new', 'taken')"),
            postgresql_where=sa.text("state IN ('new', 'taken')"),
        )

    op.create_table(
        "case_links",
        sa.Column("id", columns.RowId, autoincrement=False, nullable=False),
        sa.Column("case_id", columns.RowId, nullable=False),
        sa.Column("other_id", columns.RowId, nullable=False),
        sa.Column("relation", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_links_case_id")),
        sa.ForeignKeyConstraint(["other_id"], ["cases.id"], name=op.f("fk_case_links_other_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_links")),
        sa.UniqueConstraint("case_id", "other_id", "relation", name=op.f("uq_case_links_case_id_other_id_relation")),
    )
    with op.batch_alter_table("case_links") as batch_op:
        batch_op.create_index(batch_op.f("ix_case_links_other_id"), ["other_id"])

    op.create_table(
        "correspondents",
        sa.Column("id", columns.RowId, autoincrement=False, nullable=False),
        sa.Column("case_id", columns.RowId, nullable=False),
        sa.Column("address_key", columns.Sealed, nullable=False),
        sa.Column("content", columns.Sealed, nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_correspondents_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correspondents")),
        sa.UniqueConstraint("case_id", "address_key", name=op.f("uq_correspondents_case_id_address_key")),
    )
    with op.batch_alter_table("correspondents") as batch_op:
        batch_op.create_index(batch_op.f("ix_correspondents_address_key"), ["address_key"])

    op.create_table(
        "letters",
        sa.Column("id", columns.RowId, autoincrement=False, nullable=False),
        sa.Column("case_id", columns.RowId),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("recipient", columns.Sealed, nullable=False),
        sa.Column("address_key", columns.Sealed, nullable=False),
        sa.Column("domain_key", columns.Sealed, nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("composed_at", columns.UtcDateTime(), nullable=False),
        sa.Column("due_at", columns.UtcDateTime(), nullable=False),
        sa.Column("lease_until", columns.UtcDateTime()),
        sa.Column("owner", sa.Text()),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("sent_at", columns.UtcDateTime()),
        sa.Column("bounced_at", columns.UtcDateTime()),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_letters_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letters")),
        sa.UniqueConstraint("case_id", "kind", "cause", name=op.f("uq_letters_case_id_kind_cause")),
        sa.UniqueConstraint("message_id", name=op.f("uq_letters_message_id")),
    )
    with op.batch_alter_table("letters") as batch_op:
        batch_op.create_index("ix_letters_address_key", ["address_key", "composed_at"])
        batch_op.create_index("ix_letters_composed_at", ["composed_at"])
        batch_op.create_index("ix_letters_domain_key", ["domain_key", "composed_at"])
        batch_op.create_index(
            "ix_letters_open",
            ["due_at", "id"],
            sqlite_where=sa.text("state IN ('due', 'sending', 'later', 'unknown')"),
            postgresql_where=sa.text("state IN ('due', 'sending', 'later', 'unknown')"),
        )
        batch_op.create_index("ix_letters_state", ["state", "id"])

    op.create_table(
        "message_ids",
        sa.Column("id", columns.RowId, autoincrement=False, nullable=False),
        sa.Column("key", columns.Sealed, nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("case_id", columns.RowId, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_message_ids_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_ids")),
        sa.UniqueConstraint("key", "case_id", "origin", name=op.f("uq_message_ids_key_case_id_origin")),
    )
    op.create_table(
        "arrival_contents",
        sa.Column("arrival_id", columns.RowId, autoincrement=False, nullable=False),
        sa.Column("raw", columns.Sealed, nullable=False),
        sa.ForeignKeyConstraint(["arrival_id"], ["arrivals.id"], name=op.f("fk_arrival_contents_arrival_id")),
        sa.PrimaryKeyConstraint("arrival_id", name=op.f("pk_arrival_contents")),
    )
    op.create_table(
        "attempts",
        sa.Column("id", columns.RowId, autoincrement=False, nullable=False),
        sa.Column("letter_id", columns.RowId, nullable=False),
        sa.Column("began_at", columns.UtcDateTime(), nullable=False),
        sa.Column("ended_at", columns.UtcDateTime()),
        sa.Column("outcome", sa.Text()),
        sa.Column("answer", columns.CleanText()),
        sa.ForeignKeyConstraint(["letter_id"], ["letters.id"], name=op.f("fk_attempts_letter_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempts")),
    )
    with op.batch_alter_table("attempts") as batch_op:
        batch_op.create_index(batch_op.f("ix_attempts_letter_id"), ["letter_id"])

    op.create_table(
        "events",
        sa.Column("id", columns.RowId, autoincrement=False, nullable=False),
        sa.Column("case_id", columns.RowId),
        sa.Column("arrival_id", columns.RowId),
        sa.Column("letter_id", columns.RowId),
        sa.Column("at", columns.UtcDateTime(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("why", columns.CleanText(), nullable=False),
        sa.ForeignKeyConstraint(["arrival_id"], ["arrivals.id"], name=op.f("fk_events_arrival_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_events_case_id")),
        sa.ForeignKeyConstraint(["letter_id"], ["letters.id"], name=op.f("fk_events_letter_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
    )
    with op.batch_alter_table("events") as batch_op:
        batch_op.create_index("ix_events_arrival_id", ["arrival_id"])
        batch_op.create_index("ix_events_case_id", ["case_id", "id"])

    op.create_table(
        "letter_contents",
        sa.Column("letter_id", columns.RowId, autoincrement=False, nullable=False),
        sa.Column("content", columns.Sealed, nullable=False),
        sa.ForeignKeyConstraint(["letter_id"], ["letters.id"], name=op.f("fk_letter_contents_letter_id")),
        sa.PrimaryKeyConstraint("letter_id", name=op.f("pk_letter_contents")),
    )
    op.create_table(
        "messages",
        sa.Column("id", columns.RowId, autoincrement=False, nullable=False),
        sa.Column("case_id", columns.RowId),
        sa.Column("arrival_id", columns.RowId),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("because", columns.Json, nullable=False),
        sa.Column("trust", sa.Text(), nullable=False),
        sa.Column("received_at", columns.UtcDateTime(), nullable=False),
        sa.Column("content", columns.Sealed, nullable=False),
        sa.Column("sender_key", columns.Sealed),
        sa.Column("text_key", columns.Sealed),
        sa.ForeignKeyConstraint(["arrival_id"], ["arrivals.id"], name=op.f("fk_messages_arrival_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_messages_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint("arrival_id", name=op.f("uq_messages_arrival_id")),
    )
    with op.batch_alter_table("messages") as batch_op:
        batch_op.create_index("ix_messages_case_id", ["case_id", "id"])
        batch_op.create_index("ix_messages_repeated", ["sender_key", "text_key", "received_at"])

    op.create_table(
        "sightings",
        sa.Column("id", columns.RowId, autoincrement=False, nullable=False),
        sa.Column("arrival_id", columns.RowId, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("seen_at", columns.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["arrival_id"], ["arrivals.id"], name=op.f("fk_sightings_arrival_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sightings")),
    )
    with op.batch_alter_table("sightings") as batch_op:
        batch_op.create_index(batch_op.f("ix_sightings_arrival_id"), ["arrival_id"])

    op.create_table(
        "attachments",
        sa.Column("id", columns.RowId, autoincrement=False, nullable=False),
        sa.Column("message_id", columns.RowId, nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("filename", columns.Sealed, nullable=False),
        sa.Column("content_type", columns.CleanText(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("inline", sa.Boolean(), nullable=False),
        sa.Column("flags", columns.Json, nullable=False),
        sa.Column("refused", sa.Text()),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_attachments_message_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
    )
    with op.batch_alter_table("attachments") as batch_op:
        batch_op.create_index(batch_op.f("ix_attachments_message_id"), ["message_id"])


def downgrade() -> None:
    with op.batch_alter_table("attachments") as batch_op:
        batch_op.drop_index(batch_op.f("ix_attachments_message_id"))

    op.drop_table("attachments")
    with op.batch_alter_table("sightings") as batch_op:
        batch_op.drop_index(batch_op.f("ix_sightings_arrival_id"))

    op.drop_table("sightings")
    with op.batch_alter_table("messages") as batch_op:
        batch_op.drop_index("ix_messages_repeated")
        batch_op.drop_index("ix_messages_case_id")

    op.drop_table("messages")
    op.drop_table("letter_contents")
    with op.batch_alter_table("events") as batch_op:
        batch_op.drop_index("ix_events_case_id")
        batch_op.drop_index("ix_events_arrival_id")

    op.drop_table("events")
    with op.batch_alter_table("attempts") as batch_op:
        batch_op.drop_index(batch_op.f("ix_attempts_letter_id"))

    op.drop_table("attempts")
    op.drop_table("arrival_contents")
    op.drop_table("message_ids")
    with op.batch_alter_table("letters") as batch_op:
        batch_op.drop_index("ix_letters_state")
        batch_op.drop_index(
            "ix_letters_open",
            sqlite_where=sa.text("state IN ('due', 'sending', 'later', 'unknown')"),
            postgresql_where=sa.text("state IN ('due', 'sending', 'later', 'unknown')"),
        )
        batch_op.drop_index("ix_letters_domain_key")
        batch_op.drop_index("ix_letters_composed_at")
        batch_op.drop_index("ix_letters_address_key")

    op.drop_table("letters")
    with op.batch_alter_table("correspondents") as batch_op:
        batch_op.drop_index(batch_op.f("ix_correspondents_address_key"))

    op.drop_table("correspondents")
    with op.batch_alter_table("case_links") as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_links_other_id"))

    op.drop_table("case_links")
    with op.batch_alter_table("arrivals") as batch_op:
        batch_op.drop_index(
            "ix_arrivals_open",
            sqlite_where=sa.text("state IN ('new', 'taken')"),
            postgresql_where=sa.text("state IN ('new', 'taken')"),
        )
        batch_op.drop_index(
            "ix_arrivals_held", sqlite_where=sa.text("state = 'held'"), postgresql_where=sa.text("state = 'held'")
        )

    op.drop_table("arrivals")
    op.drop_table("settings")
    with op.batch_alter_table("cases") as batch_op:
        batch_op.drop_index("ix_cases_state")
        batch_op.drop_index(
            "ix_cases_reviewed",
            sqlite_where=sa.text("review <> '[]'"),
            postgresql_where=sa.text("review <> '[]'::jsonb"),
        )
        batch_op.drop_index(
            "ix_cases_reply_due",
            sqlite_where=sa.text("state = 'awaiting_sender'"),
            postgresql_where=sa.text("state = 'awaiting_sender'"),
        )
        batch_op.drop_index("ix_cases_group_key")
        batch_op.drop_index("ix_cases_category")

    op.drop_table("cases")
