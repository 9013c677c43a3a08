"""The people of a case and of the directory: who they are to the desk, and what they have proved."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from mailbot.mail import Address, Message, OwnAddresses

#: Copied people beyond this many are left out: nobody's case needs them, and a list could be endless.
MAX_COPIED = 20
#: The local part of an entry that stands for everybody at a domain.
ANYBODY = "*"
#: In place of group numbers: agent of record of every group.
ALL_GROUPS = "*"


class Role(StrEnum):
    """What a correspondent is to the desk; `copied` stood in To or Cc of a correspondent's mail."""

    PRODUCER = "producer"
    EMPLOYER = "employer"
    PROVIDER = "provider"
    NAVIGATOR = "navigator"
    CONSUMER = "consumer"
    STAFF = "staff"
    UNKNOWN = "unknown"
    COPIED = "copied"
    #: Staff took them off the case: they are kept for the history, and are nobody to it.
    REMOVED = "removed"


#: What the directory can say that somebody is.
DIRECTORY_ROLES = (Role.PRODUCER, Role.EMPLOYER, Role.PROVIDER, Role.NAVIGATOR, Role.CONSUMER, Role.STAFF)


class Trust(StrEnum):
    """How far a message may act (DESIGN section 5)."""

    STRANGER = "stranger"
    KNOWN = "known"
    DOUBTFUL = "doubtful"
    STAFF = "staff"


class Notices(StrEnum):
    """How somebody of the staff hears of cases by mail: at once, together each quarter of an hour, not at all."""

    EACH = "each"
    DIGEST = "digest"
    NONE = "none"


class Permission(StrEnum):
    """What somebody of the staff may do by mail; each word but the first two is a command's."""

    ALL = "all"
    #: Have a mail to somebody outside logged by a copy to the desk, or by forwarding an inquiry.
    LOG = "log"
    NOTE = "note"
    REPLY = "reply"
    ASK = "ask"
    RESOLVE = "resolve"
    CLOSE = "close"
    REOPEN = "reopen"
    WITHDRAW = "withdraw"
    CATEGORY = "category"
    FIELD = "field"
    ASSIGN = "assign"
    DEADLINE = "deadline"
    MERGE = "merge"
    SPLIT = "split"


@dataclass(frozen=True, slots=True)
class Correspondent:
    """A person outside, as a case knows them."""

    address: Address
    role: Role


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in the directory, or everybody at a domain where the address is "*@" and the domain.

    `groups` are the groups whose agent of record a producer is, or that are an employer's own. `teams`, `permissions`
    and `notices` are for staff. Who is not `active` is kept for the history, and counts as nobody.
    """

    address: Address
    role: Role
    organisation: str = ""
    npn: str = ""
    npi: str = ""
    groups: tuple[str, ...] = ()
    language: str = ""
    teams: tuple[str, ...] = ()
    permissions: tuple[str, ...] = ()
    active: bool = True
    notices: Notices = Notices.NONE

    @property
    def name(self) -> str:
        return self.address.name

    @property
    def is_domain(self) -> bool:
        return self.address.address.startswith(f"{ANYBODY}@")

    @property
    def is_active_staff(self) -> bool:
        return self.active and self.role is Role.STAFF

    def may(self, permission: str) -> bool:
        """Whether this is somebody of the staff who may do this now, by mail."""
        return self.is_active_staff and (Permission.ALL in self.permissions or permission in self.permissions)

    def has_group(self, number: str) -> bool:
        """Whether a group is one of theirs; a division ("0140026-A") belongs to its group."""
        return ALL_GROUPS in self.groups or any(_covers(group, number) for group in self.groups)

    def shares_organisation(self, other: Person) -> bool:
        """Whether both are of one organisation outside: of one role, under one name or at one whole domain."""
        if self.role is not other.role or self.role in (Role.STAFF, Role.CONSUMER):
            return False
        one_domain = self.is_domain and self.address.key == other.address.key
        return one_domain or bool(self._called) and self._called == other._called

    @property
    def _called(self) -> str:
        return " ".join(self.organisation.casefold().split())

    def within(self, organisation: Person) -> Person:
        """The same person, with what only the entry of their whole domain says, where both have one role."""
        if organisation.role is not self.role or not organisation.active:
            return self
        return replace(
            self,
            organisation=self.organisation or organisation.organisation,
            npn=self.npn or organisation.npn,
            npi=self.npi or organisation.npi,
            groups=self.groups or organisation.groups,
            language=self.language or organisation.language,
        )


def everybody_at(domain: str) -> Address:
    """The address of the entry that stands for everybody at a domain."""
    return Address(f"{ANYBODY}@{domain}")


def _covers(group: str, number: str) -> bool:
    """Leading zeros do not count: spreadsheets drop them."""
    known, named = group.casefold().lstrip("0"), number.casefold().lstrip("0")
    return named == known or named.startswith(f"{known}-")


def of_message(message: Message, own: OwnAddresses, role: Role = Role.UNKNOWN) -> tuple[Correspondent, ...]:
    """The sender and those it was also sent to, each once; never one of the desk's own addresses (PAINS 24).

    `role` is the sender's, as the directory knows it.
    """
    sender = message.sender
    first = (Correspondent(sender, role),) if sender else ()
    copied = tuple(Correspondent(address, Role.COPIED) for address in (*message.to, *message.cc)[:MAX_COPIED])
    people: dict[str, Correspondent] = {}
    for person in (*first, *copied):
        if "@" in person.address.address and not own.owns(person.address.address):
            people.setdefault(person.address.key, person)
    return tuple(people.values())
