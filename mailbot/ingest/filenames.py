"""File names from mail made safe to show and to store (ATTACKS A056, A057)."""

from __future__ import annotations

import re

from mailbot.ingest.cleaning import clean_line

LONGEST = 180
_SEPARATORS = re.compile(r"[/\\]")
_FORBIDDEN = re.compile(r'[<>"|?*]|:(?! )|[\u200b-\u200f\u2028\u2029\u2060-\u2064]')
_DEVICES = frozenset(
    {"con", "prn", "aux", "nul"} | {f"com{n}" for n in range(1, 10)} | {f"lpt{n}" for n in range(1, 10)}
)


def safe_name(name: str) -> str:
    """The last step of the path, without what any file system or terminal takes amiss; "" when nothing is left."""
    name = clean_line(name)
    name = _SEPARATORS.split(name)[-1] if _is_path(name) else _SEPARATORS.sub("_", name)
    name = _FORBIDDEN.sub("_", name).strip(" .") if name.strip(". ") else ""
    if name.partition(".")[0].strip().lower() in _DEVICES:
        name = f"_{name}"
    return _shortened(name)


def _is_path(name: str) -> bool:
    """Everything with a separator is a path, as a server would take it."""
    return bool(_SEPARATORS.search(name)) and bool(_SEPARATORS.split(name)[-1].strip(" ."))


def _shortened(name: str) -> str:
    """Cut in the middle, so that the real extension stays to be seen."""
    if len(name) <= LONGEST:
        return name
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension) > 20:
        return name[:LONGEST]
    return f"{stem[: LONGEST - len(extension) - 1]}.{extension}"


def extension_of(name: str) -> str:
    """The last extension in lower case, without its dot."""
    return name.rpartition(".")[2].lower() if "." in name else ""
