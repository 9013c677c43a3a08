"""What a message was understood to be (step 6), as values that decide() and the store can hold."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Where(StrEnum):
    """Where in a message a value was read."""

    SUBJECT = "subject"
    BODY = "body"
    FORM = "form"
    SIGNATURE = "signature"
    FORWARDED = "forwarded"
    FILE_NAME = "file_name"
    DIRECTORY = "directory"


@dataclass(frozen=True, slots=True)
class Found:
    """One value of a field, as TAXONOMY.md names it, and where it was read."""

    name: str
    value: str
    where: Where


@dataclass(frozen=True, slots=True)
class Flags:
    """The four flags of TAXONOMY.md."""

    retroactive: bool = False
    newborn: bool = False
    contains_ssn: bool = False
    multiple_consumers: bool = False


@dataclass(frozen=True, slots=True)
class Understanding:
    """Step 6. `category` is None where the message opens nothing new; `confidence` is 0 to 1, calibrated.

    `missing` names required fields ("a|b" where either serves), then documents. `because` holds the words
    and signs that decided, for staff; it never goes into a letter.
    """

    category: str | None
    confidence: float
    alternatives: tuple[tuple[str, float], ...] = ()
    because: tuple[str, ...] = ()
    fields: tuple[Found, ...] = ()
    issue_described: bool = False
    flags: Flags = Flags()
    documents: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    language: str = "en"
