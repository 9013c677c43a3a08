"""A linear model with a small hidden layer beside it, as arrays and JSON; served with numpy, never a pickle."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from io import BytesIO
from itertools import chain, count, repeat
from pathlib import Path
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

import numpy as np
from numpy.typing import NDArray

from mailbot.classify.calibration import Calibration
from mailbot.classify.features import Features
from mailbot.classify.naming import Feature, by_block
from mailbot.classify.words import Lexicon, parse_lexicon
from mailbot.errors import ConfigurationError

Floats = NDArray[np.float32]
Bytes = NDArray[np.int8]
_WORDS = "words.json"
_STORED = ("steps", "unit_bias", "second", "straight", "bias", "idf")


@dataclass(frozen=True, slots=True)
class Looked:
    """What a network made of one message: the rows of the features that it knows, their values, which units they
    woke, and the scores of the categories."""

    rows: NDArray[np.intp]
    values: Floats
    awake: NDArray[np.bool_]
    scores: Floats


@dataclass(frozen=True, slots=True)
class Network:
    """What features say of categories, straight and by way of hidden units; the scores of both are added.

    `straight` is features by categories, `fine` features by units, in single bytes of which `steps` has the worth for
    each unit. Rarity is already in both; `idf` has it for the playbook's examples.
    """

    codes: tuple[str, ...]
    names: tuple[str, ...]
    fine: Bytes
    steps: Floats
    unit_bias: Floats
    second: Floats
    straight: Floats
    bias: Floats
    idf: Floats
    calibration: Calibration
    vocabulary: Mapping[str, Mapping[Feature, int]] = field(init=False, repr=False)
    second_mean: Floats = field(init=False, repr=False)
    straight_mean: Floats = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "second_mean", self.second.mean(axis=1))
        object.__setattr__(self, "straight_mean", self.straight.mean(axis=1))
        object.__setattr__(self, "vocabulary", by_block(zip(self.names, count())))

    def look(self, found: Features) -> Looked:
        """The scores of all categories, and what led to them."""
        known = self.vocabulary
        every = [map(known.get(name, {}).get, block.features, repeat(-1)) for name, block in found.items()]
        rows = np.fromiter(chain.from_iterable(every), np.intp)
        steps = [(number, weight * block.scale) for block in found.values() for number, weight in block.steps]
        values = np.repeat(np.array([weight for _, weight in steps], np.float32), [number for number, _ in steps])
        is_known = rows >= 0
        rows, values = rows[is_known], values[is_known]
        # Out of single bytes for the few features of a message: for all of them it would be 7 MB more in each process.
        units = values @ self.fine.take(rows, axis=0) * self.steps + self.unit_bias
        straight = values @ self.straight.take(rows, axis=0)
        scores = np.maximum(units, np.float32(0)) @ self.second + straight + self.bias
        return Looked(rows, values, units > 0, scores)

    def spoke(self, looked: Looked, code: str) -> Floats:
        """How much each known feature of the message spoke for a category, against the mean of all.

        The units that are awake are linear in the features, so this is exact for the message as it is.
        """
        column = self.codes.index(code)
        through = (self.second[:, column] - self.second_mean) * self.steps * looked.awake
        straight = self.straight[looked.rows, column] - self.straight_mean[looked.rows]
        spoken: Floats = (self.fine.take(looked.rows, axis=0) @ through + straight) * looked.values
        return spoken


@cache
def shipped_lexicon() -> Lexicon:
    """The lexicon that ships with mailbot."""
    return Lexicon(parse_lexicon(_folder().joinpath("lexicon.txt").read_text(encoding="utf-8")))


@cache
def shipped_model() -> Network:
    """The model that ships with mailbot."""
    return model_from(_folder().joinpath("categories.npz").read_bytes())


def _folder() -> Traversable:
    return resources.files("mailbot.classify").joinpath("model")


def load_model(path: Path) -> Network:
    """A model that `mailbot train --output` wrote; ConfigurationError when it cannot be read."""
    try:
        return model_from(path.read_bytes())
    except (OSError, ValueError, KeyError, TypeError, BadZipFile) as error:
        raise ConfigurationError(
            f"{path} is no category model; write one with `mailbot train --output FILE`"
        ) from error


def model_from(stored: bytes) -> Network:
    """The model in an archive of arrays and one JSON text."""
    with ZipFile(BytesIO(stored)) as archive:
        told = json.loads(archive.read(_WORDS))
        floats = {name: _array(archive.read(f"{name}.npy")).astype(np.float32) for name in _STORED}
        fine = _array(archive.read("fine.npy")).astype(np.int8)
    return Network(
        codes=tuple(told["codes"]),
        names=tuple(told["names"]),
        fine=fine,
        calibration=Calibration(**told["calibration"]),
        **floats,
    )


def bytes_of(model: Network) -> bytes:
    """The archive of a model; the same model gives the same bytes."""
    told = {"codes": model.codes, "names": model.names, "calibration": asdict(model.calibration)}
    members = {_WORDS: json.dumps(told, ensure_ascii=False).encode("utf-8")}
    arrays = {name: getattr(model, name).astype(np.float16) for name in _STORED}
    for name, array in {"fine": model.fine, **arrays}.items():
        content = BytesIO()
        np.lib.format.write_array(content, array, allow_pickle=False)
        members[f"{name}.npy"] = content.getvalue()
    stored = BytesIO()
    with ZipFile(stored, "w") as archive:
        for name, member in members.items():
            # The date is fixed: numpy.savez would write the time of day into the archive.
            archive.writestr(ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0)), member, compress_type=ZIP_DEFLATED)
    return stored.getvalue()


def _array(content: bytes) -> NDArray[np.generic]:
    array: NDArray[np.generic] = np.lib.format.read_array(BytesIO(content), allow_pickle=False)
    return array
