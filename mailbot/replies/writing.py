"""From what happened on a case to the letter about it: mints its id and its tokens, then has it composed."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime

from mailbot.cases import tokens
from mailbot.cases.deadlines import Calendar, last_day
from mailbot.cases.rules import CategoryRules
from mailbot.cases.tokens import Purpose, TokenKey
from mailbot.mail import Address, Letter, Message
from mailbot.replies.compose import compose
from mailbot.replies.plan import DeskVoice, LetterKind, LetterPlan, Marks, RefusedFile
from mailbot.replies.templates import LetterTemplates


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """What an acknowledgment is about. `rules` are the category's; `sure` False where it is only a guess."""

    to: Address
    case_number: str
    at: datetime
    message: Message = field(repr=False)
    language: str
    rules: CategoryRules
    sure: bool
    refused: tuple[RefusedFile, ...] = field(default=(), repr=False)
    contains_ssn: bool = False


class Writer:
    """Writes the desk's letters. `plus_addressing`: answers go to an address that carries the case's token."""

    def __init__(
        self,
        voice: DeskVoice,
        templates: LetterTemplates,
        calendar: Calendar,
        token_key: TokenKey,
        *,
        plus_addressing: bool,
    ) -> None:
        self._voice, self._templates, self._calendar = voice, templates, calendar
        self._key, self._plus_addressing = token_key, plus_addressing

    def acknowledgment(self, about: Acknowledged) -> Letter:
        """The first letter of a case. ComposeError when it would not say exactly what was meant."""
        span = about.rules.answer_within
        plan = LetterPlan(
            kind=LetterKind.ACKNOWLEDGMENT,
            to=about.to,
            language=about.language,
            case_number=about.case_number,
            at=about.at,
            marks=self._marks(about.case_number),
            category=about.rules.named(about.language) if about.sure else "",
            answer_within=span,
            answer_by=last_day(about.at, span, self._calendar),
            refused=about.refused,
            contains_ssn=about.contains_ssn,
            guide=about.rules.guide if about.sure else "",
            in_reply_to=about.message.message_id,
            references=about.message.references or about.message.in_reply_to,
        )
        return compose(plan, self._voice, self._templates)

    def _marks(self, number: str) -> Marks:
        """The signed marks of one letter; its id is random besides, so that it can be minted only once."""
        token = tokens.mint(self._key, Purpose.MESSAGE_ID, number)
        return Marks(
            message_id=f"o.{secrets.token_hex(8)}.{token}@{self._voice.host}",
            reply_to=self._plus(tokens.mint(self._key, Purpose.REPLY, number)),
            ref=tokens.mint(self._key, Purpose.REF, number),
            loop=tokens.mint(self._key, Purpose.LOOP, number),
            return_path=self._plus(tokens.mint(self._key, Purpose.BOUNCE, number)),
        )

    def _plus(self, token: str) -> str:
        if not self._plus_addressing:
            return ""
        local, _, domain = self._voice.address.rpartition("@")
        return f"{local}+{token}@{domain}"
