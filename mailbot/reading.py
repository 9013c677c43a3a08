"""Steps 3, 4 and 6 for the arrivals of a batch, each step through all of them before the next begins.

The code of a step, some megabytes of Python for understanding alone, is near the processor while it goes from mail to
mail; mail by mail each step would find the other's there (docs/decisions/0126).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from mailbot.cases.desk import DeskRules
from mailbot.cases.understanding import Understanding
from mailbot.classify.sending import sent_at
from mailbot.classify.understand import SentMessage
from mailbot.errors import Infected
from mailbot.failpoints import failpoint
from mailbot.ingest.authenticity import assess
from mailbot.ingest.forwards import Forwarded
from mailbot.ingest.parse import parse
from mailbot.ingest.screen import screen
from mailbot.ingest.signatures import DkimResult
from mailbot.knowing import Read
from mailbot.mail import Authenticity, Kind, Message, Screening, Verdict
from mailbot.store.arrivals import TakenArrival

#: About so many letters of text out of files go through step 6 together.
MOST_TEXT_TOGETHER = 2_000_000


@dataclass(frozen=True, slots=True)
class Checks:
    """What looks at the bytes of a mail, each None where the desk has none.

    `verify` checks the DKIM signatures where nobody we believe has; `scan` names the virus that it finds, or is "".
    """

    verify: Callable[[bytes], DkimResult] | None = None
    scan: Callable[[bytes], str] | None = None


#: Step 6, for the messages of a batch, files and all.
Understand = Callable[[Sequence[SentMessage]], list[Understanding]]
#: The inquiry that somebody of the staff forwards; None for every other mail.
FindForwarded = Callable[[Message, Kind, Authenticity], Forwarded | None]


@dataclass(frozen=True, slots=True)
class _Parsed:
    """Step 3, and whether the sender is who the mail says, which needs its bytes as they are."""

    taken: TakenArrival
    message: Message
    authenticity: Authenticity


@dataclass(frozen=True, slots=True)
class _Screened:
    """Step 4; `sent` is what is to be understood, which is the inquiry where staff forward one."""

    parsed: _Parsed
    screening: Screening
    forwarded: Forwarded | None
    sent: SentMessage


class Reader:
    """Reads arrivals; `raw_of` has their bytes."""

    def __init__(
        self,
        rules: DeskRules,
        checks: Checks,
        raw_of: Callable[[TakenArrival], bytes],
        forwarded: FindForwarded,
        understand: Understand,
    ) -> None:
        self._rules, self._checks, self._raw_of = rules, checks, raw_of
        self._forwarded, self._understand = forwarded, understand

    def read(self, batch: Sequence[TakenArrival]) -> list[Read]:
        """All of them, in their order. Infected when the scanner finds something; anything else that mail can raise."""
        parsed = [self._parsed(taken) for taken in batch]
        screened = [self._screened(each) for each in parsed]
        understood = self._understand([each.sent for each in screened])
        return [_read(*each) for each in zip(screened, understood, strict=True)]

    def _parsed(self, taken: TakenArrival) -> _Parsed:
        failpoint("intake.in_parse")
        raw = self._raw_of(taken)
        if self._checks.scan is not None and (found := self._checks.scan(raw)):
            raise Infected(f"The virus scanner found {found}.")
        message = parse(raw)
        authenticity = assess(message, self._rules.authserv_ids, None)
        if authenticity.verdict is Verdict.NONE and self._checks.verify:
            authenticity = assess(message, self._rules.authserv_ids, self._checks.verify(raw))
        return _Parsed(taken, message, authenticity)

    def _screened(self, parsed: _Parsed) -> _Screened:
        taken, message = parsed.taken, parsed.message
        screening = screen(message, taken.envelope, self._rules.own)
        forwarded = self._forwarded(message, screening.kind, parsed.authenticity)
        inquiry = forwarded.inquiry if forwarded is not None else None
        asked, kind = (message, screening.kind) if inquiry is None else (inquiry, Kind.INQUIRY)
        return _Screened(parsed, screening, forwarded, SentMessage(asked, kind, sent_at(asked, taken.received_at)))


def in_parts(messages: Iterable[SentMessage], most: int = MOST_TEXT_TOGETHER) -> Iterator[list[SentMessage]]:
    """These in their order, as many together as the texts of their files allow, each read when it is its turn.

    The bytes of a batch are bounded, not what they say: a file of two kilobytes may hold the longest text.
    """
    part: list[SentMessage] = []
    length = 0
    for each in messages:
        part.append(each)
        length += sum(len(file.text) for file in each.message.attachments)
        if length >= most:
            yield part
            part, length = [], 0
    if part:
        yield part


def _read(screened: _Screened, understanding: Understanding) -> Read:
    parsed = screened.parsed
    return Read(
        parsed.taken,
        parsed.message,
        screened.screening,
        parsed.authenticity,
        understanding,
        forwarded=screened.forwarded,
    )
