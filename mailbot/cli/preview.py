"""`mailbot preview`: show a letter without sending it."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from mailbot.app import voice_of
from mailbot.cli.options import ConfigOption, JsonOption, NowOption, clock_from, print_json, say
from mailbot.config import load
from mailbot.errors import UsageError
from mailbot.replies.compose import compose
from mailbot.replies.plan import DeskVoice, LetterKind, LetterPlan
from mailbot.replies.samples import sample_desk, sample_plan
from mailbot.replies.serialise import texts_of
from mailbot.replies.templates import LetterTemplates, load_templates

_KINDS = ", ".join(LetterKind)

KindArgument = Annotated[str, typer.Argument(metavar="KIND", help=f"One of: {_KINDS}.", show_default=False)]
LanguageOption = Annotated[str, typer.Option("--language", metavar="L", help="As en, es or zh.")]
HtmlOption = Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Write the HTML part to this file.")]
TemplatesOption = Annotated[
    Path | None, typer.Option("--templates", metavar="DIR", help="A folder of your own templates, which win.")
]


def register(commands: typer.Typer) -> None:
    """Add `preview`."""
    commands.command()(preview)


def preview(  # noqa: PLR0913 one argument an option
    kind: KindArgument,
    language: LanguageOption = "en",
    html: HtmlOption = None,
    templates: TemplatesOption = None,
    config: ConfigOption = None,
    now: NowOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Show a letter with sample values as its reader will see it; nothing is sent and no database is needed.

    Example: mailbot preview acknowledgment --language es --html letter.html
    """
    texts = load_templates(templates)
    plan = _sample(kind, language, texts)
    if now is not None:
        plan = replace(plan, at=clock_from(now).now())
    letter = compose(plan, _voice(config), texts)
    text, document = texts_of(letter)
    if html is not None:
        html.write_text(document, encoding="utf-8")
        say(f"The HTML part is in {html}.")
    if as_json:
        shown = {"kind": letter.kind, "language": letter.language, "subject": letter.subject}
        print_json({**shown, "text": text, "html": document})
    elif html is None:
        typer.echo(f"Subject: {letter.subject}\n\n{text}", nl=False)


def _voice(config: Path | None) -> DeskVoice:
    """The desk of the configuration, when one is named; a made-up desk otherwise."""
    return sample_desk() if config is None else voice_of(load(config, os.environ).desk)


def _sample(kind: str, language: str, templates: LetterTemplates) -> LetterPlan:
    if kind not in list(LetterKind):
        raise UsageError(f"There is no letter {kind!r}; the letters are {_KINDS}.")
    chosen = LetterKind(kind)
    if language not in templates.languages(chosen):
        there = ", ".join(templates.languages(chosen)) or "none"
        raise UsageError(f"The letter {kind} is not written in {language!r}; its languages are {there}.")
    return sample_plan(chosen, language)
