"""What a letter is to say, before it has words: the kind, to whom, about which case, by when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from enum import StrEnum

from mailbot.cases.news import CaseNews
from mailbot.cases.rules import Duration
from mailbot.mail import Address


class LetterKind(StrEnum):
    """The letters that have templates."""

    ACKNOWLEDGMENT = "acknowledgment"
    INFO_REQUEST = "info_request"
    INFORMATION_RECEIVED = "information_received"
    REMINDER = "reminder"
    CLOSED_NO_REPLY = "closed_no_reply"
    RESOLUTION = "resolution"
    REDIRECT = "redirect"
    WITHDRAWN = "withdrawn"
    STATUS = "status"
    ANSWER = "answer"
    COMMAND_RESULT = "command_result"
    STAFF_NOTICE = "staff_notice"


@dataclass(frozen=True, slots=True)
class KindRules:
    """How a kind travels: its Auto-Submitted word (RFC 3834 section 5; "" where a person wrote it), and
    whether we must hear of a bounce, because the clock of the case depends on the letter's arrival.
    """

    auto_submitted: str
    wants_bounces: bool


KINDS: Mapping[LetterKind, KindRules] = {
    LetterKind.ACKNOWLEDGMENT: KindRules("auto-replied", wants_bounces=False),
    LetterKind.INFO_REQUEST: KindRules("auto-replied", wants_bounces=True),
    LetterKind.INFORMATION_RECEIVED: KindRules("auto-replied", wants_bounces=False),
    LetterKind.REMINDER: KindRules("auto-generated", wants_bounces=True),
    LetterKind.CLOSED_NO_REPLY: KindRules("auto-generated", wants_bounces=True),
    LetterKind.RESOLUTION: KindRules("", wants_bounces=True),
    LetterKind.REDIRECT: KindRules("auto-replied", wants_bounces=False),
    LetterKind.WITHDRAWN: KindRules("auto-replied", wants_bounces=False),
    LetterKind.STATUS: KindRules("auto-replied", wants_bounces=False),
    LetterKind.ANSWER: KindRules("", wants_bounces=True),
    LetterKind.COMMAND_RESULT: KindRules("auto-replied", wants_bounces=False),
    LetterKind.STAFF_NOTICE: KindRules("auto-generated", wants_bounces=True),
}


@dataclass(frozen=True, slots=True)
class DeskVoice:
    """Who writes: what every letter of the desk has in common.

    `host` stands after the @ of our message ids; `language` serves where the sender's has no templates;
    `help_lines` says in plain words of a language whom to ask for more help (SOURCES A10); may be empty.
    """

    name: str
    address: str
    host: str
    time_zone: tzinfo
    language: str = "en"
    help_lines: Mapping[str, str] = field(default_factory=dict)

    def help_line(self, language: str) -> str:
        return self.help_lines.get(language) or self.help_lines.get(self.language, "")


@dataclass(frozen=True, slots=True)
class Marks:
    """What makes a letter ours and lets its answer be matched; all minted and signed by the caller.

    `message_id` has no brackets. `reply_to` is the plus address with the token, "" for the desk's own address.
    `ref` is the token of the body's `ref:...:ref`. `loop` is the HMAC of X-Mailbot-Loop. `return_path` is the
    signed address for bounces; it is used only by the kinds that want them.
    """

    message_id: str
    reply_to: str = ""
    ref: str = ""
    loop: str = ""
    return_path: str = ""


@dataclass(frozen=True, slots=True)
class RefusedFile:
    """An attachment that was not kept: its name as sent, and why, one of the words under [refused] in words/*.toml."""

    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Resolution:
    """What staff say when a case is done. `members` are people as initials and the last four characters of
    an id, made by the caller; a full name or id never stands here (SOURCES B4).
    """

    comments: str
    company: str = ""
    group_numbers: tuple[str, ...] = ()
    members: tuple[str, ...] = ()


class Became(StrEnum):
    """What a mail of staff did, besides its commands; command_result has a sentence for each."""

    LOGGED = "logged"
    FORWARDED = "forwarded"
    NOTED = "noted"
    KEPT = "kept"
    DONE = "done"
    NOTHING = "nothing"
    TRIED = "tried"


class Outcome(StrEnum):
    """What came of one command."""

    DONE = "done"
    WOULD = "would"
    REFUSED = "refused"
    UNDONE = "undone"
    UNKNOWN = "unknown"
    HINT = "hint"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a transcript: the command's word, as "#close", what came of it, and a few words on why."""

    command: str
    outcome: Outcome
    why: str = ""


@dataclass(frozen=True, slots=True)
class Transcript:
    """What a command_result tells. It has no room for what was written: words of the grammar, states, names, dates."""

    became: tuple[Became, ...] = ()
    reasons: tuple[str, ...] = ()
    entries: tuple[Entry, ...] = ()


#: How many cases one letter tells of.
MOST_LISTED = 20


@dataclass(frozen=True, slots=True)
class ListedCase:
    """One case of a status letter that tells of several: its state, and the days that its correspondent may know."""

    number: str
    state: str
    opened: date
    answer_by: date | None = None
    reply_by: date | None = None
    ended: date | None = None


@dataclass(frozen=True, slots=True)
class LetterPlan:
    """One letter, decided but not yet worded. It has no room for the text that came in (DESIGN promise 5).

    `category` is the plain words of the playbook in the letter's language, "" where no category is sure enough.
    `missing` names fields and documents as Understanding.missing does ("a|b" where either serves); the words
    come from words/*.toml. `references` is the whole list, parent last; both id fields may be "" or empty.
    `first` says that an info_request is the acknowledgment too. `state` is a case state, for `status`; `cases`
    are those that it tells of where it is about none alone, `more` that there are others.
    """

    kind: LetterKind
    to: Address
    language: str
    case_number: str
    at: datetime
    marks: Marks
    category: str = ""
    answer_within: Duration | None = None
    answer_by: date | None = None
    reply_by: date | None = None
    missing: tuple[str, ...] = ()
    refused: tuple[RefusedFile, ...] = ()
    contains_ssn: bool = False
    guide: str = ""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    first: bool = False
    linked_case: str = ""
    redirect_to: str = ""
    state: str = ""
    resolution: Resolution | None = None
    transcript: Transcript = Transcript()
    cases: tuple[ListedCase, ...] = ()
    more: bool = False
    news: tuple[CaseNews, ...] = ()

    @property
    def auto_submitted(self) -> str:
        """The Auto-Submitted word of this letter; a resolution in which no person says anything is a machine's."""
        if self.resolution is not None and not self.resolution.comments:
            return "auto-generated"
        return KINDS[self.kind].auto_submitted
