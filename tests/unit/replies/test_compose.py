"""The letter as a stranger's mail program sees it."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message as ParsedMail

import pytest

from mailbot.cases.rules import Duration, Unit
from mailbot.mail import Address, Letter
from mailbot.replies.compose import compose, filled
from mailbot.replies.headers import ComposeError
from mailbot.replies.plan import LetterKind, LetterPlan, Marks, RefusedFile
from mailbot.replies.samples import bare_plan, sample_desk, sample_plan
from mailbot.replies.templates import LetterTemplates, load_templates

ACKNOWLEDGMENT = LetterKind.ACKNOWLEDGMENT


@pytest.fixture(scope="module")
def templates() -> LetterTemplates:
    return load_templates()


def parsed(letter: Letter) -> ParsedMail:
    return message_from_bytes(letter.content)


def parts(letter: Letter) -> tuple[str, str]:
    text, html = (part.get_payload(decode=True) for part in parsed(letter).get_payload())  # type: ignore[union-attr]
    return text.decode(), html.decode()  # type: ignore[union-attr]


def header_names(letter: Letter) -> list[str]:
    return [name for name, _ in parsed(letter).items()]


def subject(letter: Letter) -> str:
    return str(make_header(decode_header(parsed(letter)["Subject"])))


def test_an_acknowledgment_has_just_these_headers(templates: LetterTemplates) -> None:
    letter = compose(sample_plan(ACKNOWLEDGMENT, "en"), sample_desk(), templates)
    assert header_names(letter) == [
        "Date",
        "From",
        "To",
        "Subject",
        "Message-ID",
        "In-Reply-To",
        "References",
        "Reply-To",
        "Auto-Submitted",
        "X-Auto-Response-Suppress",
        "X-Mailbot-Letter",
        "X-Mailbot-Loop",
        "MIME-Version",
        "Content-Type",
        "Content-Transfer-Encoding",
    ]
    mail = parsed(letter)
    assert mail["Date"] == "Sat, 21 Nov 2026 09:30:00 -0500"
    assert mail["From"] == '"Enrollment Desk" <enrollment@desk.example>'
    assert mail["To"] == "pat.sample@broker.example"
    assert mail["Reply-To"] == "enrollment+k7m2p9t4x3v8w5z6q1r0s9d8f7g6h5j4k3@desk.example"
    assert mail["Auto-Submitted"] == "auto-replied"
    assert mail["X-Auto-Response-Suppress"] == "All"
    assert mail["X-Mailbot-Letter"] == "acknowledgment"
    assert mail.get_content_type() == "multipart/alternative"


@pytest.mark.parametrize("language", ["en", "es", "zh"])
def test_an_acknowledgment_says_number_category_and_promise(templates: LetterTemplates, language: str) -> None:
    plan = sample_plan(ACKNOWLEDGMENT, language)
    letter = compose(plan, sample_desk(), templates)
    words = templates.words[language]
    assert plan.answer_by is not None
    for part in parts(letter):
        unwrapped = " ".join(part.split())
        assert "261121-0000428" in unwrapped
        assert plan.category in unwrapped
        assert words.day(plan.answer_by) in unwrapped
        assert words.span(Duration(2, Unit.BUSINESS_DAYS)) in unwrapped
        assert "ref:k7m2p9t4x3v8w5z6q1r0s9d8f7g6h5j4k3:ref" in unwrapped
    assert letter.language == language
    assert f'<html lang="{words.lang}"' in parts(letter)[1]


@pytest.mark.parametrize("language", ["en", "es", "zh"])
def test_the_case_number_stands_in_the_subject_as_plain_ascii(templates: LetterTemplates, language: str) -> None:
    letter = compose(sample_plan(ACKNOWLEDGMENT, language), sample_desk(), templates)
    assert "[Case 261121-0000428]" in parsed(letter)["Subject"]
    assert subject(letter) == letter.subject
    assert letter.subject.endswith(" [Case 261121-0000428]")


def test_every_line_ends_with_crlf_and_none_is_too_long(templates: LetterTemplates) -> None:
    for language in ("en", "es", "zh"):
        content = compose(sample_plan(ACKNOWLEDGMENT, language), sample_desk(), templates).content
        lines = content.split(b"\r\n")
        assert all(b"\n" not in line and b"\r" not in line for line in lines)
        assert max(map(len, lines)) <= 78
        assert content.isascii()


def test_the_same_plan_gives_the_same_bytes(templates: LetterTemplates) -> None:
    plan = sample_plan(ACKNOWLEDGMENT, "zh")
    assert compose(plan, sample_desk(), templates) == compose(plan, sample_desk(), load_templates())


def test_an_acknowledgment_has_the_null_return_path(templates: LetterTemplates) -> None:
    assert compose(sample_plan(ACKNOWLEDGMENT, "en"), sample_desk(), templates).envelope_sender == ""


def test_an_unknown_language_is_written_to_in_the_language_of_the_desk(templates: LetterTemplates) -> None:
    desk = replace(sample_desk(), language="es")
    assert compose(sample_plan(ACKNOWLEDGMENT, "pt"), desk, templates).language == "es"
    assert compose(sample_plan(ACKNOWLEDGMENT, "zh-Hant"), desk, templates).language == "zh"
    assert compose(sample_plan(ACKNOWLEDGMENT, "pt"), replace(desk, language="fr"), templates).language == "en"


def test_the_least_acknowledgment_promises_nothing_that_was_not_said(templates: LetterTemplates) -> None:
    letter = compose(bare_plan(ACKNOWLEDGMENT, "en"), sample_desk(), templates)
    text, _ = parts(letter)
    assert "within" not in text
    assert "Social Security" not in text
    assert "could not keep" not in text.lower()
    assert "ref:" not in text
    assert "In-Reply-To" not in header_names(letter)


def test_a_warning_stands_only_where_a_social_security_number_was_sent(templates: LetterTemplates) -> None:
    plan = sample_plan(ACKNOWLEDGMENT, "en")
    with_number, without = (
        parts(compose(replace(plan, contains_ssn=there), sample_desk(), templates)) for there in (True, False)
    )
    assert all("Social Security" in part for part in with_number)
    assert not any("Social Security" in part for part in without)


def test_a097_a_refused_file_is_named_without_its_numbers_and_cannot_be_a_link(templates: LetterTemplates) -> None:
    names = ("SSN 123-45-6789 Jane.pdf", "http://evil.example/x.exe", "a\r\nBcc: x@y.example.zip", "…", "")
    plan = replace(sample_plan(ACKNOWLEDGMENT, "en"), refused=tuple(RefusedFile(name, "too_large") for name in names))
    text, html = parts(compose(plan, sample_desk(), templates))
    assert '"SSN ###-##-#### Jane (PDF)"' in text
    for secret in ("123-45-6789", "evil.example", "http://evil", "x@y"):
        assert secret not in text
        assert secret not in html


def test_the_notice_of_the_language_and_help_in_the_others_stand_at_the_end(templates: LetterTemplates) -> None:
    text, html = parts(compose(sample_plan(ACKNOWLEDGMENT, "en"), sample_desk(), templates))
    assert "civil rights laws" in text
    assert "Notice 2026-11" in text
    assert '<p lang="es"' in html
    assert '<p lang="zh-Hans"' in html
    assert '<p lang="en"' not in html


def test_a_guide_that_is_no_web_address_is_left_out(templates: LetterTemplates) -> None:
    plan = replace(sample_plan(ACKNOWLEDGMENT, "en"), guide="javascript:alert(1)")
    assert "javascript" not in "".join(parts(compose(plan, sample_desk(), templates)))


INJECTIONS = ["x\r\nBcc: e@x.example", "x\nBcc: e@x.example", "x\rBcc", "x\x00y", "x\x85y", "x\u2028y", "x\u202ey"]


@pytest.mark.parametrize("value", INJECTIONS)
@pytest.mark.parametrize("place", ["message_id", "reply_to", "loop", "number", "to", "desk_name", "desk_address"])
def test_a040_nothing_gets_a_line_end_or_control_character_into_a_header(
    templates: LetterTemplates, place: str, value: str
) -> None:
    plan, desk = sample_plan(ACKNOWLEDGMENT, "en"), sample_desk()
    address = f"{value}@x.example"
    changed: dict[str, LetterPlan] = {
        "message_id": replace(plan, marks=replace(plan.marks, message_id=address)),
        "reply_to": replace(plan, marks=replace(plan.marks, reply_to=address)),
        "loop": replace(plan, marks=replace(plan.marks, loop=value)),
        "number": replace(plan, case_number=value),
        "to": replace(plan, to=Address(address)),
    }
    if place == "desk_name":
        desk = replace(desk, name=value)
    if place == "desk_address":
        desk = replace(desk, address=address)
    with pytest.raises(ComposeError):
        compose(changed.get(place, plan), desk, templates)


@pytest.mark.parametrize("value", [*INJECTIONS, "=?utf-8?q?x=0D=0ABcc:_e@x.example?=", "a b", "a>", "", "x" * 400])
def test_a040_an_id_from_a_strangers_mail_is_left_out_when_it_is_not_sound(
    templates: LetterTemplates, value: str
) -> None:
    plan = replace(sample_plan(ACKNOWLEDGMENT, "en"), in_reply_to=f"{value}\r\n", references=(f"{value} ", "good@x"))
    mail = parsed(compose(plan, sample_desk(), templates))
    assert mail["In-Reply-To"] is None
    assert mail["References"] == "<good@x>"
    assert mail["Bcc"] is None


def test_a040_an_encoded_display_name_of_the_recipient_never_goes_out(templates: LetterTemplates) -> None:
    to = Address("pat@broker.example", "=?utf-8?q?x=0D=0ABcc:_e@x.example?= You won 1,000 dollars")
    letter = compose(replace(sample_plan(ACKNOWLEDGMENT, "en"), to=to), sample_desk(), templates)
    assert parsed(letter)["To"] == "pat@broker.example"
    assert b"won" not in letter.content


@pytest.mark.parametrize("value", ["{{7*7}}", "{% raw %}x", "%s %(x)s", "${x}", "{0.__class__}", "<b>&amp;"])
def test_a105_values_are_never_templates_nor_markup(templates: LetterTemplates, value: str) -> None:
    plan = replace(sample_plan(ACKNOWLEDGMENT, "en"), category=value)
    text, html = parts(compose(plan, sample_desk(), templates))
    assert f"About: {value}" in text
    assert value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") in html


def test_references_grow_by_the_parent_and_keep_the_first_and_the_latest(templates: LetterTemplates) -> None:
    above = tuple(f"m{n}@x.example" for n in range(30))
    plan = replace(sample_plan(ACKNOWLEDGMENT, "en"), references=above, in_reply_to="parent@x.example")
    ids = parsed(compose(plan, sample_desk(), templates))["References"].split()
    assert len(ids) == 20
    assert ids[0] == "<m0@x.example>"
    assert ids[-2:] == ["<m29@x.example>", "<parent@x.example>"]


def test_a_desk_name_in_another_script_reads_as_it_is(templates: LetterTemplates) -> None:
    desk = replace(sample_desk(), name="Oficina de Inscripción, Área de Atención a Grupos y Productores de Seguros")
    mail = parsed(compose(sample_plan(ACKNOWLEDGMENT, "es"), desk, templates))
    assert str(make_header(decode_header(mail["From"]))) == f"{desk.name} <{desk.address}>"


def test_a_domain_in_another_script_is_written_in_ascii(templates: LetterTemplates) -> None:
    plan = replace(sample_plan(ACKNOWLEDGMENT, "en"), to=Address("pat@bücher.example"))
    assert parsed(compose(plan, sample_desk(), templates))["To"] == "pat@xn--bcher-kva.example"


@pytest.mark.parametrize(
    "address", ["pät@x.example", "no-at.example", "a b@x.example", "a@b@x.example", "@x", "x@", ""]
)
def test_an_address_that_mail_cannot_carry_gets_no_letter(templates: LetterTemplates, address: str) -> None:
    with pytest.raises(ComposeError):
        compose(replace(sample_plan(ACKNOWLEDGMENT, "en"), to=Address(address)), sample_desk(), templates)


def test_without_a_token_the_desk_itself_is_answered(templates: LetterTemplates) -> None:
    plan = replace(sample_plan(ACKNOWLEDGMENT, "en"), marks=Marks("o.1@desk.example"))
    assert parsed(compose(plan, sample_desk(), templates))["Reply-To"] == "enrollment@desk.example"


def test_long_lines_are_filled_and_lists_keep_their_indent() -> None:
    text = filled("1. " + "word " * 30 + "\n\n\n\n" + "https://x.example/" + "a" * 100 + "\n")
    lines = text.splitlines()
    assert all(len(line) <= 76 for line in lines if "https" not in line)
    assert lines[1].startswith("   word")
    assert text.count("\n\n") == 1
    assert text.endswith("a\n")
