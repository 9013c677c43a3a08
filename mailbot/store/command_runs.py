"""Which mails of commands were seen already: each runs once, by whatever way and in whatever shape it comes again."""

from __future__ import annotations

import hashlib

from mailbot.mail import Message
from mailbot.store.schema import command_runs
from mailbot.store.work import Work


class CommandRuns:
    """The runs of one unit of work."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def is_first(self, arrival_id: int, message: Message, typed: str) -> bool:
        """Note a mail of commands; False where one with its id, or with the same words and date, was noted before.

        A recorded mail that is sent anew keeps what its author signed, the id or the words (ATTACKS A081).
        """
        keys = [self._work.blind("command-run", digest) for digest in _digests(message, typed)]
        rows = [
            {"id": self._work.new_id(), "key": key, "arrival_id": arrival_id, "ran_at": self._work.now} for key in keys
        ]
        statement = self._work.insert(command_runs).on_conflict_do_nothing(index_elements=["key"])
        noted = [
            self._work.connection.execute(statement.values(row).returning(command_runs.c.id)).one_or_none()
            for row in rows
        ]
        return all(row is not None for row in noted)


def _digests(message: Message, typed: str) -> list[str]:
    sender = message.sender.key if message.sender else ""
    date = message.date.isoformat() if message.date else ""
    said = hashlib.sha256("\n".join([sender, date, message.subject, typed]).encode("utf-8", "replace")).hexdigest()
    digests = [f"said {said}"]
    if message.message_id:
        digests.append(f"id {sender} {message.message_id}")
    return digests
