"""Tells what each date in a text is: the change asked for, a birth, a payment, or something else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

import re2

from mailbot.classify.dates import DateMention, find_dates, nearest
from mailbot.classify.folding import fold


class Role(StrEnum):
    """What a date is about."""

    EFFECTIVE = "effective_date"
    BIRTH = "date_of_birth"
    PAYMENT = "payment_date"
    OTHER = "other"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Dated:
    """A date with its role; `weight` is how plainly the words say so, 0 to 3."""

    mention: DateMention
    role: Role
    weight: int


@dataclass(frozen=True, slots=True)
class _Cue:
    start: int
    end: int
    role: Role
    weight: int


_REACH_BACK = 42
_REACH_AHEAD = 26
_BIRTH = (
    r"d\.?o\.?b\b\.?|\bborn\b|\bbirth ?(?:day|date)?s?\b|\bdate of birth\b|\bb-?day\b|\bf(?:echa)?\.? de nac\w*|\bnacid[oa]s?\b|\bnacio\b|\bnacimiento\b|\bcumple(?:anos)?\b|"
    r"\bnacimiento\b|\b(?:had|welcomed|delivered) (?:a|our|her|his|their|my|the)? ?(?:new |first |second )?(?:baby|son|daughter|boy|girl|twins)(?: girl| boy)?\b|\bgave birth\b|\bbaby (?:arrived|came)\b|\bdio a luz\b|"
    r"出生|生日|生于|生了"
)
_STRONG = (
    r"\beff(?:ective|ec)?\b\.?(?: date)?|\bas of\b|\bcoverage (?:to |will |should |must |is to |needs to )?(?:start|begin|end|effective|term|from|eff)\w*|\bcobra (?:begin|start)\w*|"
    r"\b(?:should|supposed to|needs? to|must) (?:be|have been|start|begin|end)\b|\bcorrect(?:ed)? to\b|\bbackdated? (?:it )?(?:to)?|\bretro(?:active(?:ly)?)?(?: (?:date|to))?\b|"
    r"\bterm(?:ination)? date\b|\bend date\b|\brequested (?:effective )?date\b|\bstart date of coverage\b|\bcoverage (?:date|start|end)\b|\b(?:medical|health|insurance) (?:should |to )?(?:start|begin|end)s?\b|"
    r"\befectiv[oa]s?\b|\bfecha efectiva\b|\bvigencia\b|\bvigente\b|\ba partir del?\b|\bcon fecha(?: de| del)?\b|生效|起保|停保|终止日|终止保"
)
_MEDIUM = (
    r"\bstart(?:s|ing|ed)?\b|\bbeg[iu]n(?:s|ning)?\b|\bbegan\b|\bterm(?:ed|s|inate|inated|inating|ination|inates)?\b|\bend(?:s|ed|ing)?\b|\bcancel(?:l?ed|s|ling|lation)?\b|"
    r"\bdrop(?:ped)?\b|\bremoved?\b|\boff\b|\bthrough\b|\bthru\b|\buntil\b|\btill\b|\bback to\b|\bcover(?:ed|age)? (?:from|through|thru|until|to)\b|\bactive\b|\bloaded\b|\breinstate\w*\b|"
    r"\bkick(?:s|ed)? in\b|\btak(?:es?|ing) effect\b|\b(?:go|goes|going) into effect\b|\bbe covered\b|\b(?:comes?|works? out) to\b|\bwould be\b|\bthat(?:'s|'d be| is)\b|\bload(?:ing)?\b|\bswitch\w*\b|\bmoved? (?:him|her|them)\b|\btransfer\w*\b|\badd(?:ed|ing)?\b|\benrolled (?:as|eff|for)\b|\binstalled?\b|\brates? (?:for|from)\b|"
    r"\bdesde\b|\bhasta\b|\bempie(?:ce|za)\b|\bempezar\b|\bcomien(?:ce|za)\b|\bcomenzar\b|\biniciar?\b|\binicie\b|\binicio\b|\btermin(?:e|a|ar|o|aron)\b|\bbaja\b|\bcancelar(?:on)?\b|\bcancelo\b|\bque sea\b|"
    r"\bquitar\w*\b|\bentre en vigor\b|开始|终止|截止|取消|停止|起\b|退保|加入"
)
_HIRED = (
    r"\b(?:he|she|they|who|we) (?:just )?(?:started|began|starts)\b|\bstarted (?:with|work|here|at|on the job|as|in the)|\bstart(?:ed|ing)? work|\bdate of hire\b|\bhir(?:ed?|ing)(?: date)?\b|\bdoh\b|\bemployed\b|"
    r"\bjoin(?:ed|s|ing)?\b|\bnew hire\b|\bcontratad\w*|\bcontratacion\b|\bingreso\b|\bempezo a trabajar|\bfirst day (?:of work|here|on)|入职"
)
_PAID = (
    r"\bpaid\b|\bpayments?\b|\bpay\b|\bchecks?\b|\bcheque\b|\bwire[ds]?\b|\bach\b|\beft\b|\bdraft(?:ed|s)?\b|\btook\b|\bpulled\b|\bdebit(?:ed)?\b|\bdeposit(?:ed)?\b|\bremit\w*\b|\bposted\b|"
    r"\bclear(?:ed|s)\b|\bcharged\b|\bwithdr\w+|\bpag(?:o|os|amos|ue|aron|ado|o)\b|\btransferencia\b|\bwent (?:out|through)\b|\bcashed\b|\bcobr(?:aron|o|ado)\b|\bdebito\b|付款|支付|付了|付的|汇款|扣款|扣了|转账|缴"
)
_OTHER = (
    r"\bdos\b|\bdates? of service\b|\bservice date\b|\bdeni(?:ed|al)\b|\bdeny\b|\bletters?\b|\bnotices?\b|\bdated\b|\bsigned\b|\beob\b|\bmarri(?:ed|age)\b|\bwedding\b|\bdivorced?\b|\bmoved\b|\bmoving\b|"
    r"\bdied\b|\bpassed\b|\bdeceased\b|\bcall(?:ed)?\b|\bspoke\b|\bemail(?:ed)?\b|\bsent\b|\bsubmit(?:ted)?\b|\bfax(?:ed)?\b|\bmailed\b|\bwrote\b|\breceived\b|\bgot\b|\bapplied\b|\btransmitted\b|"
    r"\bdeadline\b|\bdue\b|\blast day\b(?: worked)?|\bresign(?:ed|ation)?\b|\bquit\b|\blaid off\b|\bleft\b|\blos(?:t|es|ing)\b|\bloss\b|\bexpire[sd]?\b|\bappointment\b|\bseen\b|\bvisit\b|\bsurgery\b|\badmi(?:tted|ssion)\b|"
    r"\bdischarged?\b|\bexam\b|\btraining\b|\bevent\b|\bretired?\b|\bcustody\b|\badopted\b|\bcourt\b|\border\b|\bissued\b|\bprinted\b|\bcalled\b|\bsaw\b|\bfiled\b|\bpicked\b|\bchose\b|\belected\b|"
    r"\bcas(?:o|amos|aron|e)\b|\bmatrimonio\b|\bmud(?:o|e|amos|aron)\b|\bcita\b|\bmand(?:e|o|amos)\b|\benvi(?:e|o|amos)\b|\brecib(?:i|io|imos)\b|\bcarta\b|\brealizad[oa]\b|\bfallecio\b|\brenunci(?:o|a)\b|"
    r"结婚|登记|搬|收到|寄|提交|离职|去世|就诊|手术|截止日|服务日"
)
_CUES = tuple(
    (re2.compile(f"(?i)(?:{words})"), role, weight)
    for words, role, weight in (
        (_BIRTH, Role.BIRTH, 3),
        (_STRONG, Role.EFFECTIVE, 3),
        (_HIRED, Role.OTHER, 3),
        (_PAID, Role.PAYMENT, 2),
        (_OTHER, Role.OTHER, 2),
        (_MEDIUM, Role.EFFECTIVE, 2),
    )
)
_BREAK = re2.compile(r"[.!?。！？;；]\s|\n")
_FROM_BIRTH = re2.compile(
    r"(?i)(?:\b(?:on|from|as of|eff(?:ective)?(?: date)?|since|the|same|at|desde(?: el)?|de) (?:the |his |her |their |el )?(?:date of (?:his |her )?birth|birth ?date|day (?:he|she|they) (?:was|were) born|day of (?:his |her )?birth|dob|"
    r"dia que nacio|dia de(?: su)? nacimiento|fecha de nacimiento|nacimiento|birth)\b|(?:从|自)?出生(?:当天|之日|日|那天)起?(?:开始)?(?:生效)?)"
)
_PARENTHESIS_AFTER_NAME = re2.compile(r"[\p{L}.]{2,} ?[(（,] ?$")


def dated(text: str, sent: date) -> tuple[Dated, ...]:
    """The dates of a text with their roles."""
    folded = fold(text)
    mentions = find_dates(text, sent)
    if not mentions:
        return ()
    cues = list(_cues(folded))
    breaks = [match.end() for match in _BREAK.finditer(text)]
    found = [_judged(text, mention, cues, breaks, mentions, sent) for mention in mentions]
    return tuple(_settled(one, sent) for one in found)


def _cues(text: str) -> Iterator[_Cue]:
    taken: list[tuple[int, int]] = []
    for expression, role, weight in _CUES:
        for match in expression.finditer(text):
            start, end = match.span()
            if not any(start < other_end and other_start < end for other_start, other_end in taken):
                taken.append((start, end))
                yield _Cue(start, end, role, weight)


def _judged(
    text: str, mention: DateMention, cues: list[_Cue], breaks: list[int], mentions: tuple[DateMention, ...], sent: date
) -> Dated:
    """The nearest cue decides, one before the date rather than one behind it."""
    floor = max((at for at in breaks if at <= mention.start), default=0)
    ceiling = min((at for at in breaks if at > mention.end), default=len(text))
    if mention.year_stated and not mention.is_month and _born_in_parenthesis(text, mention, sent):
        return Dated(mention, Role.BIRTH, 2)
    best: tuple[int, _Cue] | None = None
    for cue in cues:
        distance = _distance(cue, mention, floor, ceiling, mentions)
        if distance is not None:
            distance += _comma_between(text, cue, mention)
        if distance is not None and (best is None or distance < best[0]):
            best = (distance, cue)
    if best is None:
        return Dated(mention, Role.NONE, 0)
    return Dated(mention, best[1].role, best[1].weight)


def _distance(
    cue: _Cue, mention: DateMention, floor: int, ceiling: int, mentions: tuple[DateMention, ...]
) -> int | None:
    """How far a cue is from the date, in letters; None where it belongs to another sentence or date."""
    if floor <= cue.start and cue.end <= mention.start and mention.start - cue.end <= _REACH_BACK:
        between = any(cue.end <= other.start and other.end <= mention.start for other in mentions)
        return mention.start - cue.end + (14 if between else 0)
    if mention.end <= cue.start < ceiling and cue.start - mention.end <= _REACH_AHEAD:
        between = any(mention.end <= other.start <= cue.start for other in mentions)
        return None if between else 2 * (cue.start - mention.end) + 8
    return None


def _comma_between(text: str, cue: _Cue, mention: DateMention) -> int:
    """A comma parts what is said of one date from what is said of the next."""
    between = text[cue.end : mention.start] if cue.end <= mention.start else text[mention.end : cue.start]
    han = any(mark in between for mark in "，、")
    return 24 if han else 10 * ("," in between)


def _born_in_parenthesis(text: str, mention: DateMention, sent: date) -> bool:
    """ "Georgette Tremaine (7-16-1978)": a date of long ago right behind a name."""
    return mention.day < sent - timedelta(days=400) and bool(
        _PARENTHESIS_AFTER_NAME.search(text[max(0, mention.start - 24) : mention.start])
    )


def _settled(one: Dated, sent: date) -> Dated:
    """A birth without a year is no date of birth; a payment without one lies in the past."""
    mention = one.mention
    if one.role is Role.BIRTH and (mention.is_month or mention.day > sent + timedelta(days=30)):
        return replace(one, role=Role.OTHER)
    if one.role is Role.EFFECTIVE and mention.is_relative and one.weight < 3:
        return replace(one, role=Role.OTHER)
    if one.role is Role.EFFECTIVE and mention.year_stated and mention.day < sent - timedelta(days=1500):
        return replace(one, role=Role.BIRTH if not mention.is_month else Role.OTHER, weight=1)
    if one.role is Role.PAYMENT and not mention.year_stated and mention.day > sent + timedelta(days=45):
        past = nearest(mention.day.month, mention.day.day, sent - timedelta(days=180))
        return replace(one, mention=replace(mention, day=past or mention.day))
    return one


def starts_at_birth(text: str) -> bool:
    """Whether coverage is asked for from the day of birth, in words and without the date."""
    return bool(_FROM_BIRTH.search(text))
