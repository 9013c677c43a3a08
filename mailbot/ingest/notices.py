"""Knows the words of delivery notices: their subjects, their sentences in several languages, and where the returned mail begins."""

# ruff: noqa: E501 the tables of phrases move to files of their own

from __future__ import annotations

import re

import re2

NOTICE_CAP = 65_536

_SUBJECT = re2.compile(
    r"(?i)^\W{0,3}(?:\[?auto\]? ?:? ?)?(?:"
    r"undeliver(?:ed|able)|un-?deliverable|non[- ]?(?:deliver(?:y|able)|remis)|not (?:been )?delivered|delivery (?:status )?(?:notification|failure|failed|error|problem|report|status|has failed|delay|unsuccessful|attempt)|"
    r"mail(?:er)? (?:delivery|could not|system error|status|failure|error|returned|undeliver|transaction)|mailer[- ]daemon|failure notice|failed mail|failed delivery|fail(?:ure|ed):? |returned? (?:mail|e-?mail|to sender|message)|mail returned|message (?:delivery|undeliverable|not delivered|could not|status|delayed|returned|rejected|blocked|quarantined|has been (?:blocked|rejected|deferred)|failed|refused)|"
    r"could(?: not|n't) (?:send|deliver|be delivered)|unable to (?:deliver|send|complete)|(?:your )?(?:e-?mail|mail|message)\b.{0,60}\b(?:could not|was not|couldn't|cannot|not) (?:be )?(?:delivered|sent|forwarded|processed)|can(?:not|'t) (?:send|deliver)|warning: (?:could not|message|e?-?mail)|delayed (?:mail|message|delivery)|(?:temporarily )?delayed|no such (?:user|address)|user unknown|unknown (?:user|address|recipient)|bounce[d ]|rejected|refused|blocked|nondeliverable|"
    r"banned|delivery to .{1,80} (?:failed|refused)|considered unsolicited|\(?spam\)?|virus|e-?mail not accepted|quota exceeded|mailbox (?:full|over)|over quota|(?:relaying|access) denied|permanent(?:ly)? (?:error|fail|delivery)|"
    r"unzustellbar|nicht zustellbar|zustell(?:ung|fehler)|ihre nachricht konnte nicht|(?:e-?mail|nachricht|mail) (?:nicht|konnte nicht)|rückläufer|unzustellbarkeit|mail-?fehler|annahme verweigert|"
    r"non remis|non distribué|remise impossible|échec de (?:la )?(?:remise|livraison|distribution)|message non|courriel non|avis de non|notification d'état de remise|retourné|"
    r"no se (?:puede|pudo|ha podido) entregar|no (?:entregado|entregable)|error de entrega|fallo (?:en la|de) entrega|entrega fallida|devuelto|devolución|no entregable|notificaci[oó]n de estado de entrega|correo devuelto|mensaje no entregado|aviso de no entrega|"
    r"non recapitabile|mancata consegna|impossibile recapitare|messaggio non consegnato|mancato recapito|consegna fallita|"
    r"não (?:é possível entregar|entregue|foi possível)|falha (?:na|de) entrega|não entregue|devolvid|mensagem não|erro de entrega|"
    r"onbestelbaar|niet bezorgd|niet afgeleverd|aflevering mislukt|kan niet worden bezorgd|ikke leveret|kan ikke leveres|olevererbart|oleverbart|går inte att leverera|kunde inte levereras|toimittamatta|ei voitu toimittaa|"
    r"niedostarczon|nie dostarczono|nie można dostarczyć|zwrot|nedoručiteln|nelze doručit|nedoručené|nem kézbesíthető|kézbesíthetetlen|teslim edilemedi|iletilemedi|nelivrat|"
    r"недоставлен|не доставлен|сообщение не доставлено|невозможно доставить|не удалось доставить|возврат|"
    r"系统退信|退信|退件|邮件退回|郵件無法|未能送达|无法送达|無法傳遞|無法投遞|投递失败|傳送失敗|發送失敗|寄送失敗|邮件发送失败|配信(?:エラー|不能|できません)|送信(?:エラー|できません)|配達不能|未配達|メール(?:が|を)?(?:送信|配信|届)|エラーメール|반송|전송 실패|배달 ?(?:실패|불가|되지)|메일.{0,10}실패)"
)
_SENTENCE = re2.compile(
    r"(?i)(?:this is the (?:qmail-send program|postfix program|mail system|e-?mail system|ezmlm|machine-generated|mailer|courier)|message from (?:the )?(?:mail|yahoo|xtra|ziplip|mdaemon)|created automatically by mail delivery|automatically (?:generated|created) (?:by )?(?:the )?(?:mail|delivery|message)|"
    r"delivery status notification|delivery[- ]status|delivery (?:has |to .{0,80}?)?(?:failed|failure|been delayed|is delayed|delayed)|"
    r"(?:could|can|did|was|were|is|has|have|been|will|would|do|does)(?:n't|n.t| not|not)? (?:be |been |able |not )?(?:to )?(?:be )?(?:deliver(?:ed|able)?|sent|reach(?:ed)?|relayed|processed|forwarded|routed|transmitted|completed|accepted)\b.{0,60}?(?:to|recipient|address|because|following|user|mailbox|message|due|for)|"
    r"(?:un|non)-?deliver(?:ed|able)|undelivered|unable to (?:deliver|relay|send|reach|complete|route)|failed to (?:deliver|reach|send)|returned to (?:the )?sender|returning (?:the )?(?:message|mail)|permanent(?:ly)? (?:fatal )?(?:error|fail)|fatal error|transient (?:non-fatal )?error|"
    r"(?:following|these|this|one or more|some|all) (?:of (?:its|the|your) )?(?:\w+ )?(?:recipient|address|e-?mail address)\w*(?:\(es\)|\(s\))?.{0,60}?(?:fail|not|reject|unknown|invalid|error|problem|refus)|did not reach|not reach the following|addresses? failed|no such (?:user|address|mailbox|recipient|person|account)|"
    r"user (?:\S{1,80} )?(?:is )?(?:unknown|not found|doesn'?t exist|does not exist|not listed|disabled|not known)|(?:unknown|invalid|illegal|bad|non-existent) (?:user|recipient|address|mailbox|local|alias|domain|host|account)|(?:mailbox|account|address|recipient|user|quota|inbox|box)\b.{0,60}?(?:is full|exceeded|over quota|overquota|disabled|suspended|inactive|unavailable|not available|unknown|doesn'?t exist|does not exist|no longer|rejected|blocked|closed|expired|not found|full)|over (?:the )?(?:disk )?quota|quota (?:limit )?exceed|exceed.{0,30}quota|"
    r"message (?:was|has been|is|could not be)? ?(?:undeliver|rejected|refused|blocked|returned|bounced|delayed|postponed|deferred|not delivered|quarantin|discarded)|(?:e-?mail|mail|message) (?:you (?:sent|tried)|that you sent|from you)|your (?:e-?mail|message|mail|letter)\b.{0,80}?(?:could not|couldn't|cannot|was not|wasn't|has been (?:rejected|blocked|returned|refused|delayed)|was (?:rejected|blocked|refused|returned|undeliver|not)|not (?:been )?delivered|undeliver|failed|bounced|rejected|blocked|still)|"
    r"host (?:or domain name )?(?:unknown|not found)|(?:name|domain) (?:service error|lookup|not found)|relay(?:ing)? (?:access )?(?:denied|prohibited|not permitted)|will (?:keep|continue|be) (?:to )?(?:be )?(?:try|retr)|retry(?:ing)? (?:time(?:out)?|for|until)|still (?:being retried|undelivered)|connection (?:timed out|refused)|mail (?:loop|receiv|server)|hop count|smtp error|\bsmtp;? ?5\d\d|\b5[0-5]\d[ -]#?5\.\d\.\d|\b55\d[ -]|remote (?:mail )?server|transcript of session|reporting-mta|diagnostic|access denied|considered (?:to be )?(?:spam|unsolicited)|looks like spam|as spam|spam (?:filter|score|message|content|detected)|unsolicited|(?:detected|contain\w*) (?:a |the )?virus|mimedefang|content filter|"
    r"(?:konnte|kann|wurde|werden) (?:\w+ ){0,4}(?:nicht|zurück).{0,40}?(?:zugestellt|zustellen|übermittelt|ausgeliefert|gesendet|gewiesen|gesandt|erreicht)|nicht zugestellt|unzustellbar|empfänger (?:unbekannt|nicht|existiert)|postfach.{0,30}?(?:voll|existiert nicht|gesperrt)|zustellung.{0,60}?(?:fehlgeschlagen|gescheitert|nicht)|"
    r"n'a (?:pas )?(?:pu|été)(?: pas)?.{0,40}?(?:remis|délivr|distribu|livr|transmis)|n'a pas pu être|échec de (?:la )?(?:remise|distribution)|destinataire (?:inconnu|introuvable)|boîte.{0,30}?pleine|adresse.{0,30}?(?:introuvable|n'existe pas|inconnue)|"
    r"no (?:se )?(?:pudo|puede|ha podido|fue posible|ha sido posible|se ha podido).{0,40}?(?:entreg|enviar|encontr)|error de entrega|no (?:se )?(?:encontr|existe)|buzón.{0,30}?lleno|usuario desconocido|destinatario.{0,40}?(?:no existe|desconocid|rechaz)|"
    r"(?:non (?:è stato possibile|è stata|è stato|può essere|recapit|consegn)).{0,60}?(?:consegn|recapit|inoltr|invi)|casella.{0,30}?piena|utente sconosciuto|destinatario.{0,40}?(?:inesistente|sconosciuto)|"
    r"não (?:pôde|foi possível|pode|foi).{0,40}?(?:entreg|envi)|caixa.{0,30}?cheia|usuário desconhecido|kon(?:den)? niet.{0,40}?(?:bezorgd|afgeleverd|worden)|onbekende (?:gebruiker|ontvanger)|kunne ikke lever|kunde inte (?:leverer|skick)|ei voitu toimittaa|"
    r"nie (?:można|mogła|udało|został).{0,50}?(?:dostarcz|doręcz)|nieznany (?:użytkownik|odbiorca)|nelze doručit|nemohla být doručena|nem (?:sikerült|lehet).{0,30}?kézbes|teslim edilem|"
    r"не (?:может быть|было|удалось|удается|был[ао]?).{0,40}?(?:достав|отправ)|недоставлен|получатель.{0,30}?(?:не найден|не существ)|ящик.{0,30}?(?:переполнен|не существ)|такого (?:пользователя|адреса)|"
    r"退信|退回|无法送达|無法送達|无法投递|無法投遞|無法傳送|投递失败|不存在|邮箱(?:已满|不存在|已停用)|信箱(?:已滿|不存在)|拒收|被拒绝|発送|配信(?:でき|され|に失敗|不能)|送信(?:でき|に失敗|エラー)|届(?:ける|か|き)ま|宛先.{0,20}?(?:存在|不明|見つか)|ユーザーが|存在しま(?:せん|しない)|受信を拒否|受信(?:でき|箱)|반송|전송.{0,10}?실패|존재하지 ?않|수신자.{0,20}?(?:없|찾을))"
)
_RETURNED = re.compile(
    r"^[ \t>|*#]{0,6}(?:-{2,}|={2,}|_{2,}|\*{2,})?[ \t]{0,3}(?:this is a copy of (?:the|your) (?:message|first part)|below this line is (?:a copy of|the original)|(?:the )?(?:original|returned|undelivered|unsent|failed|rejected|bounced)[ -]+(?:message|mail|e-?mail|bulk mail|text)(?: (?:header|headers|text|body|follows|information|starts|is attached|below|is included).{0,60})?|unsent message(?: below)?|message header(?:s)? follows?|headers? of (?:the )?(?:original|message).{0,40}|(?:header|start) of (?:the )?(?:original|returned|message).{0,40}|(?:your|the) (?:original )?(?:message|mail|e-?mail)(?: header(?:s)?)?(?: was)?(?: as)? (?:follows|reads|is (?:below|attached|included)).{0,40}|(?:here is|following is|attached is) (?:a copy of )?(?:your|the) (?:original |returned )?(?:message|mail).{0,40}|text of (?:your )?message.{0,30}|ursprüngliche nachricht.{0,30}|message original.{0,20}|messaggio originale.{0,20}|mensaje original.{0,20}|原始邮件.{0,20}|原文.{0,20})[ \t:.-]{0,80}$|^(?:return-path:[ \t]?<|received: (?:from|by)[ \t]|delivered-to: |x-envelope-from:).{0,500}$",
    re.IGNORECASE | re.MULTILINE,
)


def is_notice_subject(subject: str) -> bool:
    """True for "Undelivered Mail Returned to Sender" and the like; answers to and forwards of such a mail are none."""
    return bool(_SUBJECT.search(subject[:300]))


def has_notice_sentence(text: str) -> bool:
    """True when the text says that mail did not arrive."""
    return bool(_SENTENCE.search(text[:8_000]))


def notice_of(text: str) -> str:
    """The notice without the returned message below it."""
    text = text[:NOTICE_CAP]
    found = _RETURNED.search(text, min(len(text), 40))
    return text[: found.start()] if found else text
