"""Learn the category model from our texts and from labelled mail, and keep the better of two models."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from zlib import crc32

from mailbot.classify.network import Network, bytes_of, load_model, shipped_lexicon, shipped_model
from mailbot.errors import UsageError
from mailbot.training.composing import Amounts, Composer, Kept, Lesson
from mailbot.training.fitting import Practice, averaged, fit, temperature
from mailbot.training.phrases import shipped_phrases, shipped_remarks
from mailbot.training.scoring import Score, score
from mailbot.training.sheets import joined, sheet

FIFTHS = 5
HELD_AMOUNTS = Amounts(en=8, es=2, zh=1)


@dataclass(frozen=True, slots=True)
class Learned:
    """A new model beside the one in use, both scored on mail that neither has learned from."""

    model: Network
    new: Score
    old: Score

    @property
    def better(self) -> bool:
        """False where the new model gets fewer of the kept mails right."""
        return self.new.top1 >= self.old.top1


def learn(labelled: Sequence[Lesson], current: Network) -> Learned:
    """Learn from our texts and four fifths of the labelled mail; a fifth and our kept mails judge.

    The fifth is told by the text itself, so that the same mail is kept back every time.
    """
    taught = [lesson for lesson in labelled if _fifth(lesson.message.text) != 0]
    kept = [lesson for lesson in labelled if _fifth(lesson.message.text) == 0] + kept_lessons()
    model = learned_from(taught)
    judged = sheet(kept, shipped_lexicon())
    return Learned(model, score(model, judged), score(current, judged))


def learned_from(labelled: Sequence[Lesson] = ()) -> Network:
    """The mean of five networks, each of our texts without a fifth of their lines and of all labelled lessons.

    The fifth that one did not see tells how sure it may be.
    """
    lexicon = shipped_lexicon()
    extra = sheet(labelled, lexicon)
    parts, held = [], []
    for fifth in range(FIFTHS):
        taught = _lessons(f"part {fifth}", Amounts(), _without(fifth))
        part = fit(joined(sheet(taught, lexicon), extra), Practice(seed=fifth))
        unseen = _lessons("held", HELD_AMOUNTS, _only(fifth))
        parts.append(part)
        held.append((part, sheet(unseen, lexicon)))
    model = averaged(parts)
    return replace(model, calibration=replace(model.calibration, temperature=temperature(held)))


def judged(model: Network, lessons: Sequence[Lesson]) -> Score:
    """The score of a model on these lessons."""
    return score(model, sheet(lessons, shipped_lexicon()))


def model_at(path: Path | None) -> Network:
    """The model in a file; the shipped one when there is no such file."""
    return load_model(path) if path and path.exists() else shipped_model()


def write_model(model: Network, path: Path) -> None:
    """Put the model where it is used, in one step, so that a reader never meets half a file."""
    beside = path.with_name(f".{path.name}.new")
    try:
        beside.write_bytes(bytes_of(model))
        beside.replace(path)
    except OSError as error:
        raise UsageError(f"{path} cannot be written ({error.strerror}); name another file with --output") from error


def kept_lessons() -> list[Lesson]:
    """Our own mails that are never learned from."""
    sections = {phrases.code: phrases.sections for phrases in shipped_phrases("kept")}
    kept = [
        replace(phrases, sections=sections[phrases.code]) for phrases in shipped_phrases() if phrases.code in sections
    ]
    return list(Composer(kept, shipped_remarks()).as_written())


def _lessons(seed: str, amounts: Amounts, kept: Kept) -> list[Lesson]:
    """Mails composed of the lines that are kept."""
    return list(Composer(shipped_phrases(), shipped_remarks(), kept).lessons(amounts, seed))


def _without(fifth: int) -> Kept:
    return lambda line: _fifth(line) != fifth


def _only(fifth: int) -> Kept:
    return lambda line: _fifth(line) == fifth


def _fifth(text: str) -> int:
    """Which fifth a text belongs to: always the same one."""
    return crc32(text.encode("utf-8", "replace")) % FIFTHS
