"""Bytes become text by the declared charset, its superset, or a good guess; no letter is lost."""

from __future__ import annotations

import pytest

from mailbot.ingest.charsets import codec_for, decode, decode_unlabelled

SAMPLES = {
    "cp1251": "Добрый день, прошу добавить моего сына в страховку с первого числа.",
    "koi8-r": "Добрый день, прошу добавить моего сына в страховку с первого числа.",
    "gb18030": "您好，请问我的孩子什么时候可以加入保险？我们已经有出生证明。",
    "cp950": "您好，請問我的孩子什麼時候可以加入保險？我們已經有出生證明。",
    "cp932": "いつもお世話になっております。息子を保険に追加してください。",
    "euc_jp": "いつもお世話になっております。息子を保険に追加してください。",
    "cp949": "안녕하세요. 제 아들을 보험에 추가해 주시기 바랍니다. 감사합니다.",
    "cp1252": "Bonjour, veuillez ajouter ma fille née le 3 août, s’il vous plaît — merci.",
}


@pytest.mark.parametrize("codec", SAMPLES)
def test_unlabelled_text_is_guessed_by_its_letters(codec: str) -> None:
    assert decode_unlabelled(SAMPLES[codec].encode(codec)) == SAMPLES[codec]


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        ("(保單) 請協助更新 2026年 (眷屬) 加保", "cp950"),
        ("MP3 光碟 (2004年6月份) 大家說每日聽", "cp950"),
        ("Re: 您好，請問 group 10442 的保費", "cp950"),
        ("Re: 您好，请问 group 10442 的保费", "gb18030"),
        ("« déjà vu » à 5 °C, n° 7", "cp1252"),
        ("£100 ¿Qué? ¡Sí! ª º", "cp1252"),
        ("50 % × ½ ± 3 µm", "cp1252"),
    ],
)
def test_signs_between_latin_letters_do_not_hide_another_script(text: str, codec: str) -> None:
    assert decode_unlabelled(text.encode(codec)) == text


@pytest.mark.parametrize(
    ("label", "codec"),
    [
        ("US-ASCII", "cp1252"),
        ('"iso-8859-1"', "cp1252"),
        ("ISO_8859-1:1987", "cp1252"),
        ("gb2312", "gb18030"),
        ("ks_c_5601-1987", "cp949"),
        ("x-sjis", "cp932"),
        ("iso-2022-jp", "iso2022_jp_ext"),
        ("utf8", "utf-8"),
        ("utf-8 (Plain text)", "utf-8"),
        ("unknown-8bit", ""),
        ("", ""),
        ("utf-7", None),
        ("rot13", None),
        ("unicode_escape", None),
        ("no-such", None),
    ],
)
def test_a_label_leads_to_the_codec_that_holds_everything(label: str, codec: str | None) -> None:
    assert codec_for(label) == codec


@pytest.mark.parametrize("label", ["utf-8", "gb2312", "big5", "shift_jis", "iso-2022-jp", "utf-16", "koi8-r", "", "x"])
def test_any_bytes_under_any_label_are_text(label: str) -> None:
    raw = bytes(range(256)) * 3
    assert decode(raw, label)[0]
    assert decode(raw[::-1], label)[0]


@pytest.mark.parametrize("text", ["Grüße", "naïve café", "ÄÖÜ", "à", "Müller", "Señor Núñez pide información"])
def test_short_western_text_is_not_taken_for_another_script(text: str) -> None:
    assert decode_unlabelled(text.encode("cp1252")) == text


def test_a_wrong_byte_keeps_the_rest_of_the_text() -> None:
    text, fits = decode("Grüße an alle, schön ".encode() + b"gr\xfcn", "utf-8")
    assert (text, fits) == ("Grüße an alle, schön grün", False)


def test_the_charset_of_the_mail_helps_a_header_without_one() -> None:
    assert decode_unlabelled("Сын".encode("koi8-r"), "koi8-r") == "Сын"


def test_windows_letters_under_latin_1_are_read() -> None:
    assert decode(b"\x80 100 \x96 \x93ok\x94", "iso-8859-1") == ("€ 100 – “ok”", True)
