"""ATTACKS A056-A064: names, archives, programs and signatures that lie, and how many files are taken."""

from __future__ import annotations

import struct
import zipfile
from io import BytesIO

import pytest

from mailbot.cases.rules import AttachmentRules
from mailbot.ingest.attachments import refused
from mailbot.ingest.authenticity import assess
from mailbot.ingest.parse import parse
from mailbot.mail import Attachment, Verdict
from tests.unit.ingest.oddities import read
from tests.unit.ingest.raw import HEAD, attached, mixed, only_file


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("/etc/cron.d/x", "x"),
        ("C:\\\\Windows\\\\win.ini", "win.ini"),
        ("CON", "_CON"),
        ("nul.txt", "_nul.txt"),
        ("   ", ""),
        ("..", ""),
        ("report.pdf. . ", "report.pdf"),
        ("a:b.txt", "a_b.txt"),
        ("a\tb.txt", "a b.txt"),
        ("x" * 5000 + ".pdf", "x" * 176 + ".pdf"),
    ],
)
def test_a056_a_name_is_never_a_path(name: str, shown: str) -> None:
    assert only_file(name, b"x").filename == shown


@pytest.mark.parametrize(
    ("name", "flag"),
    [("invoice.pdf.exe", "double_extension"), ("photo.jpg.html", "double_extension"), ("x.scr", "executable")],
)
def test_a057_the_real_extension_decides(name: str, flag: str) -> None:
    assert flag in only_file(name, b"x").flags


def test_a057_pieces_cannot_hide_the_extension() -> None:
    part = b"Content-Type: application/pdf\nContent-Disposition: attachment; filename*0=a.pdf; filename*1=.exe\n\nx"
    (file,) = parse(mixed(part)).attachments
    assert file.filename == "a.pdf.exe"
    assert {"executable", "double_extension"} <= set(file.flags)


def archive(entries: dict[str, bytes]) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as written:
        for name, content in entries.items():
            written.writestr(name, content)
    return out.getvalue()


def overlapped(times: int) -> bytes:
    """A directory whose entries all point to the same bytes."""
    whole = archive({"a": b"0" * 1000})
    start = whole.find(b"PK\x01\x02")
    end = whole.find(b"PK\x05\x06")
    entry = whole[start:end]
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, times, times, len(entry) * times, start, 0)
    return whole[:start] + entry * times + tail


@pytest.mark.parametrize(
    "content", [archive({"bomb": bytes(60 << 20)}), overlapped(50), archive({f"{n}": b"" for n in range(2500)})]
)
def test_a058_a_zip_bomb_is_told_by_its_directory(content: bytes) -> None:
    assert "zip_bomb" in only_file("a.zip", content.replace(b"\n", b"\n")).flags


def test_a058_an_honest_archive_is_no_bomb() -> None:
    assert only_file("a.zip", archive({"a.txt": b"hello" * 1000})).flags == ("archive",)


def locked() -> bytes:
    content = bytearray(archive({"a": b"x"}))
    content[6] |= 1
    content[content.find(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


@pytest.mark.parametrize(
    ("name", "content", "flag"),
    [
        ("a.exe", b"MZ\x90\x00", "executable"),
        ("a.txt", b"MZ\x90\x00", "executable"),
        ("a.lnk", b"L\x00\x00\x00\x01\x14\x02\x00", "executable"),
        ("a.js", b"alert(1)", "executable"),
        ("a.html", b"<html><script>x</script>", "active"),
        ("a.svg", b"<svg xmlns='x'>", "active"),
        ("a.iso", b"\x00" * 100, "disk_image"),
        ("a.docm", archive({"word/document.xml": b"", "word/vbaProject.bin": b""}), "macro"),
        ("a.docx", archive({"word/document.xml": b"", "word/vbaProject.bin": b""}), "macro"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "_VBA_PROJECT".encode("utf-16-le"), "macro"),
        ("a.zip", locked(), "encrypted"),
        ("a.pdf", b"%PDF-1.4 /Encrypt 3 0 R", "encrypted"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
    ],
)
def test_a059_what_can_harm_is_flagged(name: str, content: bytes, flag: str) -> None:
    assert flag in only_file(name, content).flags


@pytest.mark.parametrize(
    ("name", "declared", "content", "kind"),
    [
        ("form.pdf", "application/pdf", b"<html><script>", "text/html"),
        ("photo.gif", "image/gif", b"#!/bin/sh", "text/x-script"),
        ("photo.png", "image/png", b"MZ\x90", "application/x-executable"),
        ("notes.txt", "text/plain", b"%PDF-1.4", "application/pdf"),
    ],
)
def test_a060_the_content_decides_the_type(name: str, declared: str, content: bytes, kind: str) -> None:
    file = only_file(name, content, declared)
    assert file.content_type == kind
    assert "type_mismatch" in file.flags


@pytest.mark.parametrize(
    ("name", "declared", "content"),
    [
        ("form.pdf", "application/octet-stream", b"%PDF-1.4"),
        ("photo.jpg", "image/pjpeg", b"\xff\xd8\xff\xe0\x00\x10JFIF"),
        ("list.csv", "application/vnd.ms-excel", b"a,b"),
        ("a.docx", "application/zip", archive({"word/document.xml": b""})),
        ("a.doc", "application/msword", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
    ],
)
def test_a060_an_honest_file_is_not_called_a_mismatch(name: str, declared: str, content: bytes) -> None:
    assert "type_mismatch" not in only_file(name, content, declared).flags


def named(files: tuple[Attachment, ...], rules: AttachmentRules) -> list[tuple[str, str]]:
    return [(one.filename, one.why) for one in refused(files, rules)]


def test_a061_of_a_thousand_empty_files_five_are_taken_and_the_rest_named() -> None:
    message = parse(mixed(*[attached("same.txt", b"")] * 900))
    assert len(message.attachments) == 900
    refusals = refused(message.attachments, AttachmentRules())
    assert len(refusals) == 895
    assert {one.why for one in refusals} == {"too_many"}
    assert len({file.part for file in message.attachments}) == 900


def test_pain_29_what_is_refused_is_named_with_its_reason() -> None:
    message = parse(
        mixed(attached("big.pdf", b"%PDF" + b"x" * 2_000_000), attached("a.exe", b"MZ"), attached("b.mov", b"x"))
    )
    rules = AttachmentRules(files=5, megabytes=1, refused_types=("mov",))
    assert named(message.attachments, rules) == [("big.pdf", "too_large"), ("a.exe", "type"), ("b.mov", "type")]


@pytest.mark.parametrize("name", ["smime-encrypted", "pgp-encrypted"])
def test_a064_encrypted_mail_is_flagged_and_proves_nothing(name: str) -> None:
    message = read(name)
    assert all("encrypted" in file.flags for file in message.attachments)
    assert assess(message, (), None).verdict is Verdict.NONE


def test_a064_a_signature_of_another_never_raises_trust() -> None:
    raw = (
        HEAD
        + b'Content-Type: multipart/signed; protocol="application/pkcs7-signature"; boundary=b\n\n--b\n\ntext\n--b\n'
    )
    message = parse(raw + b"Content-Type: application/pkcs7-signature; name=smime.p7s\n\nx\n--b--\n")
    assert message.text == "text"
    assert assess(message, ("mx.desk.example",), None).verdict is Verdict.NONE
