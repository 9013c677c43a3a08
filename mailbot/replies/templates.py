"""The letter templates: a desk's own files before ours, read once, rendered in a sandbox that knows few words."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import NoReturn

from jinja2 import DictLoader, StrictUndefined, TemplateError, select_autoescape
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from mailbot.errors import ConfigurationError
from mailbot.replies.plan import LetterKind
from mailbot.replies.shapes import Rendered, Shapes
from mailbot.replies.words import Words, words_from

PARTS = ("subject.txt", "body.txt", "body.html")
FALLBACK_LANGUAGE = "en"
LARGEST_FILE = 100_000
_SUFFIXES = (".txt", ".html", ".toml")
FILTERS = (
    "capitalize",
    "default",
    "e",
    "escape",
    "first",
    "join",
    "last",
    "length",
    "lower",
    "replace",
    "trim",
    "upper",
)
_NOTICE_VERSION = re.compile(r"\{# version ([0-9A-Za-z.-]{1,20}) #\}")


class TemplateUnusable(ConfigurationError):
    """A template cannot be rendered; the text names the file and the line."""


@dataclass(frozen=True, slots=True)
class Notice:
    """The notice block of one language: its version, paragraphs, and the line that offers help in that language."""

    version: str
    paragraphs: tuple[str, ...]
    assistance: str


class LetterTemplates:
    """All templates by path ("acknowledgment/en/body.txt"), compiled when first used; safe to share among threads."""

    def __init__(self, sources: Mapping[str, str], origins: Mapping[str, str] | None = None) -> None:
        self.sources = dict(sources)
        self.origins = dict(origins or {})
        self.environment = _sandbox(self.sources)
        self._notices: dict[tuple[str, str, str], Notice] = {}
        #: The letters that were written with these templates, so that the next ones need not be.
        self.shapes = Shapes()
        self._languages: dict[LetterKind, tuple[str, ...]] = {}
        self.words = {
            path.removeprefix("words/").removesuffix(".toml"): _words(self.origins.get(path, path), text)
            for path, text in self.sources.items()
            if path.startswith("words/")
        }

    def languages(self, kind: LetterKind) -> tuple[str, ...]:
        """The languages in which every part of this kind and its words stand, sorted."""
        if kind not in self._languages:
            self._languages[kind] = tuple(
                sorted(
                    language
                    for language in self.words
                    if all(f"{kind}/{language}/{part}" in self.sources for part in PARTS)
                )
            )
        return self._languages[kind]

    def language_for(self, kind: LetterKind, *wishes: str) -> str:
        """The first wish that the kind is written in; a wish "zh-Hant" is also served by "zh". English at last."""
        there = self.languages(kind)
        for wish in wishes:
            for language in (wish, wish.partition("-")[0]):
                if language in there:
                    return language
        return FALLBACK_LANGUAGE

    def render(self, kind: LetterKind, language: str, variables: Mapping[str, object]) -> Rendered:
        """The three parts in words; `variables` must hold every name that a template may use."""
        subject = self.one(f"{kind}/{language}/subject.txt", variables).strip()
        variables = {**variables, "subject": subject}
        text = self.one(f"{kind}/{language}/body.txt", variables)
        return Rendered(subject, text, self.one(f"{kind}/{language}/body.html", variables))

    def notice(self, language: str, desk_name: str, desk_address: str) -> Notice:
        """The notice of a language (SOURCES A13), rendered once for each desk."""
        key = (language, desk_name, desk_address)
        if key not in self._notices:
            self._notices[key] = self._notice(language, {"desk_name": desk_name, "desk_address": desk_address})
        return self._notices[key]

    def _notice(self, language: str, variables: Mapping[str, object]) -> Notice:
        path = f"notice/{language}/notice.txt"
        version = _NOTICE_VERSION.match(self.sources.get(path, ""))
        if version is None:
            raise TemplateUnusable(f'Start {path} with a comment such as "{{# version 2026-11 #}}", then the notice.')
        paragraphs = (" ".join(block.split()) for block in self.one(path, variables).split("\n\n"))
        assistance = " ".join(self.one(f"notice/{language}/assistance.txt", variables).split())
        return Notice(version.group(1), tuple(filter(None, paragraphs)), assistance)

    def one(self, path: str, variables: Mapping[str, object]) -> str:
        """One template rendered; TemplateUnusable where it is missing, wrong, or uses a name it may not."""
        try:
            return self.environment.get_template(path).render(variables)
        except TemplateError as error:
            raise TemplateUnusable(f"The template {self.where(path, error)}: {error.message}.") from error
        except (TypeError, ValueError, ArithmeticError, LookupError) as error:
            reason = f"a value is used in a way that does not work ({type(error).__name__})"
            raise TemplateUnusable(f"The template {self.where(path, error)}: {reason}.") from error

    def where(self, path: str, error: Exception) -> str:
        """The file, as the desk knows it, and the line if the error tells."""
        named = getattr(error, "name", None)
        line = getattr(error, "lineno", None) or _line_in_template(error)
        file = named if named in self.sources else path
        shown = self.origins.get(file, file)
        return f"{shown}, line {line}" if line else shown


def _line_in_template(error: Exception) -> int | None:
    """Jinja gives the frames of a template file names that stand between < and >; the last one is the culprit."""
    line, frame = None, error.__traceback__
    while frame is not None:
        if frame.tb_frame.f_code.co_filename in ("<template>", "<unknown>"):
            line = frame.tb_lineno
        frame = frame.tb_next
    return line


class _Sandbox(ImmutableSandboxedEnvironment):
    """A sandbox that multiplies nothing: a template of three characters could fill the memory (ATTACKS A106)."""

    intercepted_binops = frozenset(["*", "**", "%"])

    def call_binop(self, context: Context, operator: str, left: object, right: object) -> NoReturn:
        raise SecurityError(f"a letter does not calculate; take out the {operator}")


def _sandbox(sources: Mapping[str, str]) -> ImmutableSandboxedEnvironment:
    """No globals, few filters, strict names, autoescape in HTML: values are never code, nor markup (ATTACKS A105)."""
    environment = _Sandbox(
        loader=DictLoader(dict(sources)),
        undefined=StrictUndefined,
        autoescape=select_autoescape(enabled_extensions=("html",), default=False),
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals.clear()
    environment.filters = {name: environment.filters[name] for name in FILTERS}
    return environment


def _words(path: str, text: str) -> Words:
    try:
        return words_from(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, ConfigurationError) as error:
        raise TemplateUnusable(f"The file {path} cannot be used: {error}") from error


def load_templates(override: Path | None = None) -> LetterTemplates:
    """Read the templates that ship with mailbot, then those of the desk's folder, which win file by file."""
    sources: dict[str, str] = {}
    origins: dict[str, str] = {}
    _gather(files("mailbot") / "templates" / "letters", "", sources, origins)
    origins = {path: f"templates/letters/{path}" for path in origins}
    if override is not None:
        if not override.is_dir():
            raise ConfigurationError(
                f"The folder of letter templates {override} is not there; create it or drop the key."
            )
        _gather(override, "", sources, origins)
    return LetterTemplates(sources, origins)


def _gather(folder: Traversable, path: str, sources: dict[str, str], origins: dict[str, str]) -> None:
    for entry in folder.iterdir():
        if entry.name.startswith("."):
            continue
        below = f"{path}/{entry.name}".lstrip("/")
        if entry.is_dir():
            _gather(entry, below, sources, origins)
        elif entry.name.endswith(_SUFFIXES):
            sources[below] = _text_of(entry, below)
            origins[below] = str(entry)


def _text_of(entry: Traversable, path: str) -> str:
    content = entry.read_bytes()
    if len(content) > LARGEST_FILE:
        raise TemplateUnusable(f"The template {path} is larger than {LARGEST_FILE} bytes; shorten it.")
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise TemplateUnusable(f"The template {path} is not UTF-8; save it as UTF-8.") from error
