"""File names from mail: safe for every file system and terminal, still recognisable."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.ingest.filenames import LONGEST, extension_of, safe_name


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("roster.csv", "roster.csv"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\dana\\form.pdf", "form.pdf"),
        ("con.txt", "_con.txt"),
        ("LPT1", "_LPT1"),
        ("a<b>c|d?.pdf", "a_b_c_d_.pdf"),
        ("..", ""),
        (" . ", ""),
        ("", ""),
        ("form.pdf. ", "form.pdf"),
        ("Müller – Antrag.pdf", "Müller – Antrag.pdf"),
        ("申请表.pdf", "申请表.pdf"),
    ],
)
def test_a056_a_name_is_made_safe(name: str, safe: str) -> None:
    assert safe_name(name) == safe


@given(st.text(max_size=400))
def test_a056_no_name_can_leave_its_folder(name: str) -> None:
    safe = safe_name(name)
    assert len(safe) <= LONGEST
    assert not set(safe) & set('/\\<>"|?*\0\r\n')
    assert safe not in {".", ".."}
    assert safe == safe.strip()


def test_a_long_name_keeps_the_extension_that_is_real() -> None:
    safe = safe_name("form" * 100 + ".pdf" + " " * 200 + ".exe")
    assert len(safe) <= LONGEST
    assert extension_of(safe) == "exe"


@pytest.mark.parametrize(("name", "extension"), [("a.PDF", "pdf"), ("a.tar.gz", "gz"), ("a", ""), ("a.", "")])
def test_the_last_extension_counts(name: str, extension: str) -> None:
    assert extension_of(name) == extension
