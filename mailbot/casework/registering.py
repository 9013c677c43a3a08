"""Takes a sheet of people into the directory: all of it or nothing, unless what is right may go in alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from mailbot.cases.directory_cells import Trouble, amended, changes_sides, nearest, troubles_of
from mailbot.cases.directory_sheet import Mistake, read_sheet
from mailbot.cases.people import Person
from mailbot.cases.rules import Playbook
from mailbot.mail import OwnAddresses
from mailbot.store.directory import Written
from mailbot.store.unit_of_work import Store


@dataclass(frozen=True, slots=True)
class Registered:
    """What an import came to; `written` is None where nothing was imported."""

    written: Written | None
    mistakes: tuple[Mistake, ...] = ()


class Register:
    """The directory of one desk: who may be in it is a matter of its own addresses and its playbook's teams."""

    def __init__(self, store: Store, own: OwnAddresses, playbook: Playbook) -> None:
        self._store, self._own = store, own
        self._teams = tuple(sorted({rules.team for rules in playbook.categories.values()}))

    def take(self, content: bytes, actor: str, *, partial: bool) -> Registered:
        """Import the CSV file with this content. A column that it does not have stays as it was in each entry.

        With `partial` the lines that are right are imported, else none where any is wrong.
        """
        sheet = read_sheet(content, self._own)
        mistakes = list(sheet.mistakes)
        if not sheet.columns or (mistakes and not partial):
            return Registered(None, tuple(mistakes))
        with self._store.reading() as transaction:
            known = transaction.directory.exactly(line.person.address.key for line in sheet.lines)
        right: list[Person] = []
        for line in sheet.lines:
            before = known.get(line.person.address.key)
            person = amended(before, line.person, sheet.columns) if before else line.person
            found = [Mistake(line.number, *trouble) for trouble in self._troubles(before, person)]
            mistakes += found
            right += [] if found else [person]
        mistakes.sort(key=lambda mistake: mistake.line)
        if mistakes and not partial:
            return Registered(None, tuple(mistakes))
        told = [person for person in right if person != known.get(person.address.key)]
        with self._store.writing() as transaction:
            transaction.directory.hold()
            written = transaction.directory.put(told, actor)
        return Registered(replace(written, unchanged=len(right) - len(told)), tuple(mistakes))

    def _troubles(self, before: Person | None, person: Person) -> Iterator[Trouble]:
        """What is wrong with an entry once what was known of it is counted in."""
        yield from troubles_of(person, self._own)
        for team in person.teams:
            if team not in self._teams:
                yield "teams", f"the playbook has no team {team}; {nearest(team, self._teams)}"
        if before and changes_sides(before, person):
            now = "is staff" if before.is_active_staff else f"is a {before.role}, not staff"
            yield "role", f"this address {now}: import it with active = no first, then with its new role"
