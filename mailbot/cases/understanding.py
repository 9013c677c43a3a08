"""What a message was understood to be (step 6), as values that decide() and the store can hold."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

FIELDS = (
    "group_number",
    "group_name",
    "subscriber_id",
    "subscriber_name",
    "dependent_name",
    "date_of_birth",
    "effective_date",
    "new_address",
    "new_name",
    "pcp_name",
    "new_plan",
    "person_id",
    "npn",
    "npi",
    "practice_name",
    "claim_number",
    "preauth_reference",
    "prior_case_id",
    "invoice_number",
    "billing_period",
    "payment_date",
    "payment_amount",
    "tax_year",
    "contact_name",
    "contact_phone",
    "issue_description",
)
"""The fields that a playbook may require, in the order of a listing."""

DOCUMENTS = (
    "enrollment_form",
    "exception_request_form",
    "family_health_statement",
    "name_change_proof",
    "group_application",
    "clinical_documents",
    "invoice",
    "payment_proof",
    "roster",
    "other",
)
"""The types of paper that an attachment can be."""


class Where(StrEnum):
    """Where in a message a value was read."""

    SUBJECT = "subject"
    BODY = "body"
    FORM = "form"
    SIGNATURE = "signature"
    FORWARDED = "forwarded"
    FILE_NAME = "file_name"
    DIRECTORY = "directory"
    #: Staff have said so.
    STAFF = "staff"
    #: Taken over from a case that was merged into this one, of another sender.
    MERGED = "merged"


class Intent(StrEnum):
    """What a short reply is for, beyond what it brings."""

    NONE = "none"
    THANKS = "thanks"
    WITHDRAWAL = "withdrawal"
    STATUS = "status"
    #: What was asked for will come later.
    PROMISE = "promise"


@dataclass(frozen=True, slots=True)
class Found:
    """One value of a field, by its name in FIELDS, and where it was read."""

    name: str
    value: str
    where: Where


@dataclass(frozen=True, slots=True)
class Flags:
    """The four flags that change what is asked for or how a case is shown."""

    retroactive: bool = False
    newborn: bool = False
    contains_ssn: bool = False
    multiple_consumers: bool = False


@dataclass(frozen=True, slots=True)
class Understanding:
    """Step 6. `category` is None where the message opens nothing new; `confidence` is 0 to 1, calibrated.

    `missing` names required fields ("a|b" where either serves), then documents. `because` holds the words
    and signs that decided, for staff; it never goes into a letter. `also` is the code of a second matter, or "".
    `status_only`: the mail asks how the sender's cases stand, and says nothing else at all.
    `language_told`: the text tells its language; otherwise `language` is the usual one.
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
    intent: Intent = Intent.NONE
    also: str = ""
    status_only: bool = False
    language_told: bool = True
