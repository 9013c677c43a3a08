"""The directory: people and organisations by address, sealed, and who changed their entries when."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, insert, select, update

from mailbot.cases.directory_cells import cells_of
from mailbot.cases.people import Notices, Person, Role, everybody_at
from mailbot.mail import Address
from mailbot.store.prepared import Prepared, any_of
from mailbot.store.schema import people, people_changes
from mailbot.store.work import Work

PAGE = 500
_BY_KEY = Prepared(select(people).where(any_of(people.c.address_key, "key")))


@dataclass(frozen=True, slots=True)
class Change:
    """One change of an entry: (column, before, after) as the cells of a sheet; none where the entry was new."""

    at: datetime
    actor: str
    columns: tuple[tuple[str, str, str], ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Entry:
    """A person as the directory keeps them; `person_id` is the key of its pages."""

    person_id: int
    person: Person = field(repr=False)


@dataclass(frozen=True, slots=True)
class Written:
    """How many entries are new, changed, and as they were."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0


class Directory:
    """The directory in one unit of work; what was looked up once is not looked up again in it."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._known: dict[str, Person | None] = {}

    def by_address(self, address: Address | None) -> Person | None:
        """The active person with this address, else the entry of its whole domain, else None: one look-up by index.

        Somebody who is in the directory and not active is nobody, whatever is said of their domain.
        """
        if address is None:
            return None
        if (key := address.key) not in self._known:
            self.look_up([address])
        return self._known[key]

    def look_up(self, addresses: Iterable[Address]) -> None:
        """Look these up together; `by_address` then knows them."""
        asked = {each.key: (self._key(each.key), self._key(everybody_at(each.domain).key)) for each in addresses}
        rows = self._work.rows_for(_BY_KEY, "key", {key for keys in asked.values() for key in keys})
        found = {bytes(row.address_key): self._person(row) for row in rows}
        for address_key, (own, domain) in asked.items():
            self._known[address_key] = _meant(found.get(own), found.get(domain))

    def is_active_staff(self, address: Address | None) -> bool:
        """Whether this very address is of somebody of the staff, now."""
        person = self.by_address(address)
        return person is not None and person.is_active_staff

    def staff_among(self, addresses: Sequence[Address]) -> frozenset[str]:
        """The keys of those addresses that are of active staff; who wrote alone was looked up already."""
        if len(addresses) < 2:
            return frozenset(each.key for each in addresses if self.is_active_staff(each))
        found = self.exactly(each.key for each in addresses)
        return frozenset(key for key, person in found.items() if person.is_active_staff)

    def staff(self, team: str | None = None) -> list[Person]:
        """Who of the staff is active, of all teams or of one."""
        query = select(people).where(people.c.role == Role.STAFF, people.c.active).order_by(people.c.id)
        everybody = [self._person(row) for row in self._work.connection.execute(query)]
        return [person for person in everybody if team is None or team in person.teams]

    def staff_entries(self) -> list[Entry]:
        """The same with the ids of their entries, of all teams."""
        query = select(people).where(people.c.role == Role.STAFF, people.c.active).order_by(people.c.id)
        return [Entry(row.id, self._person(row)) for row in self._work.connection.execute(query)]

    def person(self, person_id: int) -> Person | None:
        """The person of this entry, active or not."""
        row = self._work.connection.execute(select(people).where(people.c.id == person_id)).one_or_none()
        return self._person(row) if row else None

    def exactly(self, keys: Iterable[str]) -> dict[str, Person]:
        """The entries with these address keys, active or not, by key."""
        return {entry.person.address.key: entry.person for entry in self._entries(keys).values()}

    def listed(self, after: int = 0, role: str | None = None, limit: int = PAGE) -> list[Entry]:
        """A page of all entries, the oldest first."""
        query = select(people).where(people.c.id > after).order_by(people.c.id).limit(limit)
        if role is not None:
            query = query.where(people.c.role == role)
        return [Entry(row.id, self._person(row)) for row in self._work.connection.execute(query)]

    def history(self, address: Address) -> list[Change]:
        """How the entry of this very address came to be as it is, oldest first."""
        query = (
            select(people_changes)
            .join(people, people.c.id == people_changes.c.person_id)
            .where(people.c.address_key == self._key(address.key))
            .order_by(people_changes.c.id)
        )
        return [self._change(row) for row in self._work.connection.execute(query)]

    def hold(self) -> None:
        """Let nobody else change the directory before this unit of work ends; looking is free."""
        if self._work.engine == "postgresql":
            self._work.connection.exec_driver_sql("LOCK TABLE people IN SHARE ROW EXCLUSIVE MODE")

    def put(self, persons: Sequence[Person], actor: str) -> Written:
        """Add these people, or change their entries to these, by address; the caller commits."""
        self._known.clear()
        counts = [self._put_page(persons[at : at + PAGE], actor) for at in range(0, len(persons), PAGE)]
        return Written(
            sum(each.added for each in counts),
            sum(each.changed for each in counts),
            sum(each.unchanged for each in counts),
        )

    def _put_page(self, persons: Sequence[Person], actor: str) -> Written:
        entries = self._entries(person.address.key for person in persons)
        new = [person for person in persons if person.address.key not in entries]
        told = [(person, entries[person.address.key]) for person in persons if person.address.key in entries]
        changed = [(person, entry) for person, entry in told if person != entry.person]
        ids = [self._work.new_id() for _ in new]
        if new:
            rows = [self._row(person_id, person) for person_id, person in zip(ids, new, strict=True)]
            self._work.connection.execute(insert(people), rows)
        if changed:
            rows = [{"b_id": entry.person_id, **self._row(entry.person_id, person)} for person, entry in changed]
            self._work.connection.execute(update(people).where(people.c.id == bindparam("b_id")), rows)
        notes = [self._note(person_id, actor, None) for person_id in ids]
        notes += [self._note(entry.person_id, actor, _difference(entry.person, person)) for person, entry in changed]
        if notes:
            self._work.connection.execute(insert(people_changes), notes)
        return Written(len(new), len(changed), len(told) - len(changed))

    def _entries(self, keys: Iterable[str]) -> dict[str, Entry]:
        """Entries by address key, in as few queries as the databases take."""
        digests = {self._key(key): key for key in keys}
        found: dict[str, Entry] = {}
        for row in self._work.rows_for(_BY_KEY, "key", digests):
            found[digests[bytes(row.address_key)]] = Entry(row.id, self._person(row))
        return found

    def _key(self, address_key: str) -> bytes:
        return self._work.blind("address", address_key)

    def _row(self, person_id: int, person: Person) -> dict[str, object]:
        sealed = [
            person.address.address,
            person.name,
            person.organisation,
            person.npn,
            person.npi,
            list(person.groups),
        ]
        return {
            "id": person_id,
            "address_key": self._key(person.address.key),
            "content": self._work.sealer.seal_text("people", person_id, "content", json.dumps(sealed)),
            "role": person.role,
            "language": person.language,
            "teams": list(person.teams),
            "permissions": list(person.permissions),
            "active": person.active,
            "notices": person.notices,
        }

    def _person(self, row: Row[Any]) -> Person:
        """The person in a row of `people`. Tampered when it does not open."""
        sealed = self._work.sealer.open_text("people", row.id, "content", row.content)
        address, name, organisation, npn, npi, groups = json.loads(sealed)
        return Person(
            Address(address, name),
            Role(row.role),
            organisation=organisation,
            npn=npn,
            npi=npi,
            groups=tuple(groups),
            language=row.language,
            teams=tuple(row.teams),
            permissions=tuple(row.permissions),
            active=row.active,
            notices=Notices(row.notices),
        )

    def _note(self, person_id: int, actor: str, changed: Mapping[str, list[str]] | None) -> dict[str, object]:
        row_id, content = self._work.new_id(), None
        if changed is not None:
            content = self._work.sealer.seal_text("people_changes", row_id, "content", json.dumps(changed))
        return {"id": row_id, "person_id": person_id, "at": self._work.now, "actor": actor, "content": content}

    def _change(self, row: Row[Any]) -> Change:
        if row.content is None:
            return Change(row.at, row.actor)
        changed = json.loads(self._work.sealer.open_text("people_changes", row.id, "content", row.content))
        return Change(row.at, row.actor, tuple((column, *values) for column, values in changed.items()))


def _meant(person: Person | None, everybody: Person | None) -> Person | None:
    if person is None:
        return everybody if everybody and everybody.active else None
    if not person.active:
        return None
    return person.within(everybody) if everybody else person


def _difference(before: Person, after: Person) -> dict[str, list[str]]:
    old, new = cells_of(before), cells_of(after)
    return {column: [old[column], new[column]] for column in old if old[column] != new[column]}
