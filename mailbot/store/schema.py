"""The tables. Sealed columns hold what came from mail; plain ones hold what the desk itself says.

What is looked up by digest within a day or some weeks has `day` or `week`, when its row was made (ids.py), before the
digest in its index: the index then grows at one end. They are null in rows that were too old when the columns came.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, ForeignKey, Index, Integer, MetaData, Table, Text, UniqueConstraint, text

from mailbot.store.columns import CleanText, Json, RowId, Sealed, UtcDateTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _partial(name: str, *columns: str, where: str) -> Index:
    """An index of the rows of which that is true."""
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


#: One row a key: the sealed sentinel that proves the key file, and the instance's own name.
settings = Table(
    "settings",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False, unique=True),
    Column("value", Sealed, nullable=False),
)

#: A mail we took responsibility for. The content key makes the same mail one arrival, by whatever way it comes.
arrivals = Table(
    "arrivals",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=False),
    Column("content_key", Sealed, nullable=False, unique=True),
    Column("source", Text, nullable=False),
    Column("envelope", Sealed, nullable=False),
    Column("size", Integer, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("silent", Boolean, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("lease_until", UtcDateTime),
    Column("owner", Text),
    Column("error", CleanText),
    Column("outcome", Text),
    Column("case_id", RowId, ForeignKey("cases.id")),
    _partial("ix_arrivals_open", "due_at", "id", where="state IN ('new', 'taken')"),
    _partial("ix_arrivals_held", "id", where="state = 'held'"),
    _partial("ix_arrivals_last_try", "lease_until", where="state = 'taken' AND attempts >= 3"),
)

#: The raw bytes, sealed, apart from the row that changes state: a state change never rewrites them.
arrival_contents = Table(
    "arrival_contents",
    metadata,
    Column("arrival_id", RowId, ForeignKey("arrivals.id"), primary_key=True, autoincrement=False),
    Column("raw", Sealed, nullable=False),
)

#: Each further time and way that an arrival was seen; it has no other effect.
sightings = Table(
    "sightings",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=False),
    Column("arrival_id", RowId, ForeignKey("arrivals.id"), nullable=False, index=True),
    Column("source", Text, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
)

cases = Table(
    "cases",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=False),
    Column("number", Text, nullable=False, unique=True),
    Column("state", Text, nullable=False),
    Column("category", Text, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("team", Text, nullable=False),
    Column("assignee", Text),
    Column("language", Text, nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("answer_due", UtcDateTime),
    Column("reply_due", UtcDateTime),
    Column("missing", Json, nullable=False),
    Column("review", Json, nullable=False),
    Column("flags", Json, nullable=False),
    Column("documents", Json, nullable=False),
    Column("content", Sealed, nullable=False),
    Column("group_key", Sealed),
    Column("merged_into", RowId, ForeignKey("cases.id")),
    Column("version", Integer, nullable=False),
    Column("rounds", Integer, nullable=False, server_default="0"),
    Column("reminders", Integer, nullable=False, server_default="0"),
    Column("remind_at", UtcDateTime),
    Column("request_id", RowId),
    Column("clock_stopped", Text),
    Column("ended_at", UtcDateTime),
    Index("ix_cases_state", "state", "id"),
    Index("ix_cases_category", "category", "id"),
    Index("ix_cases_group_key", "group_key", "id"),
    _partial("ix_cases_merged_into", "merged_into", where="merged_into IS NOT NULL"),
    _partial("ix_cases_reply_due", "reply_due", where="state = 'awaiting_sender'"),
    _partial("ix_cases_remind_at", "remind_at", where="state = 'awaiting_sender'"),
    Index(
        "ix_cases_reviewed", "id", sqlite_where=text("review <> '[]'"), postgresql_where=text("review <> '[]'::jsonb")
    ),
)

case_links = Table(
    "case_links",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=False),
    Column("case_id", RowId, ForeignKey("cases.id"), nullable=False),
    Column("other_id", RowId, ForeignKey("cases.id"), nullable=False, index=True),
    Column("relation", Text, nullable=False),
    UniqueConstraint("case_id", "other_id", "relation"),
)

#: Whom a case is about, by digest, so that a second inquiry about the same member is noticed.
case_members = Table(
    "case_members",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=False),
    Column("case_id", RowId, ForeignKey("cases.id"), nullable=False),
    Column("member_key", Sealed, nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("week", Integer),
    _partial("ix_case_members_member_key", "week", "member_key", "opened_at", where="week IS NOT NULL"),
)

#: Cases that a held arrival may belong to; a null case means that it may belong to any.
held_links = Table(
    "held_links",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=False),
    Column("arrival_id", RowId, ForeignKey("arrivals.id"), nullable=False, index=True),
    Column("case_id", RowId, ForeignKey("cases.id"), index=True),
)

#: Proof that a way in was open: since when without a gap, and when it was last seen.
watches = Table(
    "watches",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False, unique=True),
    Column("since", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
)

#: How the clock of each machine stands: the start of the machine by the clock that is believed, and by one set since.
clocks = Table(
    "clocks",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=False),
    Column("machine", Text, nullable=False, unique=True),
    Column("began_at", UtcDateTime, nullable=False),
    Column("moved_to", UtcDateTime),
    Column("set_at", UtcDateTime),
    Column("seen_at", UtcDateTime, nullable=False),
)

#: What was handed to the administration system at one time; `written_at` stands once its files are complete.
export_batches = Table(
    "export_batches",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False, unique=True),
    Column("made_at", UtcDateTime, nullable=False),
    Column("cases", Integer, nullable=False),
    Column("written_at", UtcDateTime),
    _partial("ix_export_batches_unwritten", "id", where="written_at IS NULL"),
)

#: One row a case that was handed to the administration system.
exports = Table(
    "exports",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=False),
    Column("case_id", RowId, ForeignKey("cases.id"), nullable=False, unique=True),
    Column("batch", Text, nullable=False, index=True),
    Column("exported_at", UtcDateTime, nullable=False),
)

#: The parsed view of an arrival, or of a letter; `case_id` is null for mail that belongs to no case.
messages = Table(
    "messages",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=False),
    Column("case_id", RowId, ForeignKey("cases.id")),
    Column("arrival_id", RowId, ForeignKey("arrivals.id"), unique=True),
    Column("kind", Text, nullable=False),
    Column("because", Json, nullable=False),
    Column("trust", Text, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("content", Sealed, nullable=False),
    Column("sender_key", Sealed),
    Column("text_key", Sealed),
    Column("day", Integer),
    Index("ix_messages_case_id", "case_id", "id"),
    _partial("ix_messages_repeated", "day", "sender_key", "text_key", "received_at", where="day IS NOT NULL"),
)

#: Digests of the message ids of a case: ours, theirs, and those that were only referred to.
message_ids = Table(
    "message_ids",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=False),
    Column("key", Sealed, nullable=False),
    Column("origin", Text, nullable=False),
    Column("case_id", RowId, ForeignKey("cases.id"), nullable=False),
    UniqueConstraint("key", "case_id", "origin"),
)

#: An index into the raw bytes of an arrival; there is no second copy.
attachments = Table(
    "attachments",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=False),
    Column("message_id", RowId, ForeignKey("messages.id"), nullable=False, index=True),
    Column("part", Text, nullable=False),
    Column("filename", Sealed, nullable=False),
    Column("content_type", CleanText, nullable=False),
    Column("size", Integer, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("inline", Boolean, nullable=False),
    Column("flags", Json, nullable=False),
    Column("refused", Text),
)

correspondents = Table(
    "correspondents",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=False),
    Column("case_id", RowId, ForeignKey("cases.id"), nullable=False),
    Column("address_key", Sealed, nullable=False),
    Column("content", Sealed, nullable=False),
    Column("role", Text, nullable=False),
    UniqueConstraint("case_id", "address_key"),
    Index("ix_correspondents_address_key", "address_key", "id"),
)

#: What happened, past tense, append-only.
events = Table(
    "events",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=False),
    Column("case_id", RowId, ForeignKey("cases.id")),
    Column("arrival_id", RowId, ForeignKey("arrivals.id")),
    Column("letter_id", RowId, ForeignKey("letters.id")),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("why", CleanText, nullable=False),
    Index("ix_events_case_id", "case_id", "id"),
    _partial("ix_events_corrected", "kind", "case_id", where="kind IN ('case_recategorized', 'value_corrected')"),
)

#: The outbox: one letter to one address. (case, kind, cause) makes each effect happen once. `path_key` stands where the
#: message that the letter answers was sent by others than its From says.
letters = Table(
    "letters",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=False),
    Column("case_id", RowId, ForeignKey("cases.id")),
    Column("kind", Text, nullable=False),
    Column("cause", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("recipient", Sealed, nullable=False),
    Column("address_key", Sealed, nullable=False),
    Column("domain_key", Sealed, nullable=False),
    Column("message_id", Text, nullable=False, unique=True),
    Column("state", Text, nullable=False),
    Column("composed_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("lease_until", UtcDateTime),
    Column("owner", Text),
    Column("attempts", Integer, nullable=False),
    Column("sent_at", UtcDateTime),
    Column("bounced_at", UtcDateTime),
    Column("path_key", Sealed),
    Column("day", Integer),
    UniqueConstraint("case_id", "kind", "cause"),
    _partial("ix_letters_open", "due_at", "id", where="state IN ('due', 'sending', 'later', 'unknown')"),
    _partial("ix_letters_address_key", "day", "address_key", "composed_at", where="day IS NOT NULL"),
    _partial("ix_letters_domain_key", "day", "domain_key", "composed_at", where="day IS NOT NULL"),
    Index("ix_letters_composed_at", "composed_at", "kind"),
    Index("ix_letters_state", "state", "id"),
    _partial("ix_letters_unaligned", "composed_at", "path_key", where="path_key IS NOT NULL"),
)

#: Letters that are still to be sent, or sent again.
OPEN_LETTERS = text("letters.state IN ('due', 'sending', 'later', 'unknown')")

letter_contents = Table(
    "letter_contents",
    metadata,
    Column("letter_id", RowId, ForeignKey("letters.id"), primary_key=True, autoincrement=False),
    Column("content", Sealed, nullable=False),
)

#: One try of one letter: begun before the connection, ended with what the server said.
attempts = Table(
    "attempts",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=False),
    Column("letter_id", RowId, ForeignKey("letters.id"), nullable=False, index=True),
    Column("began_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("outcome", Text),
    Column("answer", CleanText),
    _partial("ix_attempts_answered", "id", where="outcome IN ('sent', 'refused')"),
)

#: What makes a mail of commands run once: digests of its id and of what it says.
command_runs = Table(
    "command_runs",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=False),
    Column("key", Sealed, nullable=False, unique=True),
    Column("arrival_id", RowId, ForeignKey("arrivals.id"), nullable=False),
    Column("ran_at", UtcDateTime, nullable=False),
)

#: The directory: one row a person, or a whole domain; the key is the digest that correspondents have too.
people = Table(
    "people",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=False),
    Column("address_key", Sealed, nullable=False, unique=True),
    Column("content", Sealed, nullable=False),
    Column("role", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("teams", Json, nullable=False),
    Column("permissions", Json, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("notices", Text, nullable=False),
    _partial("ix_people_staff", "id", where="role = 'staff'"),
)

#: Who changed an entry of the directory and when, append-only; without content the entry was new.
people_changes = Table(
    "people_changes",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=False),
    Column("person_id", RowId, ForeignKey("people.id"), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", CleanText, nullable=False),
    Column("content", Sealed),
    Index("ix_people_changes_person_id", "person_id", "id"),
)
