"""What the desk has decided once for all cases: its addresses, rules, calendar, budgets and keys."""

from __future__ import annotations

from dataclasses import dataclass, field

from mailbot.cases.answering import Budgets
from mailbot.cases.deadlines import Calendar
from mailbot.cases.rules import Playbook
from mailbot.cases.tokens import TokenKey
from mailbot.mail import OwnAddresses


@dataclass(frozen=True)
class DeskRules:
    """The same for every message. The first token key signs, all of them check."""

    own: OwnAddresses
    playbook: Playbook
    calendar: Calendar
    budgets: Budgets
    token_keys: tuple[TokenKey, ...] = field(repr=False)
    authserv_ids: tuple[str, ...] = ()
    require_pass: bool = False
    forwarders: tuple[str, ...] = ()
