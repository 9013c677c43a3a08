"""Our door to RE2 finds what its wrapper finds, letter for letter, in time of the text's length."""

from __future__ import annotations

import gc
import pkgutil
from importlib import import_module

import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st

import mailbot
from mailbot.classify.date_patterns import PATTERNS
from mailbot.classify.linear import Linear
from tests.unit.ingest.growth import growth

EXPRESSIONS = (
    "b",
    "x*",
    "(a)|(b)|(生)",
    r"(\d{1,2})/(\d{1,2})()",
    r"(?P<word>\p{L}+) ?(?P<number>\d+)?",
    r"(?i)(?:hi|hola|您好)(?P<comma>,?) *$",
    r"^ ?(?:,|and)+ ?(\d+)",
    r"(?m)^(\S+): *([^\n]*)$",
    r"\bé?(年|月)",
    "",
)
TEXTS = (
    "",
    "b",
    "aabb",
    "Hola, Ann 12/1 and 13/2",
    "生日 1990年1月5日, née 3月",
    "a: b\nñ: ü\n号: 7\n",
    " , and 44 and 45",
    "🙂 a 🙂 b 1/2 🙂",
    "hi,",
)


def found(expression: object, text: str) -> list[object]:
    """Everything that an expression tells of a text."""
    single = [getattr(expression, name)(text) for name in ("search", "match", "fullmatch")]
    return [hit and told(hit) for hit in single] + [told(hit) for hit in expression.finditer(text)]  # type: ignore[attr-defined]


def told(hit: object) -> list[object]:
    groups = range(len(hit._spans))  # type: ignore[attr-defined]
    return [(hit[group], hit.start(group), hit.end(group), hit.span(group)) for group in groups]  # type: ignore[attr-defined, index]


@pytest.mark.parametrize("pattern", EXPRESSIONS)
@pytest.mark.parametrize("text", TEXTS)
def test_what_is_found_is_what_the_wrapper_finds(pattern: str, text: str) -> None:
    assert found(Linear(pattern), text) == found(re2.compile(pattern), text)


@given(st.text(alphabet="ab1/é号🙂 ,:\n"), st.sampled_from(EXPRESSIONS))
def test_no_mixture_of_letters_of_one_to_four_bytes_shifts_a_place(text: str, pattern: str) -> None:
    assert found(Linear(pattern), text) == found(re2.compile(pattern), text)


@pytest.mark.parametrize("text", ["on 3 de enero and 12月1日", "May 5th, 2026; enero 3 · 10/31/2026", "el 1º de mayo"])
def test_every_shape_of_a_date_is_found_where_the_wrapper_finds_it(text: str) -> None:
    for pattern in PATTERNS:
        shape = pattern.expression.pattern
        assert found(Linear(shape), text) == found(re2.compile(shape), text)


def test_a_group_is_known_by_its_name() -> None:
    hit = Linear(r"(?P<first>\w+), (?P<last>\w+)?").search("→ Ann, ")
    assert hit is not None
    assert (hit["first"], hit["last"], hit.string) == ("Ann", None, "→ Ann, ")


@pytest.mark.parametrize(("text", "said"), [("a–b–c", "a b c"), ("–", " "), ("abc", "abc"), ("", "")])
def test_what_is_replaced_leaves_the_rest_as_it_was(text: str, said: str) -> None:
    dash = Linear("–")
    assert dash.sub(" ", text) == said
    assert dash.subn(" ", text) == (said, text.count("–"))


def test_a_replacement_is_taken_as_it_stands() -> None:
    assert Linear("(b)").sub(r"\1\n", "abc") == r"a\1\nc"


@pytest.mark.parametrize("letter", ["a", "é", "号"])
def test_twice_the_matches_take_twice_the_time(letter: str) -> None:
    pairs = Linear(f"({letter})({letter})")
    ratio = growth(lambda raw: list(pairs.finditer(raw.decode())), lambda n: letter.encode() * n, 20_000)
    assert ratio < 3


def test_an_expression_is_compiled_when_it_is_first_used_and_then_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    compile_it = re2.compile

    def counted(pattern: str) -> object:
        asked.append(pattern)
        return compile_it(pattern)

    monkeypatch.setattr(re2, "compile", counted)
    expression = Linear(r"(\d+)")
    assert asked == []
    hits = [expression.search("case 12"), expression.match("12"), *expression.finditer("12")]
    assert [hit and hit[1] for hit in hits] == ["12", "12", "12"]
    assert asked == [r"(\d+)"]


def test_what_an_expression_does_not_have_is_told_as_always() -> None:
    with pytest.raises(AttributeError, match="flags"):
        _ = Linear("a").flags


def test_every_expression_of_ours_can_be_compiled() -> None:
    """Nothing notices a wrong one while modules are loaded."""
    for module in pkgutil.walk_packages(mailbot.__path__, "mailbot."):
        if not module.name.endswith("__main__") and ".migrations." not in module.name:
            import_module(module.name)
    gc.unfreeze()  # what was put aside when a command started is not listed otherwise
    ours = [each for each in gc.get_objects() if isinstance(each, Linear)]
    assert len(ours) > 50
    for expression in ours:
        assert expression.search("") is None or expression.pattern


def test_a_wrong_expression_is_told_when_it_is_used() -> None:
    with pytest.raises(re2.error):
        Linear("(").search("a")
