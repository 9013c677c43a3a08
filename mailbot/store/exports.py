"""Batches of cases that were handed to the administration system: which cases, and whether their files are written."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select, text, update

from mailbot.cases.states import State
from mailbot.store.case_file import CaseFile, file_of
from mailbot.store.schema import cases, events, export_batches, exports
from mailbot.store.work import Work

#: Cases of one batch at most; what is more goes into the next one.
LARGEST_BATCH = 10_000
#: What a case of this family is about is kept in the administration system.
FAMILY = "eligibility."


class Exports:
    """The exports of one unit of work."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def last_made_at(self) -> datetime | None:
        """When the last batch was made, empty or not."""
        query = select(export_batches.c.made_at).order_by(export_batches.c.id.desc()).limit(1)
        return self._work.connection.execute(query).scalar_one_or_none()

    def begin(self, name: str) -> bool:
        """Take this name for a batch; False when somebody has made it."""
        row = {"id": self._work.new_id(), "name": name, "made_at": self._work.now, "cases": 0}
        statement = self._work.insert(export_batches).values(row).on_conflict_do_nothing(index_elements=["name"])
        return self._work.connection.execute(statement.returning(export_batches.c.id)).one_or_none() is not None

    def complete_cases(self) -> list[CaseFile]:
        """Cases that have everything and that nobody should look at first, oldest first, held."""
        empty = "'[]'" if self._work.engine == "sqlite" else "'[]'::jsonb"
        query = (
            select(cases)
            .where(cases.c.state == State.AWAITING_STAFF, cases.c.merged_into.is_(None))
            .where(cases.c.category.startswith(FAMILY, autoescape=True))
            .where(text(f"review = {empty}"), text(f"missing = {empty}"))  # noqa: S608 a constant
            .order_by(cases.c.id)
            .limit(LARGEST_BATCH)
            .with_for_update()
        )
        return [file_of(self._work, row) for row in self._work.connection.execute(query)]

    def fill(self, name: str, case_ids: Iterable[int]) -> None:
        """Put these cases into the batch; one that was handed over before belongs to this batch from now on."""
        rows = [
            {"id": self._work.new_id(), "case_id": case_id, "batch": name, "exported_at": self._work.now}
            for case_id in case_ids
        ]
        values = {"cases": len(rows)} if rows else {"cases": 0, "written_at": self._work.now}
        self._work.connection.execute(update(export_batches).where(export_batches.c.name == name).values(**values))
        if rows:
            statement = self._work.insert(exports)
            changed = {"batch": statement.excluded.batch, "exported_at": statement.excluded.exported_at}
            self._work.connection.execute(
                statement.on_conflict_do_update(index_elements=["case_id"], set_=changed), rows
            )

    def unwritten(self) -> list[str]:
        """Batches whose files were not finished, oldest first."""
        query = select(export_batches.c.name).where(export_batches.c.written_at.is_(None)).order_by(export_batches.c.id)
        return list(self._work.connection.execute(query).scalars())

    def hold(self, name: str) -> datetime | None:
        """When this unwritten batch was made; None where it is written, or somebody writes it now."""
        query = (
            select(export_batches.c.made_at)
            .where(export_batches.c.name == name, export_batches.c.written_at.is_(None))
            .with_for_update(skip_locked=True)
        )
        return self._work.connection.execute(query).scalar_one_or_none()

    def cases_of(self, name: str) -> list[CaseFile]:
        """The cases of a batch as they are now, oldest first."""
        query = select(cases).join(exports, exports.c.case_id == cases.c.id).where(exports.c.batch == name)
        return [file_of(self._work, row) for row in self._work.connection.execute(query.order_by(cases.c.id))]

    def written(self, name: str) -> None:
        """Its files are complete."""
        self._work.connection.execute(
            update(export_batches).where(export_batches.c.name == name).values(written_at=self._work.now)
        )

    def answered(self, case_id: int, actor: str) -> bool:
        """Whether this acknowledgment has spoken of the case before."""
        query = select(events.c.id).where(events.c.case_id == case_id, events.c.actor == actor).limit(1)
        return self._work.connection.execute(query).one_or_none() is not None
