"""A short walk with the fuzzer; the long one is tests/fuzz/fuzz_parse.py."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.mutation import mutated
from tests.fuzz.oracle import check
from tests.unit.ingest.oddities import FILES

CORPUS = [path.read_bytes() for path in FILES]


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.integers(min_value=0, max_value=1 << 32))
def test_a_mutated_mail_never_raises_and_can_always_be_stored(seed: int) -> None:
    check(mutated(CORPUS, seed))


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.binary(max_size=3000))
def test_a011_any_bytes_are_a_mail(raw: bytes) -> None:
    check(raw)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.text(max_size=300), st.sampled_from(["From", "To", "Subject", "Message-ID", "Date", "Content-Type"]))
def test_any_text_can_stand_in_a_header(text: str, name: str) -> None:
    check(f"{name}: {text}\n\nbody".encode("utf-8", "surrogatepass"))
