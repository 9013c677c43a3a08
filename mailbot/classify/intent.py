"""What a short message is for, beyond what it brings: thanks, taking an inquiry back, asking how it stands.

Only the new text is looked at, never a quote, and only where nothing else is said: a doubt means no intent.
"""

from __future__ import annotations

import re

from mailbot.cases.understanding import Intent
from mailbot.classify.linear import Linear

#: An intent is told in a few words; longer texts have something to say.
_LONGEST = 600
_LONGEST_LOOKED_AT = 4_000
_LONGEST_THANKS = 200
_WORDS_BESIDE_THANKS = 6
#: A Chinese name has no more signs.
_SIGNS_BESIDE_THANKS = 4

_THANKS = re.compile(
    r"\b(?:thank you|thanks|thx|many thanks|much appreciated|appreciate (?:it|that|your help)|gracias|muchas gracias"
    r"|se lo agradezco|muy amables?|mil gracias)\b|谢谢|謝謝|多谢|多謝|感谢|感謝",
    re.IGNORECASE,
)
# What may stand beside thanks without saying anything more.
_POLITE = re.compile(
    r"\b(?:you|so|very|very much|much|again|for|your|the|quick|prompt|fast|kind|help|reply|response|answer|update|all"
    r"|team|everyone|everybody|hi|hello|dear|got it|received|noted|perfect|great|wonderful|ok|okay|will do|best"
    r"|regards|kind|cheers|have a|nice|good|day|weekend|evening|a|i|it|this|that|appreciate|and|y|is|was|be|in|to|touch"
    r"|por|su|la|el|pronta|respuesta|ayuda|atenci[oó]n|rapidez|muy|todo|recibido|perfecto|de acuerdo|saludos"
    r"|cordiales|un|buen|d[ií]a|hola|buenos|d[ií]as|buenas|tardes)\b"
    r"|收到|好的|您|你|你们|您们|的|帮助|幫助|回复|回覆|答复|答覆|了|非常|祝好|此致",
    re.IGNORECASE,
)
_MATTER_EN = r"(?:request|inquiry|enquiry|message|e-?mail|case|application|note)"
_MATTER_ES = r"(?:solicitud|petici[oó]n|consulta|mensaje|correo|caso)"
_WITHDRAWAL = re.compile(
    rf"\b(?:please (?:disregard|ignore|withdraw|cancel) (?:(?:this|that|my|our|the) )?"
    rf"(?:(?:earlier|previous|last|original) )?{_MATTER_EN}"
    rf"|(?:i|we)(?: would like| want| wish|'d like)? to withdraw (?:this|my|our|the) {_MATTER_EN}"
    rf"|(?:am|'m|are|'re) withdrawing (?:this|my|our|the) {_MATTER_EN}"
    rf"|(?:this|it|that|(?:the|my|our|this) {_MATTER_EN})(?: is|'s) no longer (?:needed|required|necessary)"
    rf"|(?:this|the|my|our) {_MATTER_EN} can be (?:closed|cancell?ed|withdrawn)"
    r"|por favor,? (?:ignoren?|descarten?|anulen?|cancelen?|retiren?|hagan? caso omiso)(?: (?:de|a))? "
    rf"(?:mi|nuestra|nuestro|esta|este|la|el) {_MATTER_ES}"
    r"|ya no (?:es necesari[oa]|hace falta|lo necesit(?:o|amos))(?= ?[,.!]|$)"
    rf"|(?:retiro|retiramos|quiero retirar|queremos retirar) (?:mi|nuestra|la) {_MATTER_ES})\b"
    r"|[请請](?:忽略|撤回|取消|撤销|撤銷)(?:我的|我们的|我們的|此|这个|這個|这封|之前的|上一封)?(?:请求|請求|申请|申請|询问|詢問|邮件|郵件|案件)"
    r"|(?:不再需要|不需要了)(?=[,，。!！]|$)|撤回申请|撤回申請",
    re.IGNORECASE,
)
# A word of each of these, which most mail has none of: it is found in a tenth of the time.
_MAY_WITHDRAW = Linear(
    r"(?i)disregard|ignor|withdraw|cancel|no longer|can be|descart|anul|retir|caso omiso|ya no|忽略|取消|撤|不再需要"
    r"|不需要"
)
# Somebody who takes one thing back and gives another wants the case to go on.
_BUT = re.compile(
    r"\b(?:instead|but|however|use|correct(?:ed|ion)?|replace|attached|new|rather|updated|resend|en su lugar|en vez"
    r"|pero|adjunt[oa]|nuev[oa]|corregid[oa]|correct[oa])\b|改为|改為|更正|附件|新的|但",
    re.IGNORECASE,
)
_STATUS = Linear(
    r"(?i)(?:re:\s*)?(?:status(?: (?:please|update|of (?:my|our|the) (?:case|request|inquiry)))?"
    r"|what is the status(?: of.{0,60})?|estado(?: de (?:mi|nuestra|la) (?:solicitud|consulta|caso))?"
    r"|¿?cu[aá]l es el estado(?: de.{0,60})?|状态|狀態|进度|進度|进展|進展|查询进度|查詢進度)"
    r"[\s?？.!。:#-]{0,5}(?:\[?case)?\s?[0-9-]{0,15}\]?[\s?？.!。]{0,3}"
)


_MATTER = r"(?:matter|thing|issue|question|request|topic|subject|note)"
_ANOTHER_MATTER = Linear(
    rf"(?i)\b(?:(?:a|another|an|one) (?:separate|unrelated|different|other|new) {_MATTER}"
    rf"|(?:separate|different|unrelated) {_MATTER}|another {_MATTER}|something else"
    r"|while i have (?:you|your attention)|otra cosa|otro (?:asunto|tema)|otra (?:solicitud|consulta|petici[oó]n)"
    r"|por otr[ao] (?:lado|parte)|aparte de esto)\b|另外一件事|另一件事|还有一件事|還有一件事|另外[,，]"
)


def names_another_matter(new_text: str) -> bool:
    """Whether somebody says that they now write about something else."""
    return _ANOTHER_MATTER.search(new_text[:_LONGEST_LOOKED_AT]) is not None


def intent_of(new_text: str, *, attachments: bool) -> Intent:
    """The intent of what somebody typed now; NONE where anything else is said or attached."""
    text = " ".join(new_text[: _LONGEST * 2].split())
    if not text or len(text) > _LONGEST:
        return Intent.NONE
    if _STATUS.fullmatch(text):
        return Intent.STATUS
    if not attachments and _MAY_WITHDRAW.search(text) and _WITHDRAWAL.search(text) and not _BUT.search(text):
        return Intent.WITHDRAWAL
    if not attachments and len(text) <= _LONGEST_THANKS and _only_thanks(text):
        return Intent.THANKS
    return Intent.NONE


def _only_thanks(text: str) -> bool:
    """Thanks, and besides them only politeness and perhaps a name."""
    if "?" in text or "？" in text or re.search(r"\d", text) or not _THANKS.search(text):
        return False
    rest = _POLITE.sub(" ", _THANKS.sub(" ", text))
    words = re.findall(r"[^\W\d_]+", rest)
    unusual = [word for word in words if not word[0].isupper()]
    signs = len(re.findall(r"[\u3400-\u9fff]", rest))
    few = len(words) <= _WORDS_BESIDE_THANKS and signs <= _SIGNS_BESIDE_THANKS
    return few and len([word for word in unusual if word.isascii()]) <= 1
