"""Read what staff corrected: the mail that opened a case, and the category that they gave it."""

from __future__ import annotations

from collections.abc import Iterator

from mailbot.ingest.parse import parse
from mailbot.store.unit_of_work import Store
from mailbot.training.composing import Lesson

_PAGE = 200


def corrected_lessons(store: Store) -> Iterator[Lesson]:
    """A lesson for each case that staff put into another category, in the order in which the cases were opened.

    Nothing is copied: the event says that it was corrected, the case what it is now, and the arrival has the mail.
    """
    last = 0
    while True:
        with store.reading() as transaction:
            page = transaction.corrections.listed(after=last, limit=_PAGE)
            raws = [transaction.arrivals.raw(correction.arrival_id) for correction in page]
        for correction, raw in zip(page, raws, strict=True):
            yield Lesson(parse(raw), correction.category)
        if not page:
            return
        last = page[-1].case_id
