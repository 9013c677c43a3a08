"""`mailbot preview`: show a letter without sending it."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from mailbot.app import voice_of
from mailbot.cli.opening import opened_app
from mailbot.cli.options import ConfigOption, JsonOption, NowOption, clock_from, print_json, say
from mailbot.config import load
from mailbot.errors import UsageError
from mailbot.mail import Letter
from mailbot.replies.compose import compose
from mailbot.replies.plan import DeskVoice, LetterKind, LetterPlan
from mailbot.replies.samples import sample_desk, sample_plan
from mailbot.replies.serialise import texts_of
from mailbot.replies.templates import LetterTemplates, load_templates

_KINDS = ", ".join(LetterKind)

KindArgument = Annotated[str, typer.Argument(metavar="KIND", help=f"One of: {_KINDS}.", show_default=False)]
LanguageOption = Annotated[
    str | None,
    typer.Option("--language", metavar="L", help="As en, es or zh; else English, or the language of a case."),
]
CaseOption = Annotated[str | None, typer.Option("--case", metavar="NUMBER", help="With the values of this case.")]
HtmlOption = Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Write the HTML part to this file.")]
TemplatesOption = Annotated[
    Path | None, typer.Option("--templates", metavar="DIR", help="A folder of your own templates, which win.")
]


def register(commands: typer.Typer) -> None:
    """Add `preview`."""
    commands.command()(preview)


def preview(  # noqa: PLR0913 one argument an option
    kind: KindArgument,
    language: LanguageOption = None,
    case: CaseOption = None,
    html: HtmlOption = None,
    templates: TemplatesOption = None,
    config: ConfigOption = None,
    now: NowOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Show a letter as its reader will see it; nothing is sent. Without --case no database is needed.

    Example: mailbot preview acknowledgment --language es --html letter.html
    """
    if case is None:
        letter = _of_samples(kind, language or "en", load_templates(templates), config, now)
    elif templates is not None:
        raise UsageError("--case shows the letter with the desk's own templates: leave --templates out")
    else:
        with opened_app(config, now) as app:
            letter = app.casework.preview(case, _kind(kind), language or "")
    text, document = texts_of(letter)
    if html is not None:
        html.write_text(document, encoding="utf-8")
        say(f"The HTML part is in {html}.")
    if as_json:
        shown = {"kind": letter.kind, "language": letter.language, "subject": letter.subject}
        print_json({**shown, "text": text, "html": document})
    elif html is None:
        typer.echo(f"Subject: {letter.subject}\n\n{text}", nl=False)


def _of_samples(kind: str, language: str, texts: LetterTemplates, config: Path | None, now: str | None) -> Letter:
    plan = _sample(kind, language, texts)
    if now is not None:
        plan = replace(plan, at=clock_from(now).now())
    return compose(plan, _voice(config), texts)


def _voice(config: Path | None) -> DeskVoice:
    """The desk of the configuration, when one is named; a made-up desk otherwise."""
    return sample_desk() if config is None else voice_of(load(config, os.environ).desk)


def _sample(kind: str, language: str, templates: LetterTemplates) -> LetterPlan:
    chosen = _kind(kind)
    if language not in templates.languages(chosen):
        there = ", ".join(templates.languages(chosen)) or "none"
        raise UsageError(f"The letter {kind} is not written in {language!r}; its languages are {there}.")
    return sample_plan(chosen, language)


def _kind(kind: str) -> LetterKind:
    if kind not in list(LetterKind):
        raise UsageError(f"There is no letter {kind!r}; the letters are {_KINDS}.")
    return LetterKind(kind)
