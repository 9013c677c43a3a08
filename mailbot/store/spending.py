"""The counts that the budgets of letters ask for: how many went out to whom, and within which time."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Label, ScalarSelect, Select, and_, bindparam, func, or_, select

from mailbot.cases.answering import STAFF_NOTICE, TO_STAFF
from mailbot.cases.lifecycle import Relation
from mailbot.mail import Kind
from mailbot.store.prepared import Prepared
from mailbot.store.schema import case_links, letters, messages

#: Notices to staff have budgets of their own (cases/news.py) and take nothing of those for people outside.
_NO_NOTICE = letters.c.kind != STAFF_NOTICE
_TO_OTHERS = and_(*(letters.c.kind != kind for kind in TO_STAFF))


def lately(day: ColumnElement[int]) -> ColumnElement[bool]:
    """That it was made since yesterday (ids.since_yesterday): the rows of other days need no look."""
    return day.in_([bindparam("yesterday"), bindparam("today"), bindparam("tomorrow")])


def _composed(*conditions: ColumnElement[bool]) -> ScalarSelect[int]:
    """How many letters that is true of; of none where a parameter in it is null."""
    return select(func.count()).select_from(letters).where(*conditions).scalar_subquery()


def _spent(*of_this_hour: Label[int]) -> Select[Any]:
    """What the budgets ask for of an address, a case and a text, and of the letters of this hour, at one go."""
    case, today = bindparam("case", type_=letters.c.case_id.type), letters.c.composed_at > bindparam("a_day_ago")
    last_word = (
        select(func.max(messages.c.received_at))
        .where(messages.c.case_id == case, or_(messages.c.kind == Kind.INQUIRY, messages.c.kind == Kind.REPLY))
        .scalar_subquery()
    )
    same_text = (
        select(func.count())
        .select_from(messages)
        .where(
            lately(messages.c.day),
            messages.c.sender_key == bindparam("address"),
            messages.c.text_key == bindparam("text"),
            messages.c.received_at > bindparam("a_day_ago"),
        )
        .scalar_subquery()
    )
    return select(
        _composed(lately(letters.c.day), letters.c.address_key == bindparam("address"), _NO_NOTICE, today).label(
            "address_today"
        ),
        _composed(letters.c.case_id == case, _TO_OTHERS, today).label("case_today"),
        _composed(letters.c.case_id == case, _TO_OTHERS, letters.c.composed_at >= last_word).label("case_in_a_row"),
        same_text.label("same_text_today"),
        *of_this_hour,
    )


_THIS_HOUR = letters.c.composed_at > bindparam("an_hour_ago")
_IN_DOMAIN = and_(lately(letters.c.day), letters.c.domain_key == bindparam("domain"), _THIS_HOUR)
_TO_DOMAIN = _composed(_IN_DOMAIN, _NO_NOTICE).label("domain_this_hour")
_TO_ALL = _composed(_NO_NOTICE, _THIS_HOUR).label("all_this_hour")
#: By what was not counted before in the same unit of work: nothing, the domain, or that and all letters of the hour.
SPENT = (Prepared(_spent()), Prepared(_spent(_TO_DOMAIN)), Prepared(_spent(_TO_DOMAIN, _TO_ALL)))
DOUBTFUL = Prepared(
    select(
        _composed(
            _IN_DOMAIN,
            select(case_links.c.case_id)
            .where(case_links.c.case_id == letters.c.case_id, case_links.c.relation == Relation.MAY_BELONG_TO)
            .exists(),
        ).label("how_many")
    )
)
