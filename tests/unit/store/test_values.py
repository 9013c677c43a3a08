"""Row ids, letters as bytes, and the column types that mean the same on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import DateTime
from sqlalchemy.dialects import postgresql, sqlite

from mailbot.mail import Address, Letter
from mailbot.store.columns import CleanText, UtcDateTime, scrub
from mailbot.store.ids import IdSource, begin_of, day_of, days_of, since_yesterday, week_of, weeks_of
from mailbot.store.letter_content import from_bytes, to_bytes
from tests.mails import MONDAY

DIALECTS = [sqlite.dialect(), postgresql.dialect()]
MOMENTS = st.datetimes(
    min_value=datetime(2, 1, 1),  # noqa: DTZ001 the zone is drawn, too
    max_value=datetime(9998, 1, 1),  # noqa: DTZ001
    timezones=st.timezones(),
)


def test_ids_grow_with_time() -> None:
    source = IdSource()
    ids = [source.next(MONDAY + timedelta(milliseconds=step)) for step in range(100)]
    assert ids == sorted(set(ids))


def test_f58_ids_of_one_moment_differ_between_threads_and_fit_both_databases() -> None:
    source = IdSource()
    with ThreadPoolExecutor(8) as pool:
        batches = pool.map(lambda _: [source.next(MONDAY) for _ in range(2_000)], range(8))
        ids = [each for batch in batches for each in batch]
    assert len(set(ids)) == len(ids)
    assert max(ids) < 2**63


def test_ids_of_a_moment_lie_between_its_beginning_and_that_of_the_next() -> None:
    source, begin = IdSource(), begin_of(MONDAY)
    ids = [source.after(begin) for _ in range(100)]
    assert len(set(ids)) == 100
    assert begin <= min(ids) <= max(ids) < begin_of(MONDAY + timedelta(milliseconds=1))


@pytest.mark.parametrize("moment", [datetime(1970, 1, 1, tzinfo=UTC), datetime(2160, 1, 1, tzinfo=UTC)])
def test_f41_a_clock_that_is_far_off_still_gives_usable_ids(moment: datetime) -> None:
    assert 0 <= IdSource().next(moment) < 2**63


def test_ids_of_one_day_have_its_number_and_no_others() -> None:
    source, midnight = IdSource(), datetime(2026, 11, 23, tzinfo=UTC)
    today = {day_of(source.next(midnight + timedelta(minutes=each))) for each in range(24 * 60)}
    assert today == {day_of(begin_of(MONDAY))}
    around = [midnight - timedelta(milliseconds=1), midnight + timedelta(days=1)]
    assert [day_of(source.next(each)) for each in around] == [min(today) - 1, min(today) + 1]


def test_seven_days_in_a_row_have_at_most_two_weeks_and_four_hundred_have_58() -> None:
    ids = [IdSource().next(MONDAY + timedelta(days=each)) for each in range(400)]
    assert all(len({week_of(each) for each in ids[first : first + 7]}) <= 2 for first in range(390))
    assert len({week_of(each) for each in ids}) in (58, 59)


@given(st.integers(0, 10**12), st.integers(0, 90 * 86_400_000))
def test_what_was_made_within_a_span_has_one_of_its_days_and_weeks(end: int, back: int) -> None:
    now = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(milliseconds=end)
    span = timedelta(milliseconds=back)
    for moment in (now - span, now - span / 2, now):
        made = IdSource().next(moment)
        assert day_of(made) in days_of(now, span)
        assert week_of(made) in weeks_of(now, span)


@given(st.integers(0, 10**12), st.integers(0, 86_400_000))
def test_a_day_reaches_back_to_yesterday_and_no_further(end: int, back: int) -> None:
    now = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(milliseconds=end)
    made = IdSource().next(now - timedelta(milliseconds=back))
    assert day_of(made) in since_yesterday(now).values()


@pytest.mark.parametrize("moment", [datetime(1970, 1, 1, tzinfo=UTC), datetime(2160, 1, 1, tzinfo=UTC)])
def test_f41_by_a_clock_that_is_far_off_what_was_just_made_is_of_today(moment: datetime) -> None:
    made = IdSource().next(moment)
    assert day_of(made) == since_yesterday(moment)["today"] == days_of(moment, timedelta(days=1))[-2]
    assert week_of(made) == weeks_of(moment, timedelta(weeks=1))[-2]
    assert day_of(made) < 2**31, "both databases have room for it in an INTEGER"


def test_an_id_of_a_later_millisecond_is_greater_whichever_node_made_it() -> None:
    for step in range(50):
        earlier, later = MONDAY + timedelta(milliseconds=step), MONDAY + timedelta(milliseconds=step + 1)
        assert IdSource().next(earlier) < IdSource().next(later)


@example(name="", subject="", content=b"Subject: Hi\r\n\r\ntwo\nlines\n")
@given(name=st.text(max_size=20), subject=st.text(max_size=40), content=st.binary(max_size=200))
def test_a_letter_comes_back_as_it_was(name: str, subject: str, content: bytes) -> None:
    letter = Letter(
        "acknowledgment", Address("a@b.example", name), subject, "o.1@desk.example", "es", "enrollment@d", content
    )
    assert from_bytes(to_bytes(letter)) == letter
    assert from_bytes(to_bytes(letter)).content == content


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_a_time_goes_in_and_comes_out_in_utc(dialect: sqlite.dialect) -> None:
    kind = UtcDateTime()
    evening = datetime(2026, 11, 23, 21, tzinfo=ZoneInfo("America/New_York"))
    stored = kind.process_bind_param(evening, dialect)
    assert stored == datetime(2026, 11, 24, 2, tzinfo=UTC)
    assert kind.process_result_value(stored.replace(tzinfo=None), dialect) == evening
    assert kind.process_result_value(stored, dialect).tzinfo is UTC
    assert kind.process_bind_param(None, dialect) is None
    assert kind.process_result_value(None, dialect) is None


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_a_time_without_an_offset_is_never_stored(dialect: sqlite.dialect) -> None:
    bound = UtcDateTime().dialect_impl(dialect).bind_processor(dialect)
    with pytest.raises(ValueError, match="without an offset"):
        UtcDateTime().process_bind_param(MONDAY.replace(tzinfo=None), dialect)
    with pytest.raises(ValueError, match="without an offset"):
        bound(MONDAY.replace(tzinfo=None))


def in_utc(moment: datetime) -> datetime:
    """Times in a gap or a fold of local time equal none in another zone; in UTC each is one moment."""
    return moment.astimezone(UTC)


@example(moment=datetime(1, 1, 2, tzinfo=UTC))
@example(moment=datetime(2010, 3, 14, 2, tzinfo=ZoneInfo("America/Adak")))  # the hour that is left out in spring
@example(moment=datetime(2026, 11, 23, 21, 0, 0, 1, tzinfo=ZoneInfo("America/New_York")))
@given(MOMENTS)
def test_sqlite_keeps_a_time_as_the_text_that_sqlalchemy_would_keep(moment: datetime) -> None:
    dialect = DIALECTS[0]
    own, its = UtcDateTime().dialect_impl(dialect), DateTime().dialect_impl(dialect)
    text = own.bind_processor(dialect)(moment)
    assert text == its.bind_processor(dialect)(in_utc(moment))
    assert own.result_processor(dialect, None)(text) == in_utc(moment)
    assert own.result_processor(dialect, None)(text).tzinfo is UTC


@given(st.lists(MOMENTS))
def test_the_texts_of_times_sort_as_the_times_do(moments: list[datetime]) -> None:
    text = UtcDateTime().dialect_impl(DIALECTS[0]).bind_processor(DIALECTS[0])
    assert sorted(map(text, moments)) == [text(moment) for moment in sorted(moments, key=in_utc)]


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_no_time_is_no_time_in_the_database(dialect: sqlite.dialect) -> None:
    kind = UtcDateTime().dialect_impl(dialect)
    read = kind.result_processor(dialect, None)
    assert kind.bind_processor(dialect)(None) is None
    assert read is None or read(None) is None


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("", ""),
        ("plain", "plain"),
        ("Jörg \N{GRINNING FACE} 你好", "Jörg \N{GRINNING FACE} 你好"),
        ("a\0b", "a\ufffdb"),
        ("a\ud800b", "a\ufffdb"),
        ("a\udcffb\0", "a\ufffdb\ufffd"),
        ("\udfff\ud800", "\ufffd\ufffd"),
    ],
)
def test_a046_nul_and_lone_surrogates_are_replaced(text: str, clean: str) -> None:
    assert scrub(text) == clean
    assert CleanText().process_bind_param(text, DIALECTS[0]) == clean


@given(st.text(alphabet=st.characters(), max_size=50))
def test_a046_every_scrubbed_text_can_be_encoded(text: str) -> None:
    clean = scrub(text)
    assert "\0" not in clean
    assert clean.encode().decode() == clean
