"""Tells whether a mail asks nothing but how the sender's cases stand, and in which language it asks.

Looked at line by line: a greeting, the one question, then at most a closing. Anything else in it is another matter.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from mailbot.cases.number import find
from mailbot.classify.folding import fold
from mailbot.classify.linear import Linear

_MOST_LINES = 12
_LONGEST_LINE = 120
_MOST_NAMES = 3
_LONGEST_NAME = 40
_NOT_IN_NAMES = re.compile(r"[0-9?!:;@]")
_NUMBER = re.compile(r"(?<![0-9])[0-9]{6} ?[-\u2010-\u2015\u2212] ?[0-9]{7}(?![0-9])")
_DROPPED = re.compile(r"[?¿!¡.,:;#\[\]()\"'’？！。，：；、\s]+")

_OWN = r"(?:(?:my|our|the|this|that|these|those|all|any|open|pending|recent|of) ){0,4}"
_THINGS = r"(?:cases?|requests?|inquir(?:y|ies)|enquir(?:y|ies)|tickets?|e-?mails?|messages?|submissions?)"
_ABOUT = rf"(?: (?:of|on|for|about|regarding) (?:this|it|{_OWN}{_THINGS}(?: (?:number|no|id))?))?"
_EN = (
    rf"(?:{_OWN}(?:{_THINGS} )?status(?: (?:update|report|check|request|inquiry))?{_ABOUT}"
    rf"|(?:what is|whats|what s|(?:can|could|would) you (?:please )?(?:tell|give|send) (?:me|us)"
    r"|(?:i|we) (?:would like|want|need)(?: to know)?|tell (?:me|us)"
    rf"|send (?:me|us)|give (?:me|us)|check) (?:the|a|an|any) (?:current |latest )?(?:status|update)"
    rf"(?: update)?{_ABOUT}"
    rf"|(?:is there |are there |do you have )?any (?:updates?|news|progress){_ABOUT}"
    rf"|how (?:is|are|does|do) (?:it|this|things|{_OWN}{_THINGS}) (?:going|stand|coming along|doing|progressing)"
    rf"|where (?:does|do|is|are) (?:it|this|things|{_OWN}{_THINGS}) (?:stand|at))"
)
_OWN_ES = r"(?:(?:mis?|nuestr[oa]s?|el|la|los|las|est[ea]|est[oa]s|todos|todas|de|del) ){0,4}"
_THINGS_ES = r"(?:casos?|solicitud(?:es)?|peticion(?:es)?|consultas?|tramites?|correos?|mensajes?)"
_ABOUT_ES = rf"(?: (?:de|del|sobre|en) (?:esto|{_OWN_ES}{_THINGS_ES}(?: numero)?))?"
_ES = (
    rf"(?:(?:cual es |quisiera saber |quiero saber |necesito saber |consultar )?(?:el )?"
    rf"(?:estado|estatus|status)(?: actual)?{_ABOUT_ES}"
    rf"|en que (?:estado|situacion) (?:esta|estan|se encuentran?)(?: (?:esto|{_OWN_ES}{_THINGS_ES}))?"
    rf"|como (?:va|van|sigue|siguen|esta|estan) (?:todo|esto|{_OWN_ES}{_THINGS_ES})"
    rf"|(?:hay |tienen )?(?:alguna novedad|novedades|alguna actualizacion|noticias){_ABOUT_ES})"
)
_ZH = (
    r"(?:请问|請問|麻烦|麻煩|请|請|我想|想|查询|查詢|查一下|查|了解|知道|一下|我的|我们的|我們的|这个|這個|该|該|目前|现在|現在|当前|當前"
    r"|案件|案|个案|個案|申请|申請|请求|請求|询问|詢問|号码|號碼|编号|編號|的){0,10}"
    r"(?:状态|狀態|进度|進度|进展|進展|情况|情況|处理得怎么样了|處理得怎麼樣了|怎么样了|怎麼樣了)"
    r"(?:如何|怎么样|怎麼樣|查询|查詢|是什么|是什麼|到哪里|到哪裡|到哪了|了|呢|吗|嗎|的){0,4}"
)
_QUESTIONS: Mapping[str, Linear] = {"en": Linear(_EN), "es": Linear(_ES), "zh": Linear(_ZH)}
# One of these is in every such question, and none of them in most mail.
_HINTS = (
    *("status", "update", "news", "progress", "how", "where"),
    *("estatus", "estado", "situacion", "como", "novedad", "actualizacion", "noticias"),
    *"态態度展况況样樣",
)
_GREETING = Linear(
    r"(?:hi|hello|hey|dear|good (?:morning|afternoon|evening|day)|hola|buen[oa]s (?:dias|tardes|noches)"
    r"|buen dia|estimad[oa]s?"
    r"|您好|你好|早上好|下午好|尊敬的)(?: [^\d]{1,40})?"
)
_CLOSING = Linear(
    r"(?:please|pls|por favor|(?:thanks?|thank you|thx|many thanks|best|regards"
    r"|kind regards|best regards|sincerely|cheers|gracias"
    r"|muchas gracias|saludos|atentamente|cordialmente|谢谢|謝謝|多谢|感谢|祝好|此致|敬礼|敬禮)"
    r"(?: (?:in advance|so much|very much|and regards|you|again|de antemano|y saludos))?)"
)
_POLITE = Linear(
    r"^(?:please |pls |kindly |por favor |hi |hello |hola |buenos dias |buenas tardes |您好 ?|你好 ?|谢谢 ?|謝謝 ?)+"
    r"|(?: of| for| on| de| del| please| pls| now| today| so far"
    r"| again| por favor| porfavor| gracias| thanks| thank you| many thanks| 谢谢| 謝謝)+$"
)


def asks_status(new_text: str, subject: str, folded: str = "") -> str | None:
    """The language of the question, where nothing else is said; None for every other mail.

    The subject, without "Re:", asks where the text is empty. `folded` is the text folded.
    """
    if len(new_text) > _MOST_LINES * _LONGEST_LINE or len(subject) > _LONGEST_LINE:
        return None
    folded = f"{fold(subject)}\n{folded or fold(new_text)}"
    if not any(map(folded.__contains__, _HINTS)):
        return None
    lines = ((line, plain) for line in map(str.strip, new_text.splitlines()) if (plain := _plain(line)))
    first, plain = next(lines, ("", ""))
    if not plain:
        return _language(_plain(subject))
    language = _asked_in(first, plain)
    if language is None and _GREETING.fullmatch(plain):
        language = _asked_in(*next(lines, ("", "")))
    if language is None:
        return None
    rest = [line for line, _ in lines]
    return language if max(map(len, (first, *rest))) <= _LONGEST_LINE and _is_closing(rest) else None


def _asked_in(line: str, plain: str) -> str | None:
    return _language(plain) if len(line) <= _LONGEST_LINE else None


def numbers_asked(new_text: str) -> tuple[str, ...]:
    """The case numbers that such a mail names in its text."""
    return find(new_text)


def names_a_case(new_text: str, subject: str) -> bool:
    """Whether there is anything like a case number, right or wrong."""
    return any(_NUMBER.search(text[: _LONGEST_LINE * _MOST_LINES]) for text in (new_text, subject))


def _language(line: str) -> str | None:
    question = _POLITE.sub("", _POLITE.sub("", line))
    spoken = {"zh": question.replace(" ", "")}
    return next((name for name, asks in _QUESTIONS.items() if asks.fullmatch(spoken.get(name, question))), None)


def _is_closing(lines: list[str]) -> bool:
    """Thanks and the like, then at most a name and a firm: words that all have a capital, and no sentence."""
    closed = 0
    while closed < len(lines) and _CLOSING.fullmatch(_plain(lines[closed])):
        closed += 1
    names = lines[closed:]
    return len(names) <= _MOST_NAMES and (not names or closed > 0) and all(map(_is_name, names))


def _is_name(line: str) -> bool:
    words = line.split()
    capital = all(word[:1].isupper() or not word.isascii() or not word[:1].isalpha() for word in words)
    return len(words) <= 4 and len(line) <= _LONGEST_NAME and capital and not _NOT_IN_NAMES.search(line)


def _plain(line: str) -> str:
    """A line in small letters without accents, case numbers and signs."""
    return " ".join(_DROPPED.sub(" ", _NUMBER.sub(" ", fold(line))).split())
