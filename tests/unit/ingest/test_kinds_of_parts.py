"""Which parts are the text and which are files, however a program put the mail together."""

from __future__ import annotations

import base64

import pytest

from mailbot.cases.rules import AttachmentRules
from mailbot.ingest import defects
from mailbot.ingest.attachments import refused
from mailbot.ingest.parse import parse
from mailbot.mail import Message
from tests.unit.ingest.raw import HEAD

TEXT = b"Content-Type: text/plain\n\nPlease add my son."
HTML = b"Content-Type: text/html\n\n<p>Please add my son.</p>"
MORE = b"Content-Type: text/plain\n\nAnd my daughter."
PDF = b'Content-Type: application/pdf; name="form.pdf"\n\n%PDF-1.4'
SAID = "Please add my son."


def divided(kind: str, *parts: bytes) -> bytes:
    joined = b"".join(b"--b\n" + part + b"\n" for part in parts)
    return HEAD + f"Content-Type: multipart/{kind}; boundary=b\n\n".encode() + joined + b"--b--\n"


def whole(headers: str, body: bytes) -> bytes:
    return HEAD + headers.encode() + b"\n\n" + body


def names(message: Message) -> list[str]:
    return [file.filename for file in message.attachments]


@pytest.mark.parametrize("kind", ["mixed", "related", "report", "signed", "x-unknown", "parallel", "form-data"])
def test_the_text_and_the_file_are_told_in_every_kind_of_multipart(kind: str) -> None:
    message = parse(divided(kind, TEXT, PDF))
    assert message.text == SAID
    assert names(message) == ["form.pdf"]


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        ((TEXT, PDF, MORE), "Please add my son.\nAnd my daughter."),
        ((HTML, PDF, MORE), "Please add my son.\n\nAnd my daughter."),
        ((PDF, TEXT), "Please add my son."),
        ((TEXT, MORE, PDF), "Please add my son.\nAnd my daughter."),
    ],
)
def test_text_around_a_file_is_one_text(parts: tuple[bytes, ...], text: str) -> None:
    message = parse(divided("mixed", *parts))
    assert message.text == text
    assert names(message) == ["form.pdf"]


@pytest.mark.parametrize(
    "parts",
    [(TEXT, HTML), (HTML, TEXT), (b"Content-Type: text/plain\n\n\n", HTML), (TEXT, b"Content-Type: text/html\n\n")],
)
def test_of_two_forms_of_a_text_one_is_shown(parts: tuple[bytes, ...]) -> None:
    message = parse(divided("alternative", *parts))
    assert (message.text, message.attachments) == (SAID, ())


@pytest.mark.parametrize(
    ("headers", "name"),
    [
        ('Content-Type: text/plain; name="notes.txt"\nContent-Disposition: attachment', "notes.txt"),
        ('Content-Type: text/plain\nContent-Disposition: attachment; filename="notes.txt"', "notes.txt"),
        ('Content-Type: text/plain; name="notes.txt"', "notes.txt"),
        ('Content-Type: text/plain\nContent-Disposition: inline; filename="notes.txt"', "notes.txt"),
        ('Content-Type: text/html; name="page.html"\nContent-Disposition: attachment', "page.html"),
        ('Content-Type: text/csv; name="roster.csv"', "roster.csv"),
        ('Content-Type: text/x-vcard; name="dana.vcf"', "dana.vcf"),
        ("Content-Type: text/calendar; method=REQUEST", ""),
        ('Content-Disposition: attachment; filename="notes.txt"', "notes.txt"),
        ('Content-Type: application/octet-stream; name="notes.txt"', "notes.txt"),
    ],
)
def test_a_text_that_was_attached_is_a_file_and_no_text(headers: str, name: str) -> None:
    message = parse(divided("mixed", TEXT, f"{headers}\n\nThe notes.".encode()))
    assert message.text == SAID
    assert names(message) == [name]
    assert message.attachments[0].content == b"The notes."


@pytest.mark.parametrize("kind", ["text/markdown", "text/x-foo", "text/unknown", "text/plain2", "text/troff"])
def test_a_text_of_a_kind_that_nobody_knows_is_shown(kind: str) -> None:
    message = parse(whole(f"Content-Type: {kind}", b"Please add my son."))
    assert (message.text, message.attachments) == (SAID, ())


@pytest.mark.parametrize("kind", ["text/csv", "text/calendar", "text/vcard", "text/xml", "text/rtf"])
def test_a_mail_that_is_nothing_but_a_file_has_no_text(kind: str) -> None:
    message = parse(whole(f"Content-Type: {kind}", b"a,b\n1,2"))
    assert message.text == ""
    assert [file.declared_type for file in message.attachments] == [kind]


def test_a_text_of_an_unknown_kind_beside_a_known_one_is_a_file() -> None:
    message = parse(divided("mixed", TEXT, b"Content-Type: text/markdown\n\n# Notes"))
    assert message.text == SAID
    assert [file.declared_type for file in message.attachments] == ["text/markdown"]


@pytest.mark.parametrize(
    "part",
    [
        b"Content-Type: application/pgp-signature; name=signature.asc\n\n-----BEGIN PGP SIGNATURE-----",
        b"Content-Type: application/pkcs7-signature; name=smime.p7s\n\nx",
        b"Content-Type: text/x-amp-html\n\n<html amp4email>",
        b"Content-Type: text/watch-html\n\n<b>x</b>",
    ],
)
def test_what_a_program_added_is_kept_and_counts_as_no_file(part: bytes) -> None:
    message = parse(divided("mixed", TEXT, part))
    assert len(message.attachments) == 1
    assert refused(message.attachments, AttachmentRules(files=0)) == ()


def test_a_program_under_the_type_of_a_signature_is_refused() -> None:
    part = b"Content-Type: application/pgp-signature; name=signature.exe\n\nMZ" + bytes(100)
    message = parse(divided("mixed", TEXT, part))
    assert [one.why for one in refused(message.attachments, AttachmentRules(files=5))] == ["type"]


@pytest.mark.parametrize(
    ("declared", "line"),
    [
        ('boundary="abc "', "--abc"),
        ('boundary="abc "', "--abc "),
        ('boundary="a b c"', "--a b c"),
        ("BOUNDARY=abc", "--abc"),
        ("boundary='abc'", "--'abc'"),
        ('boundary="----=_NextPart_000_0000"', "------=_NextPart_000_0000"),
        ("boundary=abc; charset=utf-8", "--abc"),
        ("charset=utf-8; boundary=abc", "--abc"),
        ('boundary="=_(abc):?/,."', "--=_(abc):?/,."),
        ("boundary*0=ab; boundary*1=c", "--abc"),
    ],
)
def test_parts_are_found_however_the_boundary_is_written(declared: str, line: str) -> None:
    body = f"{line}\nContent-Type: text/plain\n\n{SAID}\n{line.rstrip()}--\n".encode()
    message = parse(whole(f"Content-Type: multipart/mixed; {declared}", body))
    assert message.text == SAID
    assert message.defects == ()


@pytest.mark.parametrize(
    ("encoding", "body", "text"),
    [
        ("quoted-printable", b"Hello=20\nWorld=\n", "Hello\nWorld"),
        ("quoted-printable", b"100=% sure =ZZ a=b =3D", "100=% sure =ZZ a=b ="),
        ("quoted-printable", b"gr=c3=bc=c3=9fe", "grüße"),
        ("Quoted-Printable (soft)", b"gr=C3=BC", "grü"),
        ("quoted-printable", b"one=\r\ntwo", "onetwo"),
        ("quoted-printable", b"one= \ntwo", "one= \ntwo"),
        ("BASE64", base64.b64encode("grüße".encode()), "grüße"),
        ("7bit", "grüße".encode(), "grüße"),
        ("8bit", "grüße".encode(), "grüße"),
        ("binary", "grüße".encode(), "grüße"),
        ("x-unknown", "grüße".encode(), "grüße"),
        ("", "grüße".encode(), "grüße"),
        ("utf-8", "grüße".encode(), "grüße"),
    ],
)
def test_a_text_is_decoded_as_its_encoding_says(encoding: str, body: bytes, text: str) -> None:
    headers = f"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: {encoding}"
    assert parse(whole(headers, body)).text.split("\n") == [line.rstrip() for line in text.split("\n")]


@pytest.mark.parametrize(
    ("charset", "raw"),
    [
        ("utf-16", "Grüße".encode("utf-16")),
        ("utf-16le", "Grüße".encode("utf-16-le")),
        ("utf-8", b"\xef\xbb\xbfGr\xc3\xbc\xc3\x9fe"),
        ("iso-8859-1", "Grüße".encode()),
        ("windows-1252", "Grüße".encode("cp1252")),
        ("cp850", "Grüße".encode("cp850")),
        ("macintosh", "Grüße".encode("mac_roman")),
        ("x-mac-roman", "Grüße".encode("mac_roman")),
        ("utf8", "Grüße".encode()),
        ("'utf-8'", "Grüße".encode()),
        ("", "Grüße".encode("cp1252")),
    ],
)
def test_a_text_is_read_in_the_charset_that_fits(charset: str, raw: bytes) -> None:
    assert parse(whole(f"Content-Type: text/plain; charset={charset}", raw)).text == "Grüße"


def test_an_attached_mail_in_base64_is_opened() -> None:
    inner = b"From: Bob Marsh <bob@marsh.example>\nSubject: New son\n\nPlease add Leo."
    part = b"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n" + base64.encodebytes(inner)
    (file,) = parse(divided("mixed", TEXT, part)).attachments
    assert "Please add Leo." in file.text
    assert file.content == inner


def test_two_files_of_one_name_are_both_kept() -> None:
    second = PDF.replace(b"1.4", b"1.7")
    files = parse(divided("mixed", TEXT, PDF, second)).attachments
    assert [file.filename for file in files] == ["form.pdf", "form.pdf"]
    assert len({file.sha256 for file in files}) == 2
    assert len({file.part for file in files}) == 2


@pytest.mark.parametrize(
    ("raw", "defect"),
    [
        (divided("mixed", TEXT, PDF)[:-8], defects.NOT_CLOSED),
        (divided("mixed", TEXT, PDF).replace(b"; boundary=b", b""), defects.NO_BOUNDARY),
        (divided("mixed", TEXT, PDF).replace(b"boundary=b\n", b"boundary=zz\n"), defects.NO_BOUNDARY),
    ],
)
def test_what_is_missing_in_the_frame_is_told(raw: bytes, defect: str) -> None:
    message = parse(raw)
    assert defect in message.defects
    assert SAID in message.text
