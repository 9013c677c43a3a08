"""A linear model as arrays and JSON, served without the tools that trained it; never a pickle."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

import numpy as np
from numpy.typing import NDArray

from mailbot.classify.calibration import Calibration
from mailbot.classify.words import Lexicon, parse_lexicon
from mailbot.errors import ConfigurationError

Floats = NDArray[np.float32]
_WORDS = "words.json"


@dataclass(frozen=True, slots=True)
class LinearModel:
    """Weights (features by categories, rarity already in them), bias, and how scores become probabilities."""

    codes: tuple[str, ...]
    names: tuple[str, ...]
    weights: Floats
    bias: Floats
    idf: Floats
    calibration: Calibration
    vocabulary: Mapping[str, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "vocabulary", {name: row for row, name in enumerate(self.names)})

    def scores(self, found: Mapping[str, float]) -> tuple[Floats, tuple[str, ...], Floats]:
        """The score of each category; the known features and what each added to each category."""
        vocabulary = self.vocabulary
        names = tuple([name for name in found if name in vocabulary])
        rows = np.array([vocabulary[name] for name in names], dtype=np.intp)
        values = np.array([found[name] for name in names], dtype=np.float32)
        added = self.weights.take(rows, axis=0)
        added *= values[:, None]
        return added.sum(axis=0) + self.bias, names, added


@cache
def shipped_lexicon() -> Lexicon:
    """The lexicon that ships with mailbot."""
    return Lexicon(parse_lexicon(_folder().joinpath("lexicon.txt").read_text(encoding="utf-8")))


@cache
def shipped_model() -> LinearModel:
    """The model that ships with mailbot."""
    return model_from(_folder().joinpath("categories.npz").read_bytes())


def _folder() -> Traversable:
    return resources.files("mailbot.classify").joinpath("model")


def load_model(path: Path) -> LinearModel:
    """A model that `mailbot train --output` wrote; ConfigurationError when it cannot be read."""
    try:
        return model_from(path.read_bytes())
    except (OSError, ValueError, KeyError, TypeError, BadZipFile) as error:
        raise ConfigurationError(
            f"{path} is no category model; write one with `mailbot train --output FILE`"
        ) from error


def model_from(stored: bytes) -> LinearModel:
    """The model in an archive of arrays and one JSON text."""
    with ZipFile(BytesIO(stored)) as archive:
        told = json.loads(archive.read(_WORDS))
        arrays = {name: _array(archive.read(f"{name}.npy")) for name in ("weights", "bias", "idf")}
    return LinearModel(
        codes=tuple(told["codes"]),
        names=tuple(told["names"]),
        calibration=Calibration(**told["calibration"]),
        **arrays,
    )


def bytes_of(model: LinearModel) -> bytes:
    """The archive of a model; the same model gives the same bytes."""
    told = {"codes": model.codes, "names": model.names, "calibration": asdict(model.calibration)}
    members = {_WORDS: json.dumps(told, ensure_ascii=False).encode("utf-8")}
    for name, array in (("weights", model.weights), ("bias", model.bias), ("idf", model.idf)):
        content = BytesIO()
        np.lib.format.write_array(content, array.astype(np.float16), allow_pickle=False)
        members[f"{name}.npy"] = content.getvalue()
    stored = BytesIO()
    with ZipFile(stored, "w") as archive:
        for name, member in members.items():
            # The date is fixed: numpy.savez would write the time of day into the archive.
            archive.writestr(ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0)), member, compress_type=ZIP_DEFLATED)
    return stored.getvalue()


def _array(content: bytes) -> Floats:
    array: Floats = np.lib.format.read_array(BytesIO(content), allow_pickle=False).astype(np.float32)
    return array
