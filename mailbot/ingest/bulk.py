"""Knows mail to many: lists, newsletters, advertising, cold sales, phishing."""

# ruff: noqa: E501 the tables of phrases move to files of their own

from __future__ import annotations

import re

from mailbot.mail import Message

_TEXT_CAP = 20_000
_LIST_HEADERS = (
    "list-id",
    "list-unsubscribe",
    "list-post",
    "list-owner",
    "list-subscribe",
    "list-archive",
    "mailing-list",
    "x-mailing-list",
    "list-unsubscribe-post",
)
_MASS_HEADERS = re.compile(
    r"x-(?:campaign|campaignid|campaign-id|mailchimp|mc-user|mailgun-tag|cm-campaign|bulkmail|mass|newsletter|emv|rpcampaign|job|virtualserverinfo|sfmc|sg-eid|marketo|mkto|hubspot|constantcontact|csa-complaints|report-abuse|abuse|list|binding|maillist).{0,40}|feedback-id|x-csa-complaints"
)
_UNSUBSCRIBE = re.compile(
    r"\bunsubscribe\b|opt[- ]?out|reply stop\b|manage (?:your )?(?:subscription|preferences)|(?:update|e-?mail) preferences|view (?:this (?:e-?mail|message|newsletter)|it|online) in (?:your|a) (?:web )?browser|"
    r"(?:you(?:'re| are) (?:receiving|getting) this|you receive this|you received this (?:e-?mail|message|newsletter)|this (?:e-?mail|message|newsletter) was sent to)\b.{0,40}(?:because|as |to )|to stop receiving|remove (?:me|yourself) from|"
    r"abmelden|abbestellen|newsletter abbestellen|austragen|se désabonner|se désinscrire|désinscription|ne plus recevoir|darse de baja|darte de baja|cancelar (?:la |su )?suscripción|no dese[ae]s? (?:recibir|seguir)|dejar de recibir|"
    r"disiscriv|annulla (?:l')?iscrizione|cancellati|descadastr|cancelar (?:a )?inscrição|afmelden|uitschrijven|avmeld|afmeld|avregistrera|peruuta tilaus|wypisz|zrezygnuj|odhlásit|отписаться|退订|取消订阅|取消訂閱|配信停止|수신거부|aboneliğ",
    re.IGNORECASE,
)
_SELLING = re.compile(
    r"\b\d{1,3}\s?% (?:off|discount|rabatt|descuento|de descuento|sconto|remise|korting)|\b(?:limited[- ]time|special|exclusive|early[- ]?bird) (?:offer|rate|price|discount|deal)|\bact now\b|\border (?:now|today)|\bshop\b ?(?:now|:)|\bbuy now\b|\bfree (?:trial|demo|quote|consultation|sample|leads?)|\bno (?:contract|obligation|commitment)\b|"
    r"\bwould you be (?:open|free|available|interested)\b|\b(?:15|20|30)[- ]?(?:minutes?|min)\b.{0,40}\b(?:call|chat|next|this|tuesday|thursday|demo|week|meeting)?|\bquick (?:question|call|chat)\b|\bbook (?:a|your) (?:demo|call|slot|meeting)|\bschedule a (?:demo|call)|\bright person\b|\bour (?:clients|customers) (?:cut|save|see|increase|reduce|get)|\b(?:clients|customers) (?:cut|save|increase|reduce)\b|"
    r"\bleads?\b.{0,40}\b(?:each|exclusive|live|transfer|zip|qualified|free)|\b(?:seo|search engine|first page|ranking)\b.{0,60}|\b(?:google|bing) ranking|\b(?:errors?|issues?) (?:on|in) your (?:web ?site|site)|\bplace your website|"
    r"\b(?:booths?|exhibitor|sponsorship|floor plan|webinar|register (?:now|today|here)|seats? (?:left|available|remaining)|last seats|últimos lugares|diplomado|certificado|inscr[ií]bete|curso)\b|\bp\.?s\.? if you're not\b|"
    r"\bwe (?:offer|provide|specialize|help companies)\b.{0,80}|\bboost (?:your|sales)|\bincrease (?:your )?(?:sales|revenue|productivity)|\bask for (?:a )?quote|\b(?:price list|catalog(?:ue)?|brochure)\b|\bdirectory listing\b|\bbusiness directory\b|\btrademark (?:publication|registration)\b|\bdomain (?:name )?(?:renewal|expir)|"
    r"代开|发票|普通發票|优惠|促销|特价|推广|广告|培训(?:课程|班)|免费(?:试用|领取)|限时|点击(?:这里|链接|领取)|加微信|贷款|セール|キャンペーン|お得|할인|광고",
    re.IGNORECASE,
)
_PHISHING = re.compile(
    r"\b(?:your )?(?:mailbox|account|e-?mail|password|storage|inbox)\b.{0,60}\b(?:full|limit|quota|expire[sd]?|expiring|suspend(?:ed|sion)?|deactivat\w+|disabled|verif\w+|validat\w+|re-?validat\w+|upgrade|locked|on hold|will be (?:closed|deleted|blocked))|"
    r"\b(?:verify|validate|re-?validate|confirm|update|upgrade|reactivate|unlock) (?:your |the )?(?:account|mailbox|identity|password|information|e-?mail|now)|\bwithin (?:24|48|72|12) hours\b|\bto avoid (?:suspension|deactivation|closure|collection|interruption|losing)|\bpending (?:incoming )?messages?\b|\bincoming messages are pending|\bclick (?:here|below|the link|on the link)\b|\bsign in to (?:review|view|release)|"
    r"\b(?:next of kin|beneficiary of|inheritance|lottery|winner|million (?:usd|dollars|euros)|wire transfer to|gift cards?|bitcoin|wallet address|compensation fund|western union)\b|\bfinal notice\b|\bremit (?:payment )?within\b|\bavoid (?:collection|legal action)|"
    r"\b(?:konto|postfach)\b.{0,40}\b(?:gesperrt|verifizieren|bestätigen|abgelaufen)|\b(?:compte|boîte)\b.{0,40}\b(?:suspendu|vérifier|expir)|\b(?:cuenta|buzón)\b.{0,40}\b(?:suspendid|verificar|caducar|lleno)|\b(?:casella|account)\b.{0,40}\b(?:sospes|verificare|piena)|您的(?:邮箱|帐户|账户|账号).{0,20}(?:已满|升级|验证|停用|过期)",
    re.IGNORECASE,
)
_OWN_MATTERS = re.compile(
    r"\b(?:subscriber|member|employee|dependent|spouse|my (?:son|daughter|wife|husband|id|card|plan|coverage|doctor|premium|claim)|our (?:group|employees?|member|group number|invoice|renewal)|group (?:number|no|#)|claim (?:number|no|#)|date of birth|npn|npi|effective (?:date|\d)|terminat\w+|enroll(?:ment form| (?:him|her|them|my|our|the following))|reinstat\w+|patient)\b|"
    r"\b(?:mi (?:hij[oa]|espos[oa]|tarjeta|plan|cobertura|póliza)|nuestr[oa] (?:empleado|grupo)|número de (?:grupo|suscriptor|miembro))\b|(?:员工|保险卡|团体号|会员|理赔|参保|配偶)",
    re.IGNORECASE,
)
_LINK = re.compile(r"https?://|\bwww\.", re.IGNORECASE)


def list_signs(message: Message) -> tuple[str, ...]:
    """Headers of lists and newsletters; an automatic reply from a list robot is one of these as well."""
    for name in _LIST_HEADERS:
        if (message.header(name) or "").strip():
            return (f"the header {name}",)
    for value in message.headers_named("precedence") + message.headers_named("x-precedence"):
        if value.strip().casefold().split(";")[0].strip() in ("list", "junk"):
            return ("Precedence is list or junk",)
    return ()


def bulk_signs(message: Message) -> tuple[str, ...]:
    """Why the message went to many, or is unasked-for selling or fraud; empty when a person may mean this desk."""
    if any(
        value.strip().casefold() == "bulk"
        for value in message.headers_named("precedence") + message.headers_named("x-precedence")
    ):
        return ("Precedence is bulk",)
    text = f"{message.subject}\n{message.text[:_TEXT_CAP]}"
    mass = any(_MASS_HEADERS.fullmatch(name) for name, _ in message.headers)
    leaves = bool(_UNSUBSCRIBE.search(text))
    if mass and leaves:
        return ("headers of a mass mailing", "it tells how to unsubscribe")
    if message.in_reply_to or message.references:
        return ()
    sells = len({match[0].casefold()[:12] for match in _first(_SELLING, text)})
    cheats = len({match[0].casefold()[:12] for match in _first(_PHISHING, text)})
    own = len({match[0].casefold()[:12] for match in _first(_OWN_MATTERS, text)})
    signs = []
    if leaves:
        signs.append("it tells how to unsubscribe")
    if sells:
        signs.append("it offers something for sale")
    if cheats:
        signs.append("it presses the reader to act on an account")
    weight = 2 * leaves + sells + cheats + mass + (1 if cheats and _LINK.search(text) else 0)
    return tuple(signs) if weight - 2 * own >= 2 else ()


def _first(pattern: re.Pattern[str], text: str) -> list[re.Match[str]]:
    found = []
    for match in pattern.finditer(text):
        found.append(match)
        if len(found) >= 8:
            break
    return found
