"""Tells what each further mail costs from what comes once: with the first mails of a service, or with each start."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from correspondence import MadeMail


@dataclass(frozen=True)
class Spent:
    """What some mails took by the clock and of the CPU, in seconds; `starts`: how many programs were started for it."""

    mails: int
    seconds: float
    cpu: float
    starts: int = 0

    def __add__(self, other: Spent) -> Spent:
        return Spent(
            self.mails + other.mails, self.seconds + other.seconds, self.cpu + other.cpu, self.starts + other.starts
        )


@dataclass(frozen=True)
class Apart:
    """CPU seconds of a further mail, and those that come once."""

    further: float
    once: float


def apart(first: Spent, few: Spent, many: Spent) -> Apart:
    """What the first mails of a service take beyond the later ones comes once.

    Where each stretch starts programs of its own, the few and the many start as many: both are on one line, its slope
    is a mail, and what stands where there is no mail is their start.
    """
    if many.starts:
        further = (many.cpu - few.cpu) / (many.mails - few.mails)
        return Apart(further, (few.cpu - few.mails * further) / few.starts)
    further = (few + many).cpu / (few + many).mails
    return Apart(further, first.cpu - first.mails * further)


def divided(mails: Sequence[MadeMail], *shares: float) -> Iterator[list[MadeMail]]:
    """The mails in stretches of about these shares, one after the other; a reply goes with what it answers."""
    inquiries = [mail.number for mail in mails if mail.root is None]
    begin = 0
    for share in shares:
        end = begin + round(share * len(inquiries))
        these = set(inquiries[begin:end])
        yield [mail for mail in mails if (mail.root or mail).number in these]
        begin = end
