"""What was typed now is told from what is quoted: attributions, dividers, header blocks, clients, inline answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailbot.ingest.body import Setting, views

ANSWER = "The group number is 0077704.\nHer birthday is May 4."


@pytest.mark.parametrize(
    "attribution",
    [
        "On Mon, Nov 2, 2026 at 9:10 AM Desk <desk@plan.example> wrote:",
        "On 2 Nov 2026, at 9:10, Desk wrote:",
        "On Mon, Nov 2, 2026 at 9:10 AM A Desk With A Long Name <\ndesk@plan.example> wrote:",
        "On Mon, Nov 2, 2026, Desk\n<desk@plan.example>\nwrote:",
        "Am 02.11.2026 um 09:10 schrieb Desk <desk@plan.example>:",
        "Am Mo., 2. Nov. 2026 um 09:10 Uhr schrieb Desk <desk@plan.example>:",
        "Desk <desk@plan.example> schrieb am Mo., 2. Nov. 2026\num 09:10 Uhr:",
        "Le lun. 2 nov. 2026 à 09:10, Desk <desk@plan.example> a écrit :",
        "El lun, 2 nov 2026 a las 9:10, Desk (<desk@plan.example>) escribió:",
        "Il giorno lun 2 nov 2026 alle ore 09:10 Desk <desk@plan.example> ha scritto:",
        "Op ma 2 nov. 2026 om 09:10 schreef Desk <desk@plan.example>:",
        "Em seg., 2 de nov. de 2026 às 09:10, Desk <desk@plan.example> escreveu:",
        "pon., 2 lis 2026 o 09:10 Desk <desk@plan.example> napisał(a):",
        "po 2. 11. 2026 v 9:10 odesílatel Desk <desk@plan.example> napsal:",
        "Den mån 2 nov. 2026 kl 09:10 skrev Desk <desk@plan.example>:",
        "Den man. 2. nov. 2026 kl. 09.10 skrev Desk <desk@plan.example>:",
        "ma 2. marrask. 2026 klo 9.10 Desk (desk@plan.example) kirjoitti:",
        "Desk <desk@plan.example>, 2 Kas 2026 Pzt, 09:10 tarihinde şunu yazdı:",
        "пн, 2 нояб. 2026 г. в 09:10, Desk <desk@plan.example>:",
        "2 листоп. 2026 р. 09:10 Desk <desk@plan.example> пише:",
        "Desk <desk@plan.example> 于2026年11月2日周一 09:10写道：",
        "在 2026年11月2日，上午9:10，Desk <desk@plan.example> 写道：",
        "2026年11月2日(月) 9:10 Desk <desk@plan.example>:",
        "2026년 11월 2일 (월) 오전 9:10, Desk <desk@plan.example>님이 작성:",
        "2026-11-02 9:10 GMT-05:00 Desk <desk@plan.example>:",
        '02.11.2026, 09:10, "Desk" <desk@plan.example>:',
        '9:10 AM, November 2, 2026, "Desk" <desk@plan.example>:',
        "---- On Mon, 02 Nov 2026 09:10:00 -0500 desk@plan.example wrote ----",
        "Desk wrote on 11/02/2026 09:10:",
        "At 11/2/2026 09:10 AM, you wrote:",
        "-----Original Message-----\nFrom: Desk\nSent: Monday, November 2, 2026 9:10 AM\nTo: Ann\nSubject: Case",
        "-----Ursprüngliche Nachricht-----\nVon: Desk\nGesendet: Montag, 2. November 2026\nAn: Ann\nBetreff: Fall",
        "________________________________\nFrom: Desk <desk@plan.example>\nSent: Monday\nTo: Ann\nSubject: Case",
        "From: Desk <desk@plan.example>\nDate: Monday, November 2, 2026 at 9:10 AM\nTo: Ann\nSubject: Case",
        "*From:* Desk [mailto:desk@plan.example]\n*Sent:* Monday\n*To:* Ann\n*Subject:* Case",
        "De : Desk <desk@plan.example>\nEnvoyé : lundi 2 novembre 2026 09:10\nÀ : Ann\nObjet : Dossier",
        "De: Desk <desk@plan.example>\nEnviado el: lunes, 2 de noviembre de 2026 9:10\nPara: Ann\nAsunto: Caso",
        "Da: Desk <desk@plan.example>\nInviato: lunedì 2 novembre 2026 09:10\nA: Ann\nOggetto: Pratica",
        "De: Desk <desk@plan.example>\nEnviada em: segunda-feira\nPara: Ann\nAssunto: Caso",
        "Van: Desk <desk@plan.example>\nVerzonden: maandag 2 november 2026\nAan: Ann\nOnderwerp: Zaak",
        "Od: Desk <desk@plan.example>\nWysłano: poniedziałek\nDo: Ann\nTemat: Sprawa",
        "Från: Desk <desk@plan.example>\nSkickat: den 2 november 2026\nTill: Ann\nÄmne: Ärende",
        "Fra: Desk <desk@plan.example>\nSendt: 2. november 2026\nTil: Ann\nEmne: Sag",
        "发件人: Desk <desk@plan.example>\n发送时间: 2026年11月2日\n收件人: Ann\n主题: 案件",
        "--------- 原始邮件 ---------\n发件人: Desk\n发送时间: 2026年11月2日\n收件人: Ann\n主题: 案件",
        "差出人: Desk <desk@plan.example>\n送信日時: 2026年11月2日\n宛先: Ann\n件名: 件",
        "От: Desk <desk@plan.example>\nОтправлено: 2 ноября 2026 г.\nКому: Ann\nТема: Дело",
        "Desk ---11/02/2026 09:10:00 AM---Hello Ann, we need the group number.",
        "##- Please type your reply above this line -##",
        "=== Reply above this line ===",
        "-- Bitte antworten Sie oberhalb dieser Zeile --",
        "De:\nDesk\nDate:\n2 novembre 2026 à 09:10:50\nÀ:\nAnn",
    ],
)
def test_what_stands_below_an_attribution_is_quoted(attribution: str) -> None:
    read = views(f"{ANSWER}\n\n{attribution}\n\nHello Ann,\n\nwe need the group number.\n", None)
    assert read.new_text == ANSWER
    assert "we need the group number." in read.quoted
    assert read.quoted.startswith(attribution.split("\n")[0])


@pytest.mark.parametrize(
    "text",
    [
        "On Monday I wrote you the following:\nplease add Ann.\nPlease confirm.",
        "I need to know where it comes from: our office or yours.\nTo: be clear, both.",
        "Period:\nFrom: January 1, 2026\nTo: March 31, 2026\nPlease send the invoices.",
        "## Members\n----\n1. Ann\n2. Bob\n----\nThese are all.",
        "As your letter wrote:\nplease send the form.",
        "On your site I clicked 9:30 and it said:\nno access.",
        "She was born on 5/4/1990 and her address is:\n1 Mill Lane",
        "Please reply above this line of the form, not below it.\nThe rest is for the employer.",
        "Leo Reed ---- 5/4/2019 ---- son\nMia Reed ---- 6/1/2021 ---- daughter",
        "The premium --- 11/02/2026 --- was paid twice.",
    ],
)
def test_words_that_only_look_like_an_attribution_quote_nothing(text: str) -> None:
    read = views(text, None)
    assert read.new_text == text
    assert read.quoted == ""


CLIENTS = sorted((Path(__file__).parents[2] / "quoting_clients").glob("*.html"))


@pytest.mark.parametrize("path", CLIENTS, ids=lambda path: path.stem)
def test_pain_27_the_quoted_html_of_each_client_is_known(path: Path) -> None:
    read = views(None, path.read_text("utf-8"))
    assert read.new_text == "My answer."
    assert "We need the number." in read.quoted
    assert "My answer." in read.text
    assert "We need the number." in read.text


def test_inline_answers_inside_a_quote_are_found() -> None:
    text = (
        "On Nov 2, 2026, at 9:10 AM, Desk <desk@plan.example> wrote:\n> 1. Group number\n\n38812\n\n"
        "> 2. Date of birth\n\n5/5/1990\n\n> Please reply.\n\nSent from my iPad\n"
    )
    read = views(text, None)
    assert read.new_text == "38812\n5/5/1990"
    assert read.signature == "Sent from my iPad"


def test_inline_answers_without_blank_lines_are_found() -> None:
    read = views("Desk wrote:\n> Number?\n38812\n> Born?\n5/5/1990\n", None)
    assert read.new_text == "38812\n5/5/1990"


def test_inline_answers_between_html_quotes_are_found() -> None:
    html = (
        '<div class="gmail_quote">On Nov 2, 2026 Desk &lt;d@p.example&gt; wrote:<blockquote class="gmail_quote">1. No'
        '</blockquote></div><div>38812</div><blockquote class="gmail_quote">2. Born</blockquote><div>5/5/1990</div>'
    )
    assert views(None, html).new_text == "38812\n5/5/1990"


OUTLOOK = (
    "<p class=MsoNormal>{hint}</p><div style='border:none;border-top:solid #E1E1E1 1.0pt'><p><b>From:</b> Desk<br>"
    "<b>Sent:</b> Monday<br><b>To:</b> Ann<br><b>Subject:</b> x</p></div>{quote}"
)


def test_answers_in_another_colour_are_found_when_the_writer_points_to_them() -> None:
    quote = (
        "<p>Hello</p><p>Number?</p><p style='color:red'>38812</p><p>Born?</p><p><font color=#ff0000>5/5/1990</font></p>"
    )
    assert views(None, OUTLOOK.format(hint="See my answers in red.", quote=quote)).new_text == (
        "See my answers in red.\n38812\n5/5/1990"
    )
    assert views(None, OUTLOOK.format(hint="Thanks for the note.", quote=quote)).new_text == "Thanks for the note."


def test_answers_below_numbered_questions_are_found_when_the_writer_points_to_them() -> None:
    quote = "<p>1. Number</p><p>38812</p><p>2. Born</p><p>5/5/1990</p><p>The Desk</p>"
    read = views(None, OUTLOOK.format(hint="Please see my comments below.", quote=quote))
    assert read.new_text == "Please see my comments below.\n38812\n5/5/1990"
    assert "The Desk" in read.quoted


def test_the_rest_of_a_broken_quoted_line_is_quoted() -> None:
    long = "> " + "word " * 15
    read = views(f"Yes.\n\nOn 1/2/2026 9:10, Desk wrote:\n{long}\nremnant\n> end\n", None)
    assert read.new_text == "Yes."


def test_a_bottom_posted_answer_is_found() -> None:
    read = views("On 11/2/26 9:10 AM, Desk wrote:\n\n> Number?\n\nIt is 38812.\n\n-- \nAnn Lee\n", None)
    assert (read.new_text, read.signature) == ("It is 38812.", "-- \nAnn Lee".replace("-- ", "--"))


def test_quotes_with_bars_are_known_and_tables_are_none() -> None:
    assert views("Yes.\n\n2013/7/20 Desk <d@p.example>\n| a\n| b\n| c\n", None).new_text == "Yes."
    table = "| name | born |\n| Ann | 1990 |\n| Bob | 1991 |"
    assert views(table, None).new_text == table


def test_a_short_pasted_quote_that_nobody_is_named_for_stays() -> None:
    text = "> Your plan ends in May.\n\nIs that so?"
    assert views(text, None).new_text == text


def test_a_line_that_mbox_escaped_is_no_quote() -> None:
    assert views("Hello,\n>From May on she works here.\nAnn", None).quoted == ""


def test_pain_27_a_greeting_above_an_unmarked_answer_shows_the_whole() -> None:
    text = "Dear desk,\n\nFrom: Ann Lee\nDate: May 4\nTo: Desk\nSubject: my number\n\nMy number is 38812."
    assert "38812" in views(text, None).new_text


def test_pain_27_a_quote_alone_without_a_name_is_shown() -> None:
    text = "> My number\n> is 38812.\n> Thanks"
    assert views(text, None).new_text == text


def test_an_answer_that_is_only_a_file_has_no_new_text() -> None:
    text = "> On Nov 2, 2026, at 9:10 AM, Desk <d@p.example> wrote:\n>\n> We need the form.\n"
    assert views(text, None, Setting(answers=True)).new_text == ""
    block = "From: Desk <d@p.example>\nSent: Monday\nTo: Ann\nSubject: x\n\nWe need the form.\n"
    assert views(block, None, Setting(answers=True)).new_text == "We need the form."


HISTORY = "From: Desk <desk@plan.example>\nSent: Monday\nTo: Dana\nSubject: Case\n\n"


@pytest.mark.parametrize(
    ("hint", "quote", "answers"),
    [
        (
            "Answers inline with DR:",
            "What is the group number?\n[DR] 10442\nWhen was he born?\n[DR] May 4, 2019\nThe Desk",
            "[DR] 10442\n[DR] May 4, 2019",
        ),
        (
            "See my responses below in bold.",
            "What is the group number?\n>> 10442\nWhen was he born?\n>> May 4, 2019\nThe Desk",
            ">> 10442\n>> May 4, 2019",
        ),
        (
            "Mis respuestas abajo.",
            "1. ¿Número de grupo?\n10442\n2. ¿Fecha de nacimiento?\n4 de mayo de 2019\n\nThe Desk",
            "10442\n4 de mayo de 2019",
        ),
    ],
)
def test_answers_in_an_unmarked_quote_are_found_by_their_marks(hint: str, quote: str, answers: str) -> None:
    read = views(f"{hint}\n\n{HISTORY}{quote}", None, Setting(answers=True))
    assert read.new_text == f"{hint}\n{answers}"
    assert "The Desk" in read.quoted


@pytest.mark.parametrize(
    "quote",
    [
        "What is the group number?\n[1] see the form\n[2] see the card\nThe Desk",
        "What is the number?\n> We asked last week.\n> Nobody answered.\nThe Desk",
        "What is the group number?\n[AB] one\n[CD] two\nThe Desk",
    ],
)
def test_other_marks_in_a_quote_are_no_answers(quote: str) -> None:
    hint = "See my answers below."
    assert views(f"{hint}\n\n{HISTORY}{quote}", None, Setting(answers=True)).new_text == hint


@pytest.mark.parametrize("mark", ["[DR] ", ">> "])
def test_marks_count_only_where_the_writer_points_to_them(mark: str) -> None:
    quote = f"What is the group number?\n{mark}10442\nWhen was he born?\n{mark}May 4, 2019\nThe Desk"
    assert views(f"Thank you.\n\n{HISTORY}{quote}", None, Setting(answers=True)).new_text == "Thank you."


def test_an_answer_in_another_colour_behind_its_question_is_found() -> None:
    quote = "<p>Number? <span style='color:#0070C0'>10442</span></p><p>Please reply soon.</p><p>The Desk</p>"
    read = views(None, OUTLOOK.format(hint="See my answers in blue below.", quote=quote))
    assert read.new_text == "See my answers in blue below.\n\nNumber? 10442"
    assert "The Desk" in read.quoted
