"""The language of a mail, told by script and by the most frequent words."""

from __future__ import annotations

import pytest

from mailbot.classify import playbook as playbooks
from mailbot.classify.folding import fold
from mailbot.classify.language import language_of
from mailbot.classify.understand import understand
from mailbot.mail import Kind
from tests.mails import MONDAY, message

TEXTS = {
    "Please add my new baby to my policy": "en",
    "is the site down": "en",
    "update addr pls thx": "en",
    "Buenos días, quiero agregar a mi esposa a mi cobertura": "es",
    "me mude y quiero cambiar la direccion gracias": "es",
    "¿Falta algo?": "es",
    "Señores me llego una carta que me van a cancelar el seguro": "es",
    "请把新生儿加到他的保单上": "zh",
    "您好，客户 Jing He 没有收到 1095-A，NPN 19220487。": "zh",
    "10/31/2026": "en",
    "": "en",
    "NPN 20118834": "en",
    "Please call Señor Muñoz about the group": "en",
    "李娜": "zh",
    "李 Li": "zh",
    "李 Anna Maria Li Chen Wong": "zh",  # one sign, and no word that tells another language
    "¿Group 0140026?": "es",
    "the ¿group of the": "en",
    "Ms. Li (李娜) would like to enroll with the group as of the first": "en",
}


@pytest.mark.parametrize("text", TEXTS)
def test_the_language_is_told(text: str) -> None:
    assert language_of(text) == TEXTS[text]
    assert language_of(text, folded=fold(text)) == TEXTS[text]


def test_where_nothing_tells_the_usual_language_stands() -> None:
    assert language_of("10/31/2026", usual="es") == "es"


def test_a_mail_without_words_is_in_the_usual_language_and_says_so() -> None:
    silent = understand(
        message(text="", new_text="", subject="0140026"), Kind.INQUIRY, playbooks.load(), MONDAY, usual="es"
    )
    assert (silent.language, silent.language_told) == ("es", False)
    spoken = understand(message(), Kind.INQUIRY, playbooks.load(), MONDAY, usual="es")
    assert (spoken.language, spoken.language_told) == ("en", True)
