"""Answers that only say when the answer will come."""

from __future__ import annotations

import pytest

from mailbot.cases.understanding import Found, Intent, Where
from mailbot.classify import playbook
from mailbot.classify.promise import only_promises
from mailbot.classify.understand import understand
from mailbot.mail import Kind
from tests.mails import MONDAY, message

PLAYBOOK = playbook.load(None)
PROMISES = [
    "Thanks, I will look it up and send it tomorrow.",
    "I'll get back to you shortly.",
    "Will do!",
    "Hi Ann,\nI need to ask HR for the form. I'll send it by Friday.\nThanks,\nDana Reed",
    "Let me check with our office and I will forward it on 12/3.",
    "Give me a few days, please.",
    "Sorry for the delay - working on it, will send everything first thing Monday morning.",
    "We will provide the missing information as soon as possible.",
    "Understood, the documents will follow shortly.",
    "I will send the signed form once I have it back from the employee.",
    "Got it. Will email it tonight by 9:30 pm.",
    "Se lo envío mañana, gracias.",
    "Gracias. Voy a buscar el formulario y se lo mando el lunes.",
    "Lo enviaré en cuanto lo tenga.",
    "Estamos buscando los documentos, se los mandaremos esta semana.\nSaludos,\nRosa Ibáñez",
    "谢谢，我明天发给您。",
    "收到，我去查一下，稍后回复您。",
    "我们会尽快把表格发给您。",
    "資料正在準備，下週提交。",
    "Ann,\nwill do.",
]
ANSWERS = [
    "",
    "Thank you!",
    "I will send the form tomorrow. The member id is Q1234567.",
    "I'll send the rest tomorrow; her doctor is Ada Vell.",
    "Ada Vell. I'll send the form tomorrow.",
    "Her new doctor: Vell. Will send the form.",
    "I will send it tomorrow. When does the coverage begin?",
    "Will you send it tomorrow?",
    "I will be moving to 12 Elm Street in May.",
    "We will not enroll him after all.",
    "I will send nothing more, this is ridiculous.",
    "She will start on May 1, so please send the card.",
    "Please send me the form, I will fill it in.",
    "He has no middle name.",
    "Se lo envío mañana. El número de grupo es 0458812.",
    "La doctora es Ada Vell, y le mando el formulario mañana.",
    "我明天发表格，会员号是 Q1234567。",
    "医生是王大明，表格明天发给您。",
    "I will send it to you at dana@broker.example",
    "Group 55512, form will follow.",
    "I will send it. " + "It is a long story. " * 30,
    "I will send it tomorrow. " + "Thank you. " * 50,
    "I'll send it tomorrow.\nThanks\n" + "\n".join(["Thanks"] * 15) + "\nher doctor is Ada Vell",
    "I'll send it tomorrow.\ncancel the rest",
    "I'll send it tomorrow.\nAda Vell is her doctor",
    "I'll send it tomorrow.\nAda, she is new",
    "I'll send it tomorrow.\nCancel The Whole Old Policy",
    "I'll send it tomorrow.\nGroup 55512",
    "Ada Vell:",
]


@pytest.mark.parametrize("text", PROMISES)
def test_who_only_promises_brings_nothing(text: str) -> None:
    assert only_promises(text, (), papers=False)


@pytest.mark.parametrize("name", ["Dana", "Mary-Ann O'Neil Jr.", "Ana Luisa Reed Vell", "Dana Reed\nReed Brokers"])
def test_a_name_below_a_promise_is_who_promises(name: str) -> None:
    assert only_promises(f"I'll send it tomorrow.\n\n{name}", (), papers=False)


@pytest.mark.parametrize("text", PROMISES)
def test_a_promise_that_comes_with_a_paper_is_an_answer(text: str) -> None:
    assert not only_promises(text, (), papers=True)


@pytest.mark.parametrize("where", [Where.BODY, Where.FORM, Where.FORWARDED, Where.FILE_NAME])
def test_a_promise_that_comes_with_a_value_is_an_answer(where: Where) -> None:
    assert not only_promises(PROMISES[0], (Found("pcp_name", "Ada Vell", where),), papers=False)


@pytest.mark.parametrize("where", [Where.SIGNATURE, Where.SUBJECT, Where.DIRECTORY])
def test_what_stands_in_each_mail_of_the_sender_is_no_answer(where: Where) -> None:
    assert only_promises(PROMISES[0], (Found("contact_phone", "555-0100", where),), papers=False)


@pytest.mark.parametrize("text", ANSWERS)
def test_who_says_anything_more_does_not_only_promise(text: str) -> None:
    assert not only_promises(text, (), papers=False)


@pytest.mark.parametrize("text", PROMISES)
def test_a_promise_in_a_reply_is_understood_as_one_and_brings_no_value(text: str) -> None:
    said = understand(message(new_text=text, text=text), Kind.REPLY, PLAYBOOK, MONDAY)
    assert (said.intent, said.fields, said.documents) == (Intent.PROMISE, (), ())


@pytest.mark.parametrize("text", ANSWERS)
def test_an_answer_is_not_understood_as_a_promise(text: str) -> None:
    said = understand(message(new_text=text, text=text), Kind.REPLY, PLAYBOOK, MONDAY)
    assert said.intent is not Intent.PROMISE
