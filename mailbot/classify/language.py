"""Tells in which of the desk's languages a text is written, by its script and its most frequent words."""

from __future__ import annotations

import re2

from mailbot.classify.folding import fold

LANGUAGES = ("en", "es", "zh")
_CAP = 3_000
_WORD = re2.compile(r"[a-zñ']+")
_ENGLISH = frozenset(
    "the and to of is you for in it that we on with this have be are not my your was please our can from as but or at if will has what do an i by need me she he her his they who how when thanks hi hello group attached been any".split()
)
_SPANISH = frozenset(
    "el la los las de que y en un una por para con no se su es lo al del mi me le si como mas pero sus ya este esta o porque cuando muy sin sobre tambien hasta hay donde quien desde nos todo gracias favor hola buenos buenas dias tardes necesito adjunto fecha nombre grupo tarjeta seguro señor estimados puede quiero soy son fue nuestro nuestra".split()
)
_SPANISH_MARKS = frozenset("ñ¿¡")


def language_of(text: str, usual: str = "en") -> str:
    """The language of a text; `usual` where nothing tells."""
    text = text[:_CAP]
    han = sum("\u4e00" <= letter <= "\u9fff" for letter in text)
    words = _WORD.findall(fold(text))
    if han and han * 2 >= len(words):
        return "zh"
    english = sum(word in _ENGLISH for word in words)
    spanish = sum(word in _SPANISH for word in words) + 2 * sum(letter in _SPANISH_MARKS for letter in text)
    if spanish > english:
        return "es"
    if english == spanish == 0:
        return "zh" if han else usual
    return "en"
