"""Several expressions in one pass: the same answer as one search for each."""

from __future__ import annotations

import pytest
import re2

from mailbot.classify.date_patterns import PATTERNS
from mailbot.classify.together import Together

SHAPES = [pattern.expression.pattern for pattern in PATTERNS]


@pytest.mark.parametrize(
    "text",
    ["", "nothing here", "effective 12/1 or december 3rd", "12月1日起", "el primero del mes que viene", "1/2\n" * 9000],
)
def test_what_occurs_is_what_a_search_for_each_would_find(text: str) -> None:
    one_by_one = [place for place, shape in enumerate(SHAPES) if re2.compile(shape).search(text)]
    assert Together(SHAPES).present(text) == one_by_one


def test_a_lone_surrogate_is_no_error() -> None:
    assert Together(["a", "b"]).present("b\udcff") == [1]
