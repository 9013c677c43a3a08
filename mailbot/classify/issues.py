"""Tells whether a text says what is wrong or wanted, or only that something is."""

from __future__ import annotations

import re2

from mailbot.classify.folding import fold

_CAP = 4_000
_ENOUGH = 6
_ENOUGH_WITH_TROUBLE = 1
_ENOUGH_HAN = 6
_WORD = re2.compile(r"[a-z0-9ñ][a-z0-9ñ'-]*")
_VAGUE = frozenset(
    """
    a about account additional afternoon again agent all already also am an and any anybody anymore anyone anything are as asap ask at attached back be because been before broker but by call called calling can cant case change check client clients
    client's come concern concerning could day days dear desk did do does doing don't done dont down-the-line each else email emergency enrollment even ever everyone evening fix fixed folks follow following for from get getting give go going good
    got great guys had happening happened has have having hello help her here hey hi him his hope how i i'd i'll i'm i've if im immediate immediately important in inquiry into is isn't issue issues it it's its ive just keep kind kindly know let like
    long look looking lot make matter may maybe me member message mine minute months morning most much must my myself name need needed needs never new nice no nobody not nothing now number of off office ok on one ones only or our out over patient
    people person phone please pls possible practice problem problems profile provider question questions quick quickly re reach real really regarding regards reply request respond response right said same say see seen seriously several she should
    since so some somebody someone something soon sorry still stuff such sure talk team tell than thank thanks that that's the their them there these they thing things think this those thx time to today told too trouble try trying ty u understand
    until up update upset urgent us very wait waiting want wants was way we we're week weeks well went were what what's when where which who why will wish with wondering work would wrong year years yes you your yours zero
    system isn correct incorrect determination consumer application portal website site
    ayuda buenas buenos dias tardes noches con cosa cuando de del el ella en es esta este esto favor gracias hay hola la las le les lo los llamar llame llamenme me mi mis mucho muy necesito no nos o para pero por problema pregunta pronto que quien
    quiero se si son su sus tengo un una urgente usted ustedes y ya cliente consulta duda tema asunto caso revisar revisen arreglen
    """.split()
)
_TROUBLE = re2.compile(
    r"\bdown\b|\berrors?\b|\bfail(?:ed|s|ing)?\b|\breject(?:ed|s)?\b|\bdeni(?:ed|al|es)\b|\bmissing\b|\bnever (?:got|received|came|arrived)\b|\bwon'?t\b|\bnot (?:load|show|work|open|accept|let|eligible|listed|found|active)\w*|\blocked\b|\bfrozen?\b|\bcrash\w*|"
    r"\btwice\b|\bduplicate\b|\binstead of\b|\bshould (?:be|have)\b|\bsupposed to\b|\bshows?\b|\bsays\b|\bkeeps?\b|\bno aparece\b|\bno (?:deja|carga|funciona|puedo)\b|报错|错误|失败|打不开|没有"
)


def is_described(subject: str, text: str, writer: str = "") -> bool:
    """True where enough is said besides greetings, hurry, general words, numbers and the `writer`'s name."""
    folded = fold(f"{subject}\n{text}"[:_CAP])
    han = sum("\u4e00" <= letter <= "\u9fff" for letter in folded)
    if han >= _ENOUGH_HAN:
        return True
    general = _VAGUE | set(fold(writer).replace(",", " ").split())
    telling = {word for word in _WORD.findall(folded) if word not in general and len(word) > 1 and not word.isdigit()}
    return len(telling) >= _ENOUGH or (len(telling) >= _ENOUGH_WITH_TROUBLE and bool(_TROUBLE.search(folded)))
