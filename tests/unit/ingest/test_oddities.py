"""Each file in tests/mail is one oddity; here stands what has to be read from it."""

from __future__ import annotations

from pathlib import Path

import mailparser
import pytest

from mailbot.ingest import defects
from mailbot.ingest.parse import parse
from tests.unit.ingest.oddities import FILES, read

REQUEST = "Please add my son to group 10442."
SHORT = "Please add my son."


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_oddity_is_read_and_can_be_stored(path: Path) -> None:
    message = parse(path.read_bytes())
    assert defects.NOT_READ not in message.defects
    strings = [message.subject, message.text, message.message_id, *(f.filename for f in message.attachments)]
    for person in message.from_:
        strings += [person.name, person.address]
    for string in strings:
        string.encode("utf-8")
        assert "\x00" not in string
    assert message.text.strip() or message.attachments


@pytest.mark.parametrize(
    ("name", "defect"),
    [
        ("junk-first-line", defects.JUNK_BEFORE_HEADERS),
        ("mbox-from-line", None),
        ("blank-lines-before-headers", defects.JUNK_BEFORE_HEADERS),
        ("byte-order-mark", defects.JUNK_BEFORE_HEADERS),
        ("bad-line-further-down", defects.BAD_HEADER_LINE),
        ("continuation-without-indent", defects.BAD_HEADER_LINE),
        ("no-blank-line-after-headers", defects.NO_BLANK_LINE),
        ("bare-cr-line-ends", None),
        ("bare-lf-line-ends", None),
        ("mixed-line-ends", None),
    ],
)
def test_a_broken_header_block_is_recovered(name: str, defect: str | None) -> None:
    message = read(name)
    assert message.subject.startswith("Adding a child")
    assert message.from_[0].address == "dana@broker.example"
    assert message.message_id == "a1@broker.example"
    assert message.text == REQUEST
    assert message.defects == ((defect,) if defect else ())


def test_a_mail_without_any_header_is_all_text() -> None:
    message = read("no-headers-at-all")
    assert REQUEST in message.text
    assert defects.NO_HEADERS in message.defects


@pytest.mark.parametrize(
    ("name", "subject"),
    [
        ("raw-latin1-subject", "Änderung für Jürgen"),
        ("raw-utf8-subject", "Änderung für Jürgen"),
        ("raw-koi8-subject-with-koi8-body", "Добавить ребёнка"),
        ("raw-iso-2022-jp-subject", "子供の追加"),
        ("encoded-words-split-inside-a-letter", "Jürgen"),
        ("encoded-words-adjacent-without-blank", "Schöner Tag"),
        ("encoded-word-with-raw-blanks", "Schöner Tag"),
        ("encoded-word-unclosed", "Schöner Tag"),
        ("encoded-word-with-line-break", "x Bcc: evil@evil.example"),
        ("charset-utf-7", "Grüße"),
        ("encoded-words-split-in-a-japanese-stretch", "お子様の追加"),
        ("raw-big5-subject", "(保單) 請協助更新 2026年 (眷屬) 加保"),
        ("nul-and-escape-in-subject", "Adding [31ma child"),
    ],
)
def test_a_subject_is_read_however_it_is_encoded(name: str, subject: str) -> None:
    assert read(name).subject == subject


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("raw-gb2312-without-charset", "您好，我想为我的孩子办理入保手续，请问需要哪些材料？谢谢。"),
        ("raw-cyrillic-without-charset", "Здравствуйте, добавьте, пожалуйста, моего ребёнка в группу."),
        ("raw-shift-jis-without-charset", "お世話になっております。子供を追加してください。よろしくお願いします。"),
        ("raw-koi8-subject-with-koi8-body", "Пожалуйста, добавьте моего сына."),
        ("iso-2022-jp-with-circled-digits", "① 項目"),
        ("utf8-labelled-latin1", "Grüße und €"),
        ("cp1252-labelled-latin1", "“Grüße” € 100"),
        ("gbk-labelled-gb2312", "朱镕基先生"),
        ("one-bad-byte-in-utf8", "Größe ist üblich, schön und grün"),
        ("charset-unknown", "Grüße"),
        ("charset-utf-7", "Grüße +ADw-script+AD4-"),
        ("base64-with-junk-and-no-padding", "Please add my son"),
        ("base64-in-padded-pieces", "Please add my son"),
        ("base64-with-a-list-footer", "Please add\n_______________\nThe list's footer."),
        ("base64-that-was-never-encoded", "Please add my son\nto group ten"),
        (
            "base64-unpadded-with-a-list-footer",
            "Please add my son Leo to group 10442 with the first of December, thank you very much. D\n"
            "_______________\nThe list's footer.",
        ),
        ("base64-behind-a-header-that-spilled", "The form."),
        ("boundary-closed-at-once", "--b1--\n\nPlease add my son."),
        ("multipart-without-any-delimiter", SHORT),
        ("body-named-like-a-file", SHORT),
        ("only-text-is-named-and-inline", SHORT),
        ("boundary-prefix-of-another", "Please add my son.\nPlease add my daughter."),
        ("uuencode-in-text", "The list follows.\n\n\nDana"),
    ],
)
def test_no_letter_of_a_text_is_lost(name: str, text: str) -> None:
    assert read(name).text.replace("\n\n\n", "\n\n") == text.replace("\n\n\n", "\n\n")


def test_flowed_lines_are_joined_and_the_signature_mark_stays() -> None:
    text = read("format-flowed-delsp").text
    assert text.startswith("Please add my son to the plan.\n")
    assert "\n--" in text


@pytest.mark.parametrize(
    ("name", "people"),
    [
        ("unquoted-comma-in-name", [("Reed, Dana", "dana@broker.example")]),
        ("encoded-word-in-quoted-name", [("Müller, Bernd", "dana@broker.example")]),
        ("encoded-word-holds-the-whole-address", [("Jörg", "joerg@broker.example")]),
        ("from-empty", []),
        ("from-twice", [("Dana Reed", "dana@broker.example"), ("", "eve@evil.example")]),
        ("from-group", [("", "dana@broker.example"), ("", "eve@evil.example")]),
        ("from-nested-comments", [("", "dana@broker.example")]),
    ],
)
def test_from_is_read_as_it_stands(name: str, people: list[tuple[str, str]]) -> None:
    assert [(person.name, person.address) for person in read(name).from_] == people


@pytest.mark.parametrize(
    ("name", "filenames"),
    [
        ("name-in-rfc2231-pieces", ["Formüular.pdf"]),
        ("name-raw-8bit", ["Formü.pdf"]),
        ("name-with-bidi-override", ["invoicefdp.exe"]),
        ("name-climbs-directories", ["passwd .sh"]),
        ("name-is-a-windows-path", ["photo.png"]),
        ("attached-mail-without-a-name", ["Proof of birth.eml", "certificate.pdf"]),
        ("attached-mail-that-is-none", ["broken.eml"]),
        ("appledouble", ["Form.pdf", "Form.pdf"]),
        ("boundary-never-closed", ["roster.csv"]),
        ("boundary-parameter-missing", ["roster.csv"]),
        ("boundary-with-text-behind-it", ["roster.csv"]),
        ("boundary-prefix-of-another", ["roster.csv"]),
        ("empty-file-attached", ["empty.pdf"]),
        ("only-text-is-named-and-inline", ["letter.txt"]),
        ("uuencode-in-text", ["list.txt"]),
        ("base64-behind-a-header-that-spilled", ["form.pdf"]),
        ("header-name-of-a-thousand-letters", ["form.pdf"]),
        ("boundary-spoiled-behind-a-file", ["card.gif"]),
    ],
)
def test_every_file_has_a_safe_name(name: str, filenames: list[str]) -> None:
    assert [file.filename for file in read(name).attachments] == filenames


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("base64-behind-a-header-that-spilled", 22),
        ("header-name-of-a-thousand-letters", 22),
        ("boundary-spoiled-behind-a-file", 153),
    ],
)
def test_a_file_has_all_its_bytes_and_no_others(name: str, size: int) -> None:
    (file,) = read(name).attachments
    assert file.size == size


def test_a046_an_id_of_a_part_is_one_clean_line() -> None:
    (file,) = read("nul-in-a-content-id").attachments
    assert file.content_id == "form @broker.example"


def test_pain_30_a_logo_is_told_from_a_document() -> None:
    files = {file.filename: file.flags for file in read("outlook-logo-and-document").attachments}
    assert files == {"image001.png": ("logo",), "form.pdf": ()}


def test_pain_28_an_attached_mail_is_kept_and_opened() -> None:
    outer, inner = read("attached-mail-without-a-name").attachments
    assert (outer.part, outer.content_type) == ("2", "message/rfc822")
    assert "The certificate." in outer.text
    assert (inner.part, inner.content_type) == ("2/2", "application/pdf")


DIVIDED = [path for path in FILES if path.stem.startswith(("boundary", "multipart", "appledouble", "attached", "name"))]


@pytest.mark.parametrize("path", DIVIDED, ids=lambda path: path.stem)
def test_a028_what_a_second_parser_shows_is_never_missing_from_ours(path: Path) -> None:
    theirs = mailparser.parse_from_bytes(path.read_bytes())
    message = parse(path.read_bytes())
    ours = "".join("".join([message.text, *(file.text for file in message.attachments)]).split())
    for text in theirs.text_plain:
        assert "".join(text.split()) in ours


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("boundary-with-two-dashes-more-inside", [SHORT]),
        ("two-types-in-a-part", [SHORT, "And my daughter."]),
    ],
)
def test_no_text_is_lost_between_two_readings_of_the_parts(name: str, said: list[str]) -> None:
    text = read(name).text
    assert all(sentence in text for sentence in said)
