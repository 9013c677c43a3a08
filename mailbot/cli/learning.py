"""`mailbot train` and `mailbot evaluate`: learn the category model from labelled mail, and score it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from mailbot.classify import playbook as playbooks
from mailbot.cli.opening import opened_store
from mailbot.cli.options import ConfigOption, JsonOption, NowOption, clock_from, print_json, say
from mailbot.clock import Clock
from mailbot.config import Config, load
from mailbot.errors import UsageError
from mailbot.training.composing import Lesson
from mailbot.training.corrected import corrected_lessons
from mailbot.training.labelled import labelled_lessons
from mailbot.training.scoring import Score

FoldersArgument = Annotated[list[Path] | None, typer.Argument(help="Folders with labels.jsonl and mail/.")]
FolderArgument = Annotated[Path, typer.Argument(help="A folder with labels.jsonl and mail/.")]
OutputOption = Annotated[
    Path | None,
    typer.Option(
        "--output", metavar="FILE", help="Where the model is, and goes; else playbook.model, else categories.npz."
    ),
]
ModelOption = Annotated[Path | None, typer.Option("--model", metavar="FILE", help="A model of `mailbot train`.")]
CONFUSIONS_SHOWN = 30


def register(commands: typer.Typer) -> None:
    """Add the learning commands."""
    commands.command("train")(train)
    commands.command("evaluate")(evaluate)


def train(
    folders: FoldersArgument = None,
    *,
    output: OutputOption = None,
    config: ConfigOption = None,
    now: NowOption = None,
) -> None:
    """Learn from our texts, labelled folders and what staff corrected.

    Corrections are in the database of the configuration. A model that does worse than the one in use is not kept.

    Example: mailbot train labelled/2026 --output categories.npz
    """
    from mailbot.training.learning import learn, model_at, write_model

    settings = _settings(config)
    path = output or (settings.playbook.model if settings else None) or Path("categories.npz")
    lessons = [lesson for folder in folders or () for lesson in labelled_lessons(folder)]
    corrected = _corrected(settings, clock_from(now)) if settings else []
    learned = learn(lessons + corrected, model_at(path))
    say(f"kept mails: {learned.new.count}; now right {learned.old.top1:.1%}, the new model {learned.new.top1:.1%}")
    if not learned.better:
        raise UsageError(f"the new model does worse, so {path} stays as it is; look through the labels and try again")
    write_model(learned.model, path)
    say(f"{path}: learned from our texts, {len(lessons)} labelled mails and {len(corrected)} corrections by staff")
    if settings and settings.playbook.model is None:
        say(f'to use it, set playbook.model = "{path.name}" in the configuration and start the service again')


def _settings(path: Path | None) -> Config | None:
    """The configuration, where one is named or stands in this folder; learning works without."""
    named = path or os.environ.get("MAILBOT_CONFIG") or Path("mailbot.toml").exists()
    return load(path, os.environ) if named else None


def _corrected(settings: Config, clock: Clock) -> list[Lesson]:
    """What staff corrected, as far as the playbook still has the category."""
    known = playbooks.load(settings.playbook.file).categories
    with opened_store(settings, clock) as store:
        return [lesson for lesson in corrected_lessons(store) if lesson.code in known]


def evaluate(folder: FolderArgument, model: ModelOption = None, *, as_json: JsonOption = False) -> None:
    """Score the category model against a labelled folder: accuracy, confusions, calibration, coverage.

    Example: mailbot evaluate labelled/2026
    """
    from mailbot.training.learning import judged, model_at

    score = judged(model_at(model), list(labelled_lessons(folder)))
    if as_json:
        print_json(score.as_row())
    else:
        typer.echo("\n".join(_lines(score)))


def _lines(score: Score) -> list[str]:
    """The score for a person."""
    return [
        f"mails {score.count}  right {score.top1:.1%}  in the first two {score.top2:.1%}  family {score.family:.1%}",
        f"a threshold that is right 98 % of the time decides {score.coverage:.1%}",
        "",
        "taken for:",
        *(f"  {times:3}  {truth} <- {first}" for truth, first, times in score.confusions[:CONFUSIONS_SHOWN]),
        "",
        "confidence   mails   said   right",
        *(f"{b.low:.2f}-{b.high:.2f} {b.count:8} {b.confidence:7.2f} {b.right:7.2f}" for b in score.bands),
    ]
