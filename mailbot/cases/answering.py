"""Whether a machine may answer a message: the rules of RFC 3834, then the budgets.

Each refusal has its reason, which is kept with the case. People are never counted out by these budgets: one
acknowledgment for each inquiry, many a day. A machine that slipped through the screening is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailbot.mail import Address, Authenticity, Envelope, Message, OwnAddresses, Screening, Verdict

#: Mail older than this is history (a first connection, a restored backup): it gets no letter.
MAX_AGE = timedelta(days=1)
#: Letters to one case in a row while nothing about it changes.
IN_A_ROW = 2
#: The same new text from one address within a day: from this one on none is answered.
SAME_TEXT = 3
FAILED_A_DAY = 2
#: Letters within an hour that the mail of one organisation in the names of others is answered with.
PATH_AN_HOUR = 20
#: Letters within an hour to one domain for mail that may belong to somebody else's case.
DOUBTFUL_AN_HOUR = 20
#: Acknowledgments of separate inquiries may be this many times the budget of one address.
INQUIRIES_FACTOR = 10

#: Tells staff of cases; it has budgets of its own.
STAFF_NOTICE = "staff_notice"
#: The kinds of letters to staff: no budget of a case counts them, and nothing about a case hangs on their arrival.
TO_STAFF = ("command_result", STAFF_NOTICE)

# Mailboxes that no person reads (RFC 2142, RFC 5230 section 4.6): the local part, without "+detail".
_NOBODY = re.compile(
    r"mailer-daemon|postmaster|abuse|root|listserv|majordomo|mailman|bounces?|hostmaster|webmaster"
    r"|(.{1,60}[-_.])?(do[-_.]?)?not?[-_.]?reply([-_.].{1,60})?|no[-_.]?responder|nicht[-_.]?antworten"
    r"|owner-.{1,60}|.{1,60}-(request|owner|bounces?)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Budgets:
    """How many automatic letters may go out (INTERFACE, [outgoing])."""

    per_address_a_day: int = 20
    per_domain_an_hour: int = 200
    per_case_a_day: int = 6
    in_all_an_hour: int = 5_000
    unaligned_an_hour: int = 100


@dataclass(frozen=True, slots=True)
class Spent:
    """What was sent already, as the store counts it: automatic letters within the budgets' windows.

    `same_text_today` counts the messages of the sender that say the same, this one among them. `unaligned_this_hour`
    are the answers to mail whose return path was not the sender's, `path_this_hour` those where it was the same path.
    """

    address_today: int = 0
    domain_this_hour: int = 0
    all_this_hour: int = 0
    case_today: int = 0
    case_in_a_row: int = 0
    same_text_today: int = 0
    path_this_hour: int = 0
    unaligned_this_hour: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """To whom a letter may go; None, and why not.

    `unaligned_path` is the organisation that sent the message in the name of another, whose budgets the letter is on.
    """

    to: Address | None
    because: str
    unaligned_path: str = ""


def gate(
    message: Message, envelope: Envelope, screening: Screening, own: OwnAddresses, received_at: datetime, now: datetime
) -> Answer:
    """Where an answer would go, if this message may be answered at all. Reply-To is never used (ATTACKS A035)."""
    sender = message.sender
    if not screening.kind.from_a_person:
        return Answer(None, f"a machine wrote it ({screening.kind})")
    if envelope.sender == "":
        return Answer(None, "the envelope has no return path")
    if sender is None or not deliverable(sender.address):
        return Answer(None, "it has not exactly one usable From address")
    if own.owns(sender.address):
        return Answer(None, "it came from an address of our own")
    if _is_nobodys(sender):
        return Answer(None, "nobody reads mail at the sender's address")
    if now - received_at > MAX_AGE:
        return Answer(None, "the message is old")
    return Answer(sender, "a person wrote it")


def instead(answer: Answer, reader: Address | None, own: OwnAddresses) -> Answer:
    """The same answer, to the one reader of the case where somebody else wrote (docs/decisions/0002)."""
    if answer.to is None:
        return answer
    fit = reader is not None and deliverable(reader.address) and not own.owns(reader.address)
    if reader is None or not fit or _is_nobodys(reader):
        return Answer(None, "nobody who may get the letters of this case can be written to")
    return Answer(reader, "letters about the case go to its first correspondent")


def _is_nobodys(address: Address) -> bool:
    return _NOBODY.fullmatch(address.address.partition("@")[0].partition("+")[0]) is not None


def within_budget(
    answer: Answer, spent: Spent, budgets: Budgets, authenticity: Authenticity, *, opens_case: bool
) -> Answer:
    """The same answer, or none with the budget that is used up."""
    if answer.to is None:
        return answer
    failed = authenticity.verdict is Verdict.FAIL
    a_day = FAILED_A_DAY if failed else budgets.per_address_a_day * (INQUIRIES_FACTOR if opens_case else 1)
    limits = (
        (spent.same_text_today >= SAME_TEXT, "the same text came before today, and was answered"),
        (spent.address_today >= a_day, "the sender's address had its letters for today"),
        (spent.domain_this_hour >= budgets.per_domain_an_hour, "the sender's domain had its letters for this hour"),
        (spent.all_this_hour >= budgets.in_all_an_hour, "all letters of this hour are used up"),
        (spent.case_today >= budgets.per_case_a_day, "the case had its letters for today"),
        (spent.case_in_a_row >= IN_A_ROW, "nothing about the case changed since the last letters"),
    )
    return next((Answer(None, reason) for used_up, reason in limits if used_up), answer)


def within_unaligned_budget(answer: Answer, spent: Spent, budgets: Budgets, authenticity: Authenticity) -> Answer:
    """The same answer, or none, to a message that others sent than its From says, and that nobody vouches for.

    Anybody may have chosen who is written to (ATTACKS A095): few letters, and none where authentication failed.
    """
    if answer.to is None:
        return answer
    failed = authenticity.verdict is Verdict.FAIL
    limits = (
        (failed, "others sent it than its From says, and the sender's domain does not vouch for it"),
        (spent.address_today >= FAILED_A_DAY, "others sent it than its From says, who had their letters for today"),
        (spent.path_this_hour >= PATH_AN_HOUR, "those who sent it in others' names had their letters for this hour"),
        (spent.unaligned_this_hour >= budgets.unaligned_an_hour, "all letters of this hour to such mail are used up"),
    )
    return next((Answer(None, reason) for used_up, reason in limits if used_up), answer)


def within_doubtful_budget(answer: Answer, doubtful_this_hour: int) -> Answer:
    """The same answer, or none, to a stranger who answers what was written to another.

    A responder with a new address and new words for each letter of ours meets no other budget soon (ATTACKS A087).
    """
    if answer.to is None or doubtful_this_hour < DOUBTFUL_AN_HOUR:
        return answer
    return Answer(None, "the sender's domain had its letters for this hour to mail that may belong to other cases")


def affordable(to: Address, spent: Spent, budgets: Budgets) -> Answer:
    """Whether a letter that nothing but time calls for may go out now; each case has few of them, so the budget of an
    address is the one for separate inquiries.
    """
    limits = (
        (spent.address_today >= budgets.per_address_a_day * INQUIRIES_FACTOR, "the address had its letters for today"),
        (spent.domain_this_hour >= budgets.per_domain_an_hour, "the domain had its letters for this hour"),
        (spent.all_this_hour >= budgets.in_all_an_hour, "all letters of this hour are used up"),
    )
    return next((Answer(None, reason) for used_up, reason in limits if used_up), Answer(to, "it is due"))


def deliverable(address: str) -> bool:
    """Whether an address is sound enough to be written to: printable, one @, a domain with a dot, at most 254 long."""
    local, at, domain = address.rpartition("@")
    sound = bool(at and local and "." in domain.strip(".")) and len(address) <= 254 and len(local) <= 64
    return sound and address.isprintable() and not any(letter in '<>()[]\\,;:" @' for letter in local + domain)
