"""What is wrong with letter templates, found before a letter needs them: each problem with its file and line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from jinja2 import TemplateSyntaxError, meta, nodes

from mailbot.mail import Letter
from mailbot.replies.compose import compose
from mailbot.replies.headers import ComposeError
from mailbot.replies.plan import LetterKind, LetterPlan
from mailbot.replies.samples import sample_desk, sample_plans
from mailbot.replies.serialise import texts_of
from mailbot.replies.templates import FALLBACK_LANGUAGE, PARTS, LetterTemplates, TemplateUnusable
from mailbot.replies.variables import VARIABLES
from mailbot.replies.words import TABLES

LONGEST_SUBJECT = 60
SHARED_FOLDERS = ("layout", "notice", "parts", "words")
#: What a letter may not load or run: mail programs block it, and it tells strangers that the letter was opened.
_LOADS = re.compile(r"<(script|img|link|iframe|form|object|embed|video|audio)\b|\bon[a-z]{3,20}=", re.IGNORECASE)
_IMPORTED = frozenset({"piece", "caller"})  # from layout/pieces.html
_HAS_PARTS = frozenset({"labels", "loop", "piece"})


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend; `line` is None where the whole file or its absence is meant."""

    file: str
    line: int | None
    sentence: str

    def __str__(self) -> str:
        place = f"{self.file}, line {self.line}" if self.line else self.file
        return f"{place}: {self.sentence}"


def problems_in(templates: LetterTemplates) -> tuple[Problem, ...]:
    """Everything that is wrong, in the order of the files; empty when all letters can be written."""
    found = [*_in_sources(templates), *_in_words(templates)]
    for language in sorted(templates.words):
        found += _absent_notice(templates, language)
        for kind in LetterKind:
            found += _absent_parts(templates, kind, language)
    if not found:  # what cannot be read cannot be tried
        found += [problem for kind in LetterKind for problem in _in_samples(templates, kind)]
    return tuple(dict.fromkeys(found))


def _in_sources(templates: LetterTemplates) -> Iterator[Problem]:
    for path in sorted(templates.sources):
        file = templates.origins.get(path, path)
        folder = path.partition("/")[0]
        if folder not in (*SHARED_FOLDERS, *LetterKind):
            near = get_close_matches(folder, [*LetterKind, *SHARED_FOLDERS], 1)
            hint = f"; did you mean {near[0]}?" if near else ""
            yield Problem(file, None, f"there is no letter of this name{hint}")
        elif not path.endswith(".toml"):
            yield from _in_template(templates, path, file)


def _in_template(templates: LetterTemplates, path: str, file: str) -> Iterator[Problem]:
    source = templates.sources[path]
    try:
        tree = templates.environment.parse(source, path)
        templates.environment.get_template(path)
    except TemplateSyntaxError as error:
        yield Problem(file, error.lineno, f"{error.message or 'this cannot be read'}")
        return
    for name, line in _unknown_names(tree):
        near = get_close_matches(name, VARIABLES, 1)
        hint = f"; did you mean {near[0]}?" if near else ""
        yield Problem(file, line, f"there is no variable {name}{hint}")
    for line in _looks_inside(tree):
        yield Problem(file, line, "a template shows values and does not look inside them")
    for number, text in enumerate(source.splitlines(), 1):
        if path.endswith(".html") and _LOADS.search(text):
            yield Problem(file, number, "a letter loads and runs nothing: no pictures, forms, scripts or style sheets")
    if path.endswith("/subject.txt"):
        yield from _in_subject(file, source, tree)


def _unknown_names(tree: nodes.Template) -> Iterator[tuple[str, int]]:
    unknown = meta.find_undeclared_variables(tree) - set(VARIABLES) - _IMPORTED
    for node in tree.find_all(nodes.Name):
        if node.name in unknown:
            yield node.name, node.lineno


def _looks_inside(tree: nodes.Template) -> Iterator[int]:
    """Attributes and items of anything but labels, the loop and the imported pieces (ATTACKS A106)."""
    for attribute in tree.find_all(nodes.Getattr):
        if not (isinstance(attribute.node, nodes.Name) and attribute.node.name in _HAS_PARTS):
            yield attribute.lineno
    for item in tree.find_all(nodes.Getitem):
        yield item.lineno


def _in_subject(file: str, source: str, tree: nodes.Template) -> Iterator[Problem]:
    """A subject is fixed words: what is shown on a locked phone tells nothing (ATTACKS A104), and injects nothing."""
    if not _only_text(tree):
        yield Problem(file, 1, "a subject has fixed words and no variables; the case number is added to it")
    text = source.strip()
    if not text.isprintable() or not 0 < len(text) <= LONGEST_SUBJECT:
        yield Problem(file, 1, f"a subject is one line of 1 to {LONGEST_SUBJECT} printable characters")


def _only_text(tree: nodes.Template) -> bool:
    return all(
        isinstance(node, nodes.Output) and all(isinstance(part, nodes.TemplateData) for part in node.nodes)
        for node in tree.body
    )


def _in_words(templates: LetterTemplates) -> Iterator[Problem]:
    """Each language needs the phrases that English has."""
    if FALLBACK_LANGUAGE not in templates.words:
        yield Problem(
            f"words/{FALLBACK_LANGUAGE}.toml", None, "this file is needed; English serves where all else fails"
        )
        return
    for language, words in sorted(templates.words.items()):
        path = f"words/{language}.toml"
        for table in TABLES:
            there = getattr(words, table)
            for key in getattr(templates.words[FALLBACK_LANGUAGE], table):
                if not there.get(key):
                    yield Problem(templates.origins.get(path, path), None, f"[{table}] needs a phrase for {key}")


def _absent_parts(templates: LetterTemplates, kind: LetterKind, language: str) -> Iterator[Problem]:
    for part in PARTS:
        path = f"{kind}/{language}/{part}"
        if path not in templates.sources:
            yield Problem(path, None, f"this file is needed, because there is a words/{language}.toml")


def _absent_notice(templates: LetterTemplates, language: str) -> Iterator[Problem]:
    for name in ("notice.txt", "assistance.txt"):
        path = f"notice/{language}/{name}"
        if path not in templates.sources:
            yield Problem(path, None, f"this file is needed, because there is a words/{language}.toml")


def _in_samples(templates: LetterTemplates, kind: LetterKind) -> Iterator[Problem]:
    """Write the letter with all that it may have, and with as little as it can have."""
    for language in templates.languages(kind):
        for plan in sample_plans(kind, language):
            try:
                letter = compose(plan, sample_desk(), templates)
            except (TemplateUnusable, ComposeError) as error:
                yield Problem(f"{kind}/{language}", None, str(error))
                continue
            yield from _lacking(templates, plan, letter)


def _lacking(templates: LetterTemplates, plan: LetterPlan, letter: Letter) -> Iterator[Problem]:
    """Every letter shows its number, the notice, and the token by which a reply finds its case."""
    notice = templates.notice(letter.language, "", "")
    needed = [(plan.case_number, "the case number"), (notice.version, "the notice with its version")]
    if plan.marks.ref:
        needed.append((f"ref:{plan.marks.ref}:ref", "the reference ref:…:ref"))
    for part, text in zip(PARTS[1:], texts_of(letter), strict=True):
        path = f"{plan.kind}/{letter.language}/{part}"
        for value, words in needed:
            if value not in text:
                yield Problem(templates.origins.get(path, path), None, f"the letter does not show {words}")
