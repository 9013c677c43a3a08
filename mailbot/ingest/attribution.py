"""Knows the lines that mail programs write above a quote: "On … X wrote:" and "-----Original Message-----" in many languages."""

# ruff: noqa: E501 the tables of phrases move to files of their own

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import IntEnum

from mailbot.ingest.lines import LINE_CAP, Line

_LINES_CAP = 6

_VERBS = re.compile(
    r"\b(?:wrote|writes|schrieb|schreibt|geschrieben|a écrit|a ecrit|à écrit|écrit|écrivait|escribió|escribio|escribió|"
    r"escribiste|ha scritto|scrisse|scritto|schreef|geschreven|escreveu|escreveste|napisał|napisal|napisała|napisali|"
    r"napísal|napsal|napsala|skrev|skrifaði|kirjoitti|yazdı|yazdi|yazmış|írta|ezt írta|a scris|napisao|napisala|"
    r"je napisal|rašė|rakstīja|kirjutas|menulis|đã viết|va escriure|idatzi)\b"
    r"|написал|пишет|писал|пише|написав|έγραψε|写道|寫道|写到|撰写|のメッセージ|のメール|書きました|書いた|さんは|작성|썼습니다|님이|เขียน"
    r"|כתב|كتب|сообщает|wrote"
)
_DATE = re.compile(
    r"\d{1,2}[:.h]\d{2}|(?:19|20)\d\d|\d{1,2}[./-]\d{1,2}|\d{1,2}\s?[月월]|\b\d{1,2}(?:st|nd|rd|th|\.)?\s+\w{3,9}"
    r"|\b[A-Z]\w{2,8}\.? \d{1,2}\b"
)
_ADDRESS = re.compile(r"[\w.+=-]{1,80}@[\w.-]{2,80}|<[^<>]{1,120}>")
_OPENER = re.compile(
    r"(?:on|am|le|el|il|op|em|den|dnia|w dniu|dne|dňa|at|a|la|på|kl|ma|ti|to|fr|lø|sø|pe|ke|su|в|у|від|στις|ngày|pada|vào|ב-?|في|"
    r"mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|sa|so|lun|mar|mer|jeu|ven|sam|dim|mié|jue|vie|sáb|dom|gio|"
    r"pon|wt|śr|czw|pt|sob|niedz|пн|вт|ср|чт|пт|сб|вс|нд|po|út|st|čt|pá|ne|må|on|tor|fre|lör|sön|man|tir|ons|søn|"
    r"em|no dia|vom|von|from|in your|quoting|citeren|zitat von|цитирую|op)\b",
    re.IGNORECASE,
)
_STARTS_WITH_DATE = re.compile(r"[\"'*\s(-]{0,6}\d{1,4}[\s.:/年-]")
_FIRST_PERSON = re.compile(
    r"\b(?:i|we|ich|wir|j'ai|nous|yo|noi|io|ik|wij|eu)\s+(?:have\s+|had\s+)?(?:wrote|written|schrieb|écrit|scritto)\b",
    re.I,
)
_DASHED_WROTE = re.compile(r"[-–—]{2,}\s?(?:on|am|le|el|il|op|em)\b.{10,300}\S\s?[-–—]{2,}", re.IGNORECASE)
_RULED = re.compile(r"[-–—_=*~]{2,}[ \t]?(\S.{1,70}\S)[ \t]?[-–—_=*~]{2,}[*]?")
_RULE = re.compile(r"[-–—_=*~\u2500]{3,}")

_ORIGINAL = (
    "original message|original mail|original email|originale nachricht|original-nachricht|originalnachricht|"
    "ursprüngliche nachricht|ursprungliche nachricht|original e-mail|mensaje original|mensagem original|message original|"
    "message d'origine|message d’origine|messaggio originale|oorspronkelijk bericht|oorspronkelijke bericht|originele bericht|"
    "oprindelig meddelelse|oprindelig besked|original meddelelse|originalmeddelande|ursprungligt meddelande|"
    "opprinnelig melding|alkuperäinen viesti|wiadomość oryginalna|oryginalna wiadomość|původní zpráva|puvodni zprava|"
    "pôvodná správa|eredeti üzenet|orijinal ileti|orjinal mesaj|özgün ileti|исходное сообщение|оригинальное сообщение|"
    "вихідне повідомлення|αρχικό μήνυμα|mesajul original|原始邮件|原始郵件|原邮件|原文|元のメッセージ|元のメール|원본 메시지|원본메일|"
    "pesan asli|thư gốc|izvorna poruka|originalna poruka|reply message|antwort nachricht|replied message|回复的原邮件"
)
_FORWARDED = (
    "forwarded message|forwarded mail|forwarded email|forwarded by|begin forwarded message|start of forwarded message|"
    "weitergeleitete nachricht|weitergeleitete mail|anfang der weitergeleiteten|anfang der weitergeleiteten nachricht|"
    "anfang der weitergeleiteten e-mail|message transféré|message transfere|message réexpédié|début du message réexpédié|"
    "début du message transféré|mensaje reenviado|mensaje reenviado|inicio del mensaje reenviado|mensagem encaminhada|"
    "mensagem reencaminhada|início da mensagem encaminhada|início da mensagem reencaminhada|messaggio inoltrato|"
    "inizio messaggio inoltrato|inizio del messaggio inoltrato|doorgestuurd bericht|begin doorgestuurd bericht|"
    "videresendt meddelelse|videresendt besked|start på videresendt besked|start på videresendt meddelelse|"
    "videresendt melding|vidarebefordrat meddelande|vidarebefordrat brev|välitetty viesti|edelleenlähetetty viesti|"
    "wiadomość przekazana dalej|przekazana wiadomość|początek przekazywanej wiadomości|forwarded msg|přeposlaná zpráva|"
    "preposlaná správa|továbbított üzenet|iletilen mesaj|yönlendirilen ileti|iletilen ileti|пересылаемое сообщение|"
    "пересланное сообщение|начало переадресованного сообщения|переслане повідомлення|перенаправлене повідомлення|προωθημένο μήνυμα|"
    "mesaj redirecționat|转发的邮件|转发邮件|轉寄的郵件|轉寄郵件|转发邮件信息|以下是转发的邮件|開始轉寄郵件|転送メッセージ|転送されたメッセージ|"
    "전달된 메시지|pesan terusan|thư đã chuyển tiếp|proslijeđena poruka|prosleđena poruka|missatge reenviat"
)
_ORIGINAL_PHRASES = tuple(_ORIGINAL.split("|"))
_FORWARDED_PHRASES = tuple(_FORWARDED.split("|"))


class Separator(IntEnum):
    """What a line that divides an answer from what it answers says."""

    NONE = 0
    RULE = 1
    UNKNOWN = 2
    ORIGINAL = 3
    FORWARDED = 4


def separator(bare: str) -> Separator:
    """Reads a line as a divider: "-----Original Message-----", "Begin forwarded message:", or a bare rule."""
    if len(bare) > 120 or len(bare) < 3:
        return Separator.NONE
    if _RULE.fullmatch(bare):
        return Separator.RULE
    ruled = _RULED.fullmatch(bare)
    words = (ruled[1] if ruled else bare).strip(" *:：\t").casefold()
    if ruled or bare.endswith((":", "：")):
        if words.startswith(_FORWARDED_PHRASES):
            return Separator.FORWARDED
        if words in _ORIGINAL_PHRASES or (ruled and words.startswith(_ORIGINAL_PHRASES)):
            return Separator.ORIGINAL
    return Separator.UNKNOWN if ruled else Separator.NONE


def attribution_start(lines: Sequence[Line], end: int, *, quote_follows: bool) -> int | None:
    """Where the attribution that ends with line `end` begins; None where that line ends none.

    `quote_follows`: the next text is marked as quoted, so that less is asked for.
    """
    last = lines[end].bare
    if len(last) > LINE_CAP or not _may_end(last, quote_follows=quote_follows):
        return None
    text, found = "", None
    for start in range(end, max(-1, end - _LINES_CAP), -1):
        line = lines[start]
        if line.depth != lines[end].depth or len(line.bare) > LINE_CAP or (not line.bare and not lines[start - 1].bare):
            break
        text = f"{line.bare} {text}".strip()
        if not line.bare or not _is_attribution(text, quote_follows=quote_follows):
            continue
        if _opens(line.bare):
            return start
        found = start if found is None else found
    return found


def _opens(text: str) -> bool:
    return bool(_OPENER.match(text.lstrip("*\"'([- \t")) or _STARTS_WITH_DATE.match(text))


def _may_end(last: str, *, quote_follows: bool) -> bool:
    if last.endswith((":", "：")) or (last.endswith(("-", "–", "—")) and len(last) > 4):
        return True
    return quote_follows and last.endswith((">", ")", "wrote", "schrieb", "écrit", "escribió", "scritto"))


def _is_attribution(text: str, *, quote_follows: bool) -> bool:
    if text.endswith(("-", "–", "—")):
        return bool(_DASHED_WROTE.fullmatch(text)) and bool(_DATE.search(text))
    lowered = text.casefold()
    opens = _opens(text)
    dated = bool(_DATE.search(text))
    addressed = bool(_ADDRESS.search(text))
    says = bool(_VERBS.search(lowered))
    if quote_follows:
        return (says and (dated or addressed or len(text) < 100)) or (dated and addressed and opens)
    if _FIRST_PERSON.search(lowered):
        return False
    if says:
        return addressed or (dated and (opens or _wrote_on(lowered)))
    return dated and addressed and opens and bool(re.search(r"\d{1,2}[:.h]\d{2}", text))


def _wrote_on(lowered: str) -> bool:
    """ "X wrote on 11/16/2026 15:20:" """
    match = _VERBS.search(lowered)
    return match is not None and bool(_DATE.search(lowered, match.end())) and match.start() < 80
