"""What a pass decides about the messages that a folder shows."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.ingest.imap_plan import (
    LONGEST_PAUSE,
    MOST_BYTES,
    MOST_MESSAGES,
    Backoff,
    Described,
    TakingRules,
    batches,
    chunks,
    plan,
    rests,
    start_of,
)
from mailbot.store.mailbox_words import UidRow, UidState

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
OLD = datetime(2026, 10, 31, 23, 59, 59, tzinfo=UTC)
CUT = datetime(2026, 11, 1, tzinfo=UTC)
RULES = TakingRules(cut_off=CUT, cut_below=10, most=1000, now=NOW)


@given(st.dictionaries(st.integers(1, 2**32 - 1), st.integers(0, 3 * MOST_BYTES), max_size=200), st.data())
def test_batches_hold_every_message_once_and_are_bounded(sizes: dict[int, int], draw: st.DataObject) -> None:
    failing = draw.draw(st.dictionaries(st.sampled_from(sorted(sizes)), st.integers(1, 4))) if sizes else {}
    made = list(batches(sizes, failing))
    assert sorted(uid for batch in made for uid in batch) == sorted(sizes)
    for batch in made:
        assert len(batch) <= MOST_MESSAGES
        assert len(batch) == 1 or sum(batch.values()) <= MOST_BYTES


def test_what_failed_before_is_fetched_last_and_alone() -> None:
    assert [list(batch) for batch in batches({1: 10, 2: 10, 3: 10, 4: 10}, {1: 2, 3: 1})] == [[2, 4], [3], [1]]


def test_a_message_older_than_the_cut_off_is_passed_over_to_the_second() -> None:
    described = {1: Described(10, OLD), 2: Described(10, CUT), 3: Described(10, None)}
    planned = plan(described, {}, RULES)
    assert planned.passed_over == [1]
    assert list(planned.wanted) == [2, 3]


def test_an_old_message_that_was_put_there_after_the_first_connection_is_taken() -> None:
    assert list(plan({10: Described(10, OLD)}, {}, RULES).wanted) == [10]


def test_a_message_above_the_limit_is_not_fetched() -> None:
    planned = plan({11: Described(1001, NOW), 12: Described(1000, NOW)}, {}, RULES)
    assert (planned.too_big, list(planned.wanted)) == ([11], [12])


def test_a_recorded_message_is_fetched_again_only_when_it_looks_different() -> None:
    known = {uid: UidRow(uid, UidState.RECORDED, 1, 500, NOW) for uid in (11, 12, 13)}
    described = {11: Described(500, NOW), 12: Described(501, NOW), 13: Described(500, OLD)}
    planned = plan(described, known, RULES)
    assert planned.recorded == [11]
    assert planned.swapped == [12, 13]
    assert list(planned.wanted) == [12, 13]


def test_a_failing_message_rests_longer_each_time_but_at_most_an_hour() -> None:
    pauses = []
    for tries in range(1, 20):
        minutes = [minute for minute in range(120) if rests(tries, NOW, NOW + timedelta(minutes=minute))]
        pauses.append(len(minutes))
    assert pauses[:6] == [0, 0, 1, 2, 4, 8]
    assert pauses[-1] == LONGEST_PAUSE / timedelta(minutes=1)
    row = UidRow(11, UidState.FAILING, tries=4, noted_at=NOW)
    assert plan({11: Described(1, NOW)}, {11: row}, RULES).resting == [11]


def test_a_failing_message_is_tried_again_after_its_rest_and_its_tries_are_remembered() -> None:
    row = UidRow(11, UidState.FAILING, tries=4, noted_at=NOW - timedelta(minutes=2))
    planned = plan({11: Described(1, NOW)}, {11: row}, RULES)
    assert (planned.resting, planned.wanted, planned.failing) == ([], {11: 1}, {11: 4})


def test_what_is_no_longer_the_message_that_we_know_is_judged_like_any_other() -> None:
    """Its number stands for another mail now, which may be old, or too large."""
    known = {uid: UidRow(uid, UidState.RECORDED, 1, 500, NOW) for uid in (1, 11)}
    planned = plan({1: Described(500, OLD), 11: Described(1001, NOW)}, known, RULES)
    assert (planned.swapped, planned.passed_over, planned.too_big) == ([1, 11], [1], [11])
    assert planned.wanted == {}


@pytest.mark.parametrize("rules", [replace(RULES, cut_off=None), replace(RULES, cut_below=0)])
def test_without_a_cut_off_every_message_is_taken(rules: TakingRules) -> None:
    assert list(plan({1: Described(10, OLD)}, {}, rules).wanted) == [1]


@pytest.mark.parametrize(
    ("count", "parts"), [(1, [[1], [2], [3], [4], [5]]), (2, [[1, 2], [3, 4], [5]]), (5, [[1, 2, 3, 4, 5]])]
)
def test_many_numbers_are_asked_for_in_parts(count: int, parts: list[list[int]]) -> None:
    assert [list(part) for part in chunks([1, 2, 3, 4, 5], count)] == parts
    assert list(chunks([], count)) == []


@given(st.integers(1, 10_000), st.floats(0, 1, exclude_max=True))
def test_the_wait_after_failures_grows_to_a_limit_and_is_spread(failures: int, chance: float) -> None:
    seconds = Backoff(2, 900, lambda: chance).seconds(failures)
    whole = min(900, 2 * 2 ** min(failures - 1, 30))
    assert whole / 2 <= seconds <= whole


def test_a_day_begins_at_midnight() -> None:
    assert start_of(CUT.date()) == CUT
