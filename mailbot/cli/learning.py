"""`mailbot train` and `mailbot evaluate`: learn the category model from labelled mail, and score it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mailbot.cli.options import JsonOption, print_json, say
from mailbot.errors import UsageError
from mailbot.training.labelled import labelled_lessons
from mailbot.training.scoring import Score

FoldersArgument = Annotated[list[Path] | None, typer.Argument(help="Folders with labels.jsonl and mail/.")]
FolderArgument = Annotated[Path, typer.Argument(help="A folder with labels.jsonl and mail/.")]
OutputOption = Annotated[Path, typer.Option("--output", metavar="FILE", help="Where the model is, and goes.")]
ModelOption = Annotated[Path | None, typer.Option("--model", metavar="FILE", help="A model of `mailbot train`.")]
CONFUSIONS_SHOWN = 30


def register(commands: typer.Typer) -> None:
    """Add the learning commands."""
    commands.command("train")(train)
    commands.command("evaluate")(evaluate)


def train(folders: FoldersArgument = None, output: OutputOption = Path("categories.npz")) -> None:
    """Learn from our texts and from labelled folders; a model that does worse than the one in use is not kept.

    Example: mailbot train labelled/2026 --output categories.npz
    """
    from mailbot.training.learning import learn, model_at, write_model

    lessons = [lesson for folder in folders or () for lesson in labelled_lessons(folder)]
    learned = learn(lessons, model_at(output))
    say(f"kept mails: {learned.new.count}; now right {learned.old.top1:.1%}, the new model {learned.new.top1:.1%}")
    if not learned.better:
        raise UsageError(f"the new model does worse, so {output} stays as it is; look through the labels and try again")
    write_model(learned.model, output)
    say(f"{output}: learned from our texts and {len(lessons)} labelled mails")


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
