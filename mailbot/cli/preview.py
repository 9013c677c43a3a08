"""`mailbot preview`: show a letter without sending it."""

from __future__ import annotations

from email import message_from_bytes
from email.message import Message as ParsedMail
from pathlib import Path
from typing import Annotated

import typer

from mailbot.cli.options import JsonOption, print_json, say
from mailbot.errors import UsageError
from mailbot.mail import Letter
from mailbot.replies.compose import compose
from mailbot.replies.plan import LetterKind
from mailbot.replies.samples import sample_desk, sample_plan
from mailbot.replies.templates import LetterTemplates, load_templates

_KINDS = ", ".join(LetterKind)


def register(commands: typer.Typer) -> None:
    """Add `preview`."""
    commands.command(epilog="Example: mailbot preview acknowledgment --language es --html letter.html")(preview)


def preview(
    kind: Annotated[str, typer.Argument(metavar="KIND", help=f"One of: {_KINDS}.", show_default=False)],
    language: Annotated[str, typer.Option("--language", metavar="L", help="As en, es or zh.")] = "en",
    html: Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Write the HTML part here.")] = None,
    templates: Annotated[Path | None, typer.Option("--templates", metavar="DIR", help="Your own templates.")] = None,
    as_json: JsonOption = False,  # noqa: FBT002 typer reads the default here
) -> None:
    """Show a letter with sample values, as its reader will see it; nothing is sent."""
    letter = _sample(kind, language, load_templates(templates))
    text, document = _parts(letter)
    if html is not None:
        html.write_text(document, encoding="utf-8")
        say(f"The HTML part is in {html}.")
    if as_json:
        subject = letter.subject
        print_json(
            {"kind": letter.kind, "language": letter.language, "subject": subject, "text": text, "html": document}
        )
    elif html is None:
        typer.echo(f"Subject: {letter.subject}\n\n{text}", nl=False)


def _sample(kind: str, language: str, templates: LetterTemplates) -> Letter:
    if kind not in list(LetterKind):
        raise UsageError(f"There is no letter {kind!r}; the letters are {_KINDS}.")
    chosen = LetterKind(kind)
    if language not in templates.languages(chosen):
        there = ", ".join(templates.languages(chosen)) or "none"
        raise UsageError(f"The letter {kind} is not written in {language!r}; its languages are {there}.")
    return compose(sample_plan(chosen, language), sample_desk(), templates)


def _parts(letter: Letter) -> tuple[str, str]:
    """The text and the HTML, read back from the letter as it would be sent."""
    parts = message_from_bytes(letter.content).get_payload()
    assert isinstance(parts, list)
    text, document = (_decoded(part) for part in parts if isinstance(part, ParsedMail))
    return text, document


def _decoded(part: ParsedMail) -> str:
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content.decode("utf-8").replace("\r\n", "\n")
