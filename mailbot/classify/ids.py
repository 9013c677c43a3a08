"""Finds the numbers that name things: groups, subscribers, persons, producers, providers, claims, cases, invoices."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from stdnum import luhn

from mailbot.classify.linear import Linear
from mailbot.classify.taken import Taken
from mailbot.classify.together import Together


@dataclass(frozen=True, slots=True)
class IdMention:
    """An id of a kind, at text[start:end], blanks taken out; `labelled` where words before it say what it is."""

    name: str
    value: str
    start: int
    end: int
    labelled: bool = True


_NUMBER_WORD = (
    r"(?:['’]?s)?(?: ?#'?s\b)?(?: ?\(?(?:"
    r"id|i\.d\.|no|nos|num|nbr|number|numbers|numero|número|núm|nro|code|reference|ref|#|№|"
    r"号码|号|编号|編號|號碼|號)\b?\.?)*"
)
_LINK = (
    r"(?: ?(?:with you|we have|you gave us|i have|there|on the exchange|"
    r"on (?:the|my|our|his|her|your) (?:id )?card|el|la|is|are|was|es|son|de|del|"
    r":|：|=|#|-|–|\(|为|是|,|\*|\"|“)){0,4} ?"
)
_ID = r"([A-Z]{0,4}[-.]?\d[A-Z\d]*(?:[-.][A-Z\d]+)*)"
_SPACED = r"((?:[A-Z]{1,4}[- ]?)?\d[\dA-Z]*(?:[ -]\d[\dA-Z]*){0,6}(?:[ -](?-i:[A-Z])\b)?)"

_SUBSCRIBER_LABEL = (
    r"(?:\b(?:subscriber|subscr|sub|member|mbr|insured|policy ?holder|enrollee|contract|policy|certificate|card|"
    r"suscriptor|suscriptora|miembro|afiliad[oa]|asegurad[oa]|p[óo]liza|identificaci[óo]n|tarjeta)|"
    r"会员|會員|投保人|保险卡|卡)"
)


def _compiled(expression: str) -> Any:
    return Linear("(?i)" + expression)


_GROUP = _compiled(
    r"(?:\bgroups?|\bgrps?|\bgrupos?|\bgr\b|\bgp\b|团体|團體|集团|公司团体|组)(?: (?:id|account|policy|contract))?"
    + _NUMBER_WORD
    + _LINK
    + r"(\d{2,3}(?: \d{2,5}){1,3}\b|(?:[A-Z]{1,4}-?)?\d[\dA-Z]*(?:-[A-Z\d]+)*)"
)
_SUBSCRIBER = _compiled(_SUBSCRIBER_LABEL + _NUMBER_WORD + _LINK + _SPACED)
_CARD_ID = Linear(r"\b([A-Z]{3}#?[ -]?\d[\d -]{4,16}\d[A-Z]?(?: [A-Z]\b)?)")
_BARE_ID = _compiled(r"\b(?:id|i\.d\.|ids|identificaci[óo]n)" + _NUMBER_WORD + _LINK + _SPACED)
_PERSON_CODE = r"((?:[A-Z]{1,3}-?)?(?:\d{3,6}-\d{3,6}|\d{4,12}))"
_PERSON = _compiled(
    r"(?:\bperson(?:al)?s?|\bpids?|\bconsumer|\bindividual|\bpersonas?|\bconsumidor(?:a)?|\bapplicant|\bexchange|\bmarketplace|\bcliente|"
    r"个人|消费者|人员)(?: (?:id|ids|number))?" + _NUMBER_WORD + _LINK + _PERSON_CODE
)
_NPN = _compiled(
    r"(?:\bnpns?\b|\bnational producer (?:number|no\.?)|\bproducer (?:number|no\.?|id|#)|经纪人号码?|经纪人编号)"
    + _NUMBER_WORD
    + _LINK
    + r"(\d{3,4} \d{4}|\d{4,10})"
)
_NPN_BEHIND = _compiled(r"\b(\d{6,10}) ?\(npn\)")
_NPI = _compiled(r"\bnpis?\b" + _NUMBER_WORD + _LINK + r"(\d{10})")
_CODE = r"((?:[A-Z]{1,4}-?)?\d[\dA-Z]*(?:-[\dA-Z]+)*)"
_CLAIM = _compiled(
    r"(?:\bclaims?|\breclamos?|\breclamaci(?:ón|on|ones)|\bclm|\bicn|\bdcn|理赔|索赔|賠案|赔案)"
    r"(?: (?:control|id|reference))?" + _NUMBER_WORD + _LINK + _CODE
)
_PREAUTH = _compiled(
    r"(?:\b(?:pre-?auth(?:orization)?s?|prior[- ]auth(?:orization)?s?|auth(?:orization)?s?|pa|precert(?:ification)?|"
    r"referral|preautorizaci[óo]n|autorizaci[óo]n|concurrent review|um|case review)\b|预授权|预先授权|授权|预审)"
    r"(?: (?:request|case|review|reference))?" + _NUMBER_WORD + _LINK + _CODE
)
_PREAUTH_BARE = Linear(r"\b((?:PA|AUTH|PRE|UM)-?\d[\dA-Z-]{4,14})\b")
_CASE = _compiled(r"\b(\d{6}-\d{7})\b")
_CASE_LABELLED = _compiled(
    r"(?:\b(?:case|inquiry|ticket|incident|caso|consulta|incidente|complaint)\b|案件|个案|案例)(?: (?:id|reference))?"
    + _NUMBER_WORD
    + _LINK
    + r"(\d{4,}[\dA-Z-]*|[A-Z]{1,4}-?\d{4,}[\dA-Z-]*)"
)
_INVOICE = _compiled(
    r"(?:\b(?:invoices?|bills?|statement|facturas?|inv)\b|发票|账单)"
    + _NUMBER_WORD
    + _LINK
    + r"((?:[A-Z]{1,5}-?){0,2}\d[\dA-Z]*(?:-[\dA-Z]+)*)"
)
_MORE = Linear(r"^ ?(?:,|;|/|and|&|or|y|e|和|、|\+|, and)+ ?#? ?((?:[A-Z]{1,4}[- ]?)?\d[\dA-Z]*(?:-[\dA-Z]+)*)")
_PLAIN_NUMBER = Linear(r"(?:^|[ (,;])(\d{4,12})\b")
_ZERO_GROUP = Linear(r"\b(0\d{6}(?:-(?:[A-Z]{1,2}|\d{1,3}))?)\b")
_OTHER_IDS = frozenset(
    [
        "error",
        "user",
        "login",
        "tax",
        "employee",
        "transaction",
        "confirmation",
        "session",
        "trace",
        "portal",
        "web",
        "apple",
        "event",
        "log",
        "message",
        "order",
        "request",
        "tracking",
    ]
)
_DIGIT = re.compile(r"\d")


def find_ids(text: str) -> tuple[IdMention, ...]:
    """All ids in the order of the text; one stretch of text is one id only."""
    found: list[IdMention] = []
    if not _DIGIT.search(text):
        return ()
    taken = Taken(text)
    for place in _TOGETHER.present(text):
        _add(found, _KINDS[place], text, taken)
    for mention in [mention for mention in found if mention.name == "person_id" and mention.labelled]:
        found.extend(_alike(mention, text, taken))
    return tuple(sorted(found, key=lambda mention: mention.start))


def _alike(first: IdMention, text: str, taken: Taken) -> Iterator[IdMention]:
    """Numbers of the same length later on the line: "PIDs 301177 Ann Lee and 301178 Bo Lee"."""
    line_end = text.find("\n", first.end)
    line = text[first.end : line_end if line_end >= 0 else len(text)]
    for match in _PLAIN_NUMBER.finditer(line):
        start, end = first.end + match.start(1), first.end + match.end(1)
        if len(match[1]) == len(first.value) and not taken.overlaps(start, end):
            taken.take(start, end)
            yield IdMention(first.name, match[1], start, end)


@dataclass(frozen=True, slots=True)
class _Kind:
    name: str
    expression: Any
    fits: Callable[[str], bool]
    labelled: bool = True
    several: bool = True


def _add(found: list[IdMention], kind: _Kind, text: str, taken: Taken) -> None:
    for match in kind.expression.finditer(text):
        for value, start, end in _values(match, text, several=kind.several):
            squeezed = "".join(value.split()).replace("#", "").strip("-.")
            free = kind.fits(squeezed) and not taken.overlaps(start, end)
            if free and not _cut_off(text, match.start(), start, end):
                taken.take(start, end)
                found.append(IdMention(kind.name, squeezed, start, end, kind.labelled))


def _values(match: Any, text: str, *, several: bool) -> Iterator[tuple[str, int, int]]:
    """The value behind a label, and those that follow it in a row ("claims 26-1 and 26-2")."""
    value, start, end = match[1], match.start(1), match.end(1)
    yield value, start, end
    for _ in range(12 if several else 0):
        more = _MORE.match(text[end : end + 40])
        if not more:
            return
        start, end = end + more.start(1), end + more.end(1)
        yield more[1], start, end


def _cut_off(text: str, label: int, start: int, end: int) -> bool:
    """A number of something else ("order id"), or one that goes on (a date, an amount, a time)."""
    before, after = text[max(0, label - 16) : label].lower().split(), text[end : end + 2]
    return (
        bool(before and before[-1] in _OTHER_IDS)
        or (after[:1] in ("/", ":", ".", ",") and after[1:2].isdigit())
        or after[:1] == "%"
        or after[:1].isdigit()
        or text[start - 1 : start] == "$"
    )


def _digits(value: str) -> int:
    return sum(letter.isdigit() for letter in value)


def _is_group(value: str) -> bool:
    return 4 <= _digits(value) <= 10 and len(value) <= 14 and not _is_year(value)


def _is_year(value: str) -> bool:
    return len(value) == 4 and value[:2] in ("19", "20")


def _is_subscriber(value: str) -> bool:
    return 6 <= _digits(value) <= 16 and not _is_social(value)


def _is_card(value: str) -> bool:
    return 6 <= _digits(value) <= 14 and value[:3].upper() not in (
        "NPI",
        "NPN",
        "PID",
        "TEL",
        "FAX",
        "DOB",
        "SSN",
        "EIN",
        "TIN",
    )


def _is_social(value: str) -> bool:
    parts = value.split("-")
    return [len(part) for part in parts] == [3, 2, 4] and all(part.isdigit() for part in parts)


def _is_person(value: str) -> bool:
    return 4 <= _digits(value) <= 12 and not _is_year(value)


def _is_npi(value: str) -> bool:
    """Ten digits; the check digit (Luhn over 80840 and the number) may be a slip of the pen where a label says NPI."""
    return len(value) == 10


def is_valid_npi(value: str) -> bool:
    """Whether the check digit of an NPI holds (ISO/IEC 7812 with the prefix 80840)."""
    return len(value) == 10 and value.isdigit() and bool(luhn.is_valid("80840" + value))


def _is_claim(value: str) -> bool:
    return 5 <= _digits(value) <= 20 and not _is_social(value) and not _is_date(value)


def _is_date(value: str) -> bool:
    parts = value.split("-")
    return (
        len(parts) == 3
        and all(part.isdigit() for part in parts)
        and len(parts[0]) == 4
        and len(parts[1]) == 2 == len(parts[2])
    )


def _is_preauth(value: str) -> bool:
    return 5 <= _digits(value) <= 14 and not _is_date(value)


def _is_case(value: str) -> bool:
    return 5 <= _digits(value) <= 16 and not _is_date(value)


def _is_invoice(value: str) -> bool:
    return 4 <= _digits(value) <= 14 and not _is_year(value) and not _is_date(value)


_KINDS = (
    _Kind("prior_case_id", _CASE, _is_case, several=False),
    _Kind("npn", _NPN, lambda value: value.isdigit()),
    _Kind("npn", _NPN_BEHIND, lambda value: value.isdigit()),
    _Kind("npi", _NPI, _is_npi),
    _Kind("group_number", _GROUP, _is_group),
    _Kind("claim_number", _CLAIM, _is_claim),
    _Kind("preauth_reference", _PREAUTH_BARE, _is_preauth, labelled=False),
    _Kind(
        "preauth_reference",
        _PREAUTH,
        _is_preauth,
    ),
    _Kind("invoice_number", _INVOICE, _is_invoice, several=False),
    _Kind("subscriber_id", _SUBSCRIBER, _is_subscriber, several=False),
    _Kind("subscriber_id", _CARD_ID, _is_card, labelled=False, several=False),
    _Kind(
        "person_id",
        _PERSON,
        _is_person,
    ),
    _Kind("subscriber_id", _BARE_ID, _is_subscriber),
    _Kind(
        "prior_case_id",
        _CASE_LABELLED,
        _is_case,
        several=False,
    ),
    _Kind("group_number", _ZERO_GROUP, _is_group, labelled=False, several=False),
)
_TOGETHER = Together(kind.expression.pattern for kind in _KINDS)
