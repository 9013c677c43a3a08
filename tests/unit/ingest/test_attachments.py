"""Attachments from leaves: names, logos told from documents, and what the desk refuses."""

from __future__ import annotations

import pytest

from mailbot.cases.rules import AttachmentRules
from mailbot.ingest.attachments import LOGO_BYTES, make, refused, with_logos
from mailbot.ingest.parse import parse
from mailbot.mail import Attachment
from tests.unit.ingest.raw import mixed

PNG = b"\x89PNG\r\n\x1a\n"


def leaf(*headers: str, content: bytes = b"x") -> Attachment:
    (file,) = parse(mixed("\n".join(headers).encode() + b"\n\n" + content)).attachments
    return file


@pytest.mark.parametrize(
    ("headers", "name"),
    [
        (("Content-Type: image/png", "Content-Disposition: attachment; filename=a.png"), "a.png"),
        (("Content-Type: image/png; name=a.png",), "a.png"),
        (("Content-Type: image/png; name=a.png", "Content-Disposition: attachment; filename=b.png"), "b.png"),
        (("Content-Type: image/png", "Content-ID: <image001.png@01CD.A8>"), "image001.png"),
        (("Content-Type: image/png", "Content-ID: <32497.16@host>"), ""),
        (("Content-Type: message/delivery-status", "Content-Description: Delivery report"), "Delivery report.txt"),
        (("Content-Type: application/pdf", "Content-Description: Delivery report"), ""),
        (("Content-Type: image/png",), ""),
    ],
)
def test_a_file_has_the_name_that_it_was_given(headers: tuple[str, ...], name: str) -> None:
    assert leaf(*headers, content=b"Reporting-MTA: dns; x").filename == name


@pytest.mark.parametrize(
    ("headers", "inline"),
    [
        (("Content-Type: image/png", "Content-Disposition: inline; filename=a.png"), True),
        (("Content-Type: image/png", "Content-ID: <a@b>"), True),
        (("Content-Type: image/png", "Content-ID: <a@b>", "Content-Disposition: attachment"), False),
        (("Content-Type: image/png; name=a.png",), False),
    ],
)
def test_a_file_is_inline_when_it_says_so_or_is_shown_by_its_id(headers: tuple[str, ...], inline: bool) -> None:
    assert leaf(*headers).inline is inline


@pytest.mark.parametrize(
    ("size", "name", "is_logo"),
    [(100, "image001.png", True), (100, "card.png", False), (LOGO_BYTES + 1, "image001.png", False)],
)
def test_pain_30_a_small_picture_with_a_machines_name_is_a_logo(size: int, name: str, is_logo: bool) -> None:
    (file,) = with_logos([make("1", name, PNG + b"x" * (size - len(PNG)), "image/png")], None)
    assert ("logo" in file.flags) is is_logo


def test_pain_30_a_picture_that_comes_twice_is_a_logo_and_both_stay() -> None:
    files = with_logos([make(part, "card.png", PNG, "image/png") for part in "12"], None)
    assert ["logo" in file.flags for file in files] == [True, True]


def files_of(count: int, name: str = "form.pdf", content: bytes = b"%PDF-1.4") -> list[Attachment]:
    return [make(str(number), name, content, "application/pdf") for number in range(1, count + 1)]


def test_the_files_beyond_the_number_allowed_are_refused_by_name() -> None:
    found = refused(files_of(7), AttachmentRules(files=5))
    assert [(one.part, one.filename, one.why) for one in found] == [
        ("6", "form.pdf", "too_many"),
        ("7", "form.pdf", "too_many"),
    ]


def test_a_refused_file_leaves_room_for_another() -> None:
    large = make("0", "large.pdf", b"%PDF-1.4" + b"x" * (1024 * 1024), "application/pdf")
    found = refused([large, *files_of(5)], AttachmentRules(files=5, megabytes=1))
    assert [(one.part, one.why) for one in found] == [("0", "too_large")]


def test_logos_and_the_insides_of_containers_do_not_count() -> None:
    inside = [make(f"1/{number}", "form.pdf", b"%PDF-1.4", "application/pdf") for number in range(9)]
    logos = with_logos([make("9", "image001.png", PNG, "image/png")], None)
    assert refused([*inside, *logos, *files_of(5)], AttachmentRules(files=5)) == ()


@pytest.mark.parametrize("word", ["exe", ".EXE", "pdf", "application/pdf"])
def test_a_type_that_is_not_wanted_is_refused(word: str) -> None:
    rules = AttachmentRules(refused_types=(word,))
    name = "run.exe" if "exe" in word.lower() else "form.pdf"
    assert [one.why for one in refused(files_of(1, name), rules)] == ["type"]
