"""What a short message is for."""

from __future__ import annotations

import pytest

from mailbot.cases.understanding import Intent
from mailbot.classify.intent import intent_of, names_another_matter

THANKS = [
    "Thank you!",
    "Thanks so much for the quick reply.\n\nDana Whitlock",
    "Got it, thanks again!",
    "Thanks a bunch!",
    "Thank you.\nAna Luisa Reed Vell, Reed Brokers",
    "Perfect, thank you very much. Have a nice day",
    "Muchas gracias por su pronta respuesta.\nRosa Ibáñez",
    "Recibido, gracias.",
    "谢谢！",
    "收到，非常感谢。",
    "謝謝您的幫助",
]
WITHDRAWALS = [
    "Please disregard my earlier request.",
    "Hi, this is no longer needed. Thanks, Bob",
    "We would like to withdraw our application.",
    "Please cancel this request, he decided to stay.",
    "Por favor, ignoren mi solicitud anterior.",
    "Ya no es necesario, gracias.",
    "请取消我的申请。",
    "不需要了，谢谢。",
    "請取消我的請求。",
    "請撤回我們的申請。",
    "請忽略上一封郵件",
    "We are withdrawing our request.",
    "This request can be closed.",
    "Por favor, hagan caso omiso de mi correo.",
    "Queremos retirar nuestra solicitud.",
]
STATUS = [
    "status",
    "Status?",
    "status please",
    "What is the status of my case 261121-0000428?",
    "Estado de mi solicitud",
    "进度？",
    "狀態？",
    "Re: status",
    "status of my request [Case 261121-0000428]",
]
NEITHER = [
    "",
    "Thank you, the group number is 0458812.",
    "Thanks. When will the card arrive?",
    "Thank you for nothing, my son still has no coverage and the pharmacy turned us away again this morning.",
    "Thanks, see attached.",
    "Please disregard my previous date, use October 1 instead.",
    "Please ignore my last e-mail, the corrected form is below.",
    "He is no longer employed with us, please end his coverage.",
    "Please cancel her policy as of May 31.",
    "Por favor, den de baja a mi empleado. Gracias.",
    "请帮我补发一张卡，谢谢。",
    "Coverage is no longer needed for my wife, please end it on May 31.",
    "Ya no es necesaria la cobertura de mi esposa.",
    "不再需要这份保险的是我的妻子，请终止她的保单。",
    "My status is single and the marital status on the card is wrong.",
    "Gracias, pero todavía no me llega la tarjeta.",
    "Thanks, extension 4.",
    "Thank you. Is it good?",
    "谢谢？",
    "谢谢您的帮助，王小明李四五",
    "Thanks, we look forward to our quarterly budget review.",
    "The status of my case is unclear, and she has no card.",
    "Please disregard.",
]


@pytest.mark.parametrize("text", THANKS)
def test_nothing_but_thanks_is_thanks(text: str) -> None:
    assert intent_of(text, attachments=False) is Intent.THANKS
    assert intent_of(text, attachments=True) is Intent.NONE


@pytest.mark.parametrize("text", WITHDRAWALS)
def test_an_inquiry_is_taken_back_in_words(text: str) -> None:
    assert intent_of(text, attachments=False) is Intent.WITHDRAWAL
    assert intent_of(text, attachments=True) is Intent.NONE, "what is attached may take its place"


@pytest.mark.parametrize("text", STATUS)
def test_somebody_asks_how_it_stands(text: str) -> None:
    assert intent_of(text, attachments=False) is Intent.STATUS


@pytest.mark.parametrize("text", NEITHER)
def test_who_says_anything_more_has_no_intent(text: str) -> None:
    assert intent_of(text, attachments=False) is Intent.NONE


def test_a_long_text_has_something_to_say() -> None:
    assert intent_of("Thank you. " + "We are glad. " * 100, attachments=False) is Intent.NONE
    assert intent_of("Thank you very much. " * 11, attachments=False) is Intent.NONE
    assert intent_of("Please disregard my request. " + "We are glad. " * 60, attachments=False) is Intent.NONE


@pytest.mark.parametrize(
    "text",
    [
        "Thanks for that. On a separate note, please order a card for Lena.",
        "Different question: how do we pay online?",
        "Gracias. Otra cosa: mi dirección cambió.",
        "谢谢。另外一件事，请补发卡片。",
    ],
)
def test_somebody_says_that_they_write_about_something_else(text: str) -> None:
    assert names_another_matter(text)


def test_an_answer_is_about_the_same_matter() -> None:
    assert not names_another_matter("The group number is 0458812 and the date is October 1. Anything else you need?")
