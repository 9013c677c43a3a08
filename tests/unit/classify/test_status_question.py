"""Who asks nothing but how their cases stand, in three languages; and who has anything else to say."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mailbot.cases.number import mint
from mailbot.cases.understanding import Intent
from mailbot.classify import playbook as playbooks
from mailbot.classify.folding import fold
from mailbot.classify.status_question import _QUESTIONS, _plain, asks_status, names_a_case, numbers_asked
from mailbot.classify.understand import understand
from mailbot.mail import Address, Attachment, ForwardedHeader, Kind
from tests.mails import MONDAY, message

NUMBER = "261121-0000428"
ENGLISH = [
    "status",
    "Status?",
    "STATUS",
    "status please",
    f"Status {NUMBER}",
    f"status of case {NUMBER}",
    f"status of #{NUMBER}",
    f"[Case {NUMBER}] status",
    f"case {NUMBER} status?",
    f"What is the status of my case {NUMBER}?",
    "Please send me the status of my cases",
    "Could you give me a status update?",
    "any updates?",
    "Any news on my request?",
    "How does it stand?",
    "Where do things stand?",
    "Hi,\n\nwhat’s the status?\n\nThanks,\nDana",
    "Hello team,\nany update on my request?\n\nBest regards,\nDana Reed\nReed Brokers LLC",
]
SPANISH = [
    "Estado",
    "estatus por favor",
    "Estado de mi solicitud",
    f"¿Cuál es el estado de mi caso {NUMBER}?",
    "Hola, ¿en qué estado está mi solicitud?\nGracias",
    "¿Alguna novedad?",
    "¿Cómo va mi trámite?",
    "Buenos días,\n¿cuál es el estado?\nSaludos,\nRosa Ibáñez",
]
CHINESE = [
    "状态",
    "進度？",
    f"状态 {NUMBER}",
    f"案件 {NUMBER} 的进度",
    "您好，\n查询进度\n谢谢",
    "请问我的案件进度如何？",
    "我的申请怎么样了？",
]
SOMETHING_ELSE = [
    "Is Jane enrolled?",
    "What is the status of claim 123456789?",
    "status of Jane's enrollment",
    "Please tell me the status of Jane Doe's application",
    "status: the group is 0140026",
    "My marital status changed",
    "status quo",
    "update",
    "please update my address",
    "any update on the invoice 123",
    "How are you?",
    "estado civil",
    "Estado de Florida",
    "¿Cómo está?",
    "¿Cómo va la reclamación 12345?",
    "我的保险卡状态",
    "status\nAlso please add my son to the plan",
    "Status\n\nPlease add my son",
    "status\nThanks\nadd Tom Reed",
    "status\nThanks, and please add my son",
    "status\nThanks\nTom Reed, born 2020-01-01",
    "status\nDana Reed",
    "status\nThanks\nOne Two\nThree Four\nFive Six\nSeven Eight",
    "status " * 300,
    "status\n" * 13,
]


@pytest.mark.parametrize("text", ENGLISH)
def test_it_is_asked_in_english(text: str) -> None:
    assert asks_status(text, "New dependent") == "en"
    assert asks_status(text, "New dependent", fold(text)) == "en"


@pytest.mark.parametrize("text", SPANISH)
def test_it_is_asked_in_spanish(text: str) -> None:
    assert asks_status(text, "") == "es"


@pytest.mark.parametrize("text", CHINESE)
def test_it_is_asked_in_chinese(text: str) -> None:
    assert asks_status(text, "") == "zh"


@pytest.mark.parametrize("text", SOMETHING_ELSE)
def test_who_says_anything_else_asks_something_else(text: str) -> None:
    assert asks_status(text, "status") is None


def test_the_subject_asks_where_the_text_is_empty() -> None:
    assert [asks_status(text, "Estado") for text in ("", " \n\n ", ">")] == ["es", "es", None]
    assert asks_status("", "New dependent") is None
    assert asks_status("", "") is None


def test_numbers_in_the_text_are_read_and_wrong_ones_are_noticed() -> None:
    number = mint(MONDAY.date(), 42)
    assert numbers_asked(f"status of {number} and [Case {number[:-1]}x]") == (number,)
    assert names_a_case("status 261121-0000429", "")
    assert names_a_case("status", "Re: [Case 261121-0000429]")
    assert not names_a_case("status of 123456", "Group 0140026")


def test_a_long_text_is_not_even_looked_at() -> None:
    assert asks_status("status" + "\n" * 1_400, "") == "en"
    assert asks_status("status" + "\n" * 1_500, "") is None
    # What stands far to the right is not overlooked.
    assert asks_status("status" + " " * 130 + "add my son", "") is None
    assert asks_status("", "status" + " " * 130 + "add my son") is None


def test_a_mail_that_asks_is_understood_to_ask_in_its_language() -> None:
    for text, language in (("status?", "en"), ("estado", "es"), ("状态", "zh")):
        for kind in (Kind.INQUIRY, Kind.REPLY):
            found = understand(message(text=text, new_text=text), kind, playbooks.load(), MONDAY)
            assert (found.intent, found.status_only, found.language) == (Intent.STATUS, True, language)
            assert (found.confidence, found.missing) == (0.0, ())


@pytest.mark.parametrize(
    "changes",
    [
        {"attachments": (Attachment("2", "form.pdf", "application/pdf", "application/pdf", 9, "", inline=False),)},
        {"forwarded": ForwardedHeader(Address("eve@elsewhere.example"))},
    ],
    ids=["a file", "a forwarded mail"],
)
def test_a_mail_that_brings_anything_is_no_mere_question(changes: dict[str, object]) -> None:
    found = understand(message(text="status", new_text="status", **changes), Kind.INQUIRY, playbooks.load(), MONDAY)
    assert not found.status_only


@pytest.mark.parametrize("text", [*ENGLISH, *SPANISH, *CHINESE])
@pytest.mark.parametrize("change", [str.upper, str.title, lambda text: f"  {text} \n", lambda text: f"{text}!!"])
def test_no_question_is_lost_by_the_look_for_its_words(text: str, change: Callable[[str], str]) -> None:
    """Most mail has none of the words that such a question is made of, and is looked at no further."""
    changed = change(text)
    plain = _plain(changed)
    spoken = {"en": plain, "es": plain, "zh": plain.replace(" ", "")}
    asked = next((name for name, asks in _QUESTIONS.items() if asks.fullmatch(spoken[name])), None)
    assert asked is None or asks_status(changed, "") == asked
    assert asks_status(text, "") is not None


@pytest.mark.parametrize("line", ["Please add Ann Lee.", "Adjunto el formulario.", "请加上我的女儿"])
def test_a_mail_without_those_words_asks_nothing(line: str) -> None:
    assert asks_status(line, "") is None and asks_status("", line) is None
