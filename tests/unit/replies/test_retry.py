"""When a letter is tried again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from mailbot.replies.retry import DELAYS, GIVE_UP_AFTER, next_try, resend_unknown

FIRST = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def all_tries() -> list[datetime]:
    """Every try of a letter that the server never takes."""
    tries, now = [FIRST], FIRST
    while (following := next_try(len(tries), FIRST, now)) is not None:
        now = following
        tries.append(now)
    return tries


def test_f29_delays_grow_to_a_cap_and_end_after_five_days() -> None:
    tries = all_tries()
    gaps = [later - earlier for earlier, later in zip(tries, tries[1:], strict=False)]
    assert gaps[:-1] == sorted(gaps[:-1])
    assert max(gaps) == DELAYS[-1]
    assert tries[-1] == FIRST + GIVE_UP_AFTER
    assert 25 < len(tries) < 50


def test_f29_the_first_tries_suit_a_server_that_greylists() -> None:
    """RFC 5321 section 4.5.4.1: after a minute, five, a quarter and half an hour, one, two, and then four hours."""
    gaps = [later - earlier for earlier, later in zip(all_tries(), all_tries()[1:], strict=False)]
    assert [gap // timedelta(minutes=1) for gap in gaps[:9]] == [1, 5, 15, 30, 60, 120, 240, 240, 240]
    assert next_try(0, FIRST, FIRST) == FIRST + timedelta(minutes=1)


def test_a_letter_is_given_up_at_the_end_of_the_five_days_and_not_before() -> None:
    end = FIRST + GIVE_UP_AFTER
    assert next_try(30, FIRST, end - timedelta(seconds=1)) == end
    assert next_try(30, FIRST, end) is None


def test_f33_a_server_that_is_down_for_three_days_loses_nothing() -> None:
    back = FIRST + timedelta(days=3)
    assert any(moment > back for moment in all_tries())


def test_a_letter_that_was_not_tried_for_a_week_is_given_up() -> None:
    assert next_try(3, FIRST, FIRST + timedelta(days=7)) is None


def test_an_unknown_outcome_is_followed_by_one_more_try_and_no_third() -> None:
    assert resend_unknown(1, FIRST) == FIRST + timedelta(minutes=5)
    assert resend_unknown(2, FIRST) is None
