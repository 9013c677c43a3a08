"""What may stand in an IMAP command of ours, and what of a server may stand in our sentences."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.errors import ConfigurationError
from mailbot.ingest.imap_session import checked_flag, checked_name, is_uid, uid_set
from mailbot.ingest.imap_trouble import code_in


@given(
    st.text(max_size=20), st.sampled_from(['"', *map(chr, range(32)), "\x7f", "\x85", "\u2028"]), st.text(max_size=20)
)
def test_a019_a_folder_name_with_a_control_character_or_a_quote_is_refused(before: str, bad: str, after: str) -> None:
    with pytest.raises(ConfigurationError):
        checked_name(before + bad + after)


@pytest.mark.parametrize("name", ["INBOX", "Posteingang/Anträge", "[Gmail]/All Mail", "收件箱", "a\\b", "a&b"])
def test_a_folder_may_have_a_name_in_any_language(name: str) -> None:
    assert checked_name(name) == name


@given(st.text(alphabet=st.characters(max_codepoint=127), max_size=10))
def test_a019_a_flag_is_an_atom(text: str) -> None:
    try:
        flag = checked_flag(text)
    except ConfigurationError:
        return
    assert not set(flag.removeprefix(b"\\")) & set(b' (){%*"\\]\r\n\0')


@given(st.sets(st.integers(1, 5000)))
def test_a_set_of_uids_says_exactly_these(uids: set[int]) -> None:
    said = set()
    for run in filter(None, uid_set(uids).split(",")):
        low, _, high = run.partition(":")
        said |= set(range(int(low), int(high or low) + 1))
    assert said == uids


def test_a_uid_is_a_number_from_one_to_the_largest_of_32_bits() -> None:
    good = [value for value in (0, -1, 1, 2**32 - 1, 2**32, "7", b"7", None) if is_uid(value)]
    assert good == [1, 2**32 - 1]


def test_a023_only_known_response_codes_are_read_from_a_refusal() -> None:
    assert code_in("[OVERQUOTA] user=hunter2 is over quota") == "OVERQUOTA"
    assert code_in("[hunter2] no") == ""
