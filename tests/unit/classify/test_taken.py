"""A stretch of a text is read once."""

from __future__ import annotations

from mailbot.classify.places import Place
from mailbot.classify.taken import Taken


def test_what_is_taken_overlaps_whatever_shares_a_letter_with_it() -> None:
    taken = Taken("group 0072215")
    taken.take(6, 13)
    assert taken.overlaps(6, 13)
    assert taken.overlaps(0, 7)
    assert taken.overlaps(12, 20)
    assert not taken.overlaps(0, 6)
    assert not taken.overlaps(13, 13)


def test_an_empty_text_has_nothing_to_take() -> None:
    taken = Taken("")
    taken.take(0, 0)
    assert not taken.overlaps(0, 5)


def test_all_that_is_taken_at_once_is_taken() -> None:
    taken = Taken("group 0072215, claim 26-1")
    taken.take_all([Place("0072215", 6, 13), Place("26-1", 21, 25)])
    assert taken.overlaps(6, 7)
    assert taken.overlaps(24, 25)
    assert not taken.overlaps(13, 21)
