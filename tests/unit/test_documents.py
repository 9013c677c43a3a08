"""What docs/operations.md says about the configuration is what the code does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from mailbot.config import kinds
from mailbot.config.schema import SECTIONS, Section, Slot
from mailbot.config.sources import EXTRAS

DOCS = Path(__file__).parents[2] / "docs"


def rows(section: Section) -> Iterator[str]:
    """The table of a section as it should stand in docs/operations.md."""
    yield f"### {section.heading}"
    yield ""
    yield "| key | default | what it is for |"
    yield "| --- | --- | --- |"
    for slot in section.slots.values():
        yield f"| `{slot.key}` | {default(slot)} | {slot.about} |"


def default(slot: Slot) -> str:
    """The default as one writes it in TOML; nothing where there is none."""
    value = slot.default
    if slot.required:
        return "**must be set**"
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, tuple):
        return "`[{}]`".format(", ".join(f'"{each}"' for each in value))
    if slot.kind is kinds.FILE_MODE:
        return f'`"{value:04o}"`'
    return f"`{value}`" if isinstance(value, int) else f'`"{value}"`'


def test_the_table_of_keys_is_the_one_that_the_code_knows() -> None:
    expected = "\n\n".join("\n".join(rows(section)) for section in SECTIONS.values())
    assert expected in (DOCS / "operations.md").read_text("utf-8"), f"put this into docs/operations.md:\n\n{expected}"


def test_the_variables_for_tests_and_rehearsals_are_explained() -> None:
    text = (DOCS / "operations.md").read_text("utf-8")
    assert [name for name in EXTRAS if f"`{name}`" not in text] == []
