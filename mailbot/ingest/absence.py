"""Reads a short text sentence by sentence: does it only say that nobody reads this now, or that the mail has arrived?"""

# ruff: noqa: E501 the tables of phrases move to files of their own

from __future__ import annotations

import re
from dataclasses import dataclass

from mailbot.mail import Message

_TEXT_CAP = 3_000
_SENTENCES_CAP = 30

_ABSENT = re.compile(
    # English
    r"\b(?:i am|i'm|i will be|i'll be|we are|we're|we will be|currently|am|is|be)\b.{0,40}\b(?:out of (?:the )?(?:office|town|country)|away(?: from (?:my|the) (?:desk|office|mail|e-?mail|computer))?|on (?:annual |parental |maternity |paternity |medical |sick |family |bereavement )?(?:leave|vacation|holidays?|pto|travel|a (?:business )?trip)|travell?ing|not in the office|not (?:be )?(?:available|checking)|unavailable|in training|at a conference|attending)\b"
    r"|\b(?:out of (?:the )?office|on vacation|on leave)\b.{0,40}\b(?:until|till|through|from|between|returning|\d)"
    r"|\b(?:will|shall) (?:be )?(?:return(?:ing)?|back)\b.{0,40}\b(?:on|office|monday|tuesday|wednesday|thursday|friday|\d)|\bi return (?:on|to)\b"
    r"|\b(?:limited|no|little|intermittent|without) (?:or no )?(?:access|cell service|internet|connectivity)\b|\bno longer (?:with|works?|employed|at|monitored|in use|checked)|\b(?:has|have) (?:left|retired)\b"
    r"|\b(?:mailbox|inbox|address|e-?mail|account)\b.{0,40}\b(?:will not be|is not|isn't|are not|not being|no longer) (?:read|monitored|checked|watched|attended)|\bunmonitored\b|our (?:office|offices|business|practice) (?:is|are|will be|hours)\b.{0,60}"
    # German
    r"|\b(?:ich bin|bin ich|wir sind|derzeit|zur ?zeit|momentan|ab|bis|vom)\b.{0,60}\b(?:nicht im (?:büro|haus|dienst|hause)|im urlaub|abwesend|außer haus|ausser haus|nicht erreichbar|auf dienstreise|in elternzeit|krank|verreist|nicht im dienst)|(?:wird|werden) (?:in dieser zeit |währenddessen |während meiner abwesenheit )?(?:nicht|weder) (?:gelesen|weitergeleitet|bearbeitet)|wieder (?:erreichbar|im büro|für sie da|zurück)|betriebsferien|während meiner abwesenheit|in dringenden fällen"
    # French
    r"|\b(?:je suis|je serai|nous sommes|actuellement|suis)\b.{0,50}\b(?:absente?s?|en congés?|en vacances|en déplacement|indisponible|hors du bureau|en formation|fermés?)|de retour (?:le|au bureau)|mon retour|pendant mon absence|en cas d'urgence|accès limité|prendrai connaissance"
    # Spanish
    r"|\b(?:estoy|estar[eé]|estaremos|estamos|me encuentro|me encontrar[eé]|actualmente)\b.{0,50}\b(?:fuera (?:de|del)|de vacaciones|ausente|de viaje|de permiso|de licencia|de baja|cerrad[oa]s?)|\b(?:regreso|volver[eé]|regresar[eé]|de vuelta|reincorporar[eé])\b.{0,40}(?:\bel\b|\d)|acceso limitado|en caso (?:de )?urgen|no (?:será|es) (?:leído|revisado|monitoreado)"
    # Italian
    r"|\b(?:sono|sarò|siamo|attualmente|mi trovo)\b.{0,50}\b(?:fuori (?:ufficio|sede|dall)|in (?:ferie|vacanza|congedo|trasferta|malattia)|assente|non (?:sono )?(?:disponibile|raggiungibile)|chius[oi])|rientrer[oò]|al mio rientro|in caso di urgenz|per urgenze"
    # Portuguese
    r"|\b(?:estou|estarei|estamos|encontro-me|atualmente)\b.{0,50}\b(?:fora (?:do|da|de)|de férias|em férias|ausente|de licença|em viagem|indisponível|fechad)|retorno (?:no|ao|em)|regresso (?:no|ao|em)|voltarei|em caso de urgência|acesso limitado"
    # Dutch
    r"|\b(?:ik ben|wij zijn|momenteel|ben ik|tot|vanaf)\b.{0,50}\b(?:afwezig|niet (?:aanwezig|op kantoor|bereikbaar)|op vakantie|met (?:vakantie|verlof)|buiten kantoor|gesloten)|weer (?:aanwezig|bereikbaar|terug|op kantoor)|in dringende gevallen|bij mijn terugkomst"
    # Scandinavian, Finnish
    r"|\b(?:jeg er|jag är|vi är|vi er|er jeg|är jag)\b.{0,50}\b(?:ikke (?:på|til stede|inne|tilgængelig)|inte (?:på|tillgänglig|anträffbar)|på ferie|på semester|på kursus|på rejse|bortrest|fraværende|tjänstledig|föräldraledig|på barsel|i permisjon|ude af huset|out of office)|tilbake (?:på|den|igjen)|tillbaka (?:på|den|igen)|tilbage (?:på|den|igen)|\b(?:olen|olemme)\b.{0,40}\b(?:lomalla|poissa|vapaalla|matkoilla|tavoitettavissa)"
    # Polish, Czech, Slovak
    r"|\b(?:jestem|będę|przebywam|obecnie)\b.{0,50}\b(?:poza biurem|na urlopie|nieobecn[ya]|niedostępn[ya]|na zwolnieniu)|w pilnych sprawach|wracam|\b(?:jsem|budu|som|budem|momentálně)\b.{0,50}\b(?:mimo kancelář|na dovolené|na dovolenke|nepřítomn|neprítomn|mimo kanceláriu)"
    # Russian, Ukrainian, Turkish, Hungarian, Romanian, Greek
    r"|(?:в отпуске|вне офиса|отсутствую|буду отсутствовать|не на рабочем месте|у відпустці|відсутн)|(?:ofis dışında|izindeyim|yıllık izin|tatildeyim|ofiste değilim)|(?:szabadságon|nem vagyok elérhető|házon kívül)|(?:în concediu|nu sunt la birou|plecat din birou)|(?:εκτός γραφείου|σε άδεια)"
    # Chinese, Japanese, Korean
    r"|休假|不在办公室|不在辦公室|外出(?:中|期间|,|，)|出差|暂时无法(?:回复|处理)|暫時無法|放假|無法即時回覆|无法及时回复|休暇|不在にして|外出して|席を外し|夏季休業|부재중|휴가|출장|자리를 비",
    re.IGNORECASE,
)
_AUTOMATIC = re.compile(
    r"\b(?:this is an? |an )?(?:automat(?:ic|ed|ically)|auto[- ]?(?:reply|response|generated|responder))\b|do not (?:reply|respond) to this|please do not (?:reply|respond)|no-?reply address|"
    r"automatisch(?:e|es)? (?:antwort|generiert|erstellt|versandt|bericht|verzonden|antwoord)|antworten sie (?:bitte )?nicht|bitte nicht (?:auf diese|antworten)|"
    r"(?:réponse|message|courriel) automatique|généré automatiquement|merci de ne pas répondre|ne pas répondre|(?:respuesta|mensaje|correo) automátic|generado automáticamente|no responda (?:a )?est|"
    r"(?:risposta|messaggio) automatic|generat[ao] automaticamente|non rispondere|(?:resposta|mensagem) automátic|gerad[ao] automaticamente|não responda|"
    r"niet beantwoorden|autosvar|automatisk|automaattinen|automatyczn|nie odpowiadać|automatick|автоматич|автоответ|otomatik|系统自动|自动回复|自動回覆|自動返信|自動送信|自動配信|勿(?:直接)?回复|請勿回覆|請勿直接回|자동 ?(?:회신|응답|발송)",
    re.IGNORECASE,
)
_RECEIVED = re.compile(
    r"\b(?:your|the) (?:message|e-?mail|mail|request|inquiry|enquiry|ticket|submission|correspondence|question|note|feedback|fax)\b.{0,60}\b(?:has been|was|is|were|have been) (?:being )?(?:successfully )?(?:received|logged|created|assigned|registered|forwarded|opened|queued|submitted|accepted|reviewed|held|recorded)|"
    r"\bwe(?:'ve| have)? (?:have )?(?:received|got) your (?:message|e-?mail|mail|request|inquiry|enquiry|ticket|submission|correspondence|question)|"
    r"\b(?:ticket|case|request|reference) (?:number|no\.?|id|#)\b.{0,40}\b(?:has been|is|was)\b.{0,30}|(?:a|your) (?:support )?(?:ticket|case) has been (?:created|opened)|"
    r"ihre (?:nachricht|anfrage|e-?mail|mail)\b.{0,60}\b(?:erhalten|eingegangen|bearbeitet|registriert)|eingangsbestätigung|"
    r"(?:avons|ai) bien reçu votre|votre (?:message|demande|courriel|e-?mail)\b.{0,50}\b(?:a (?:bien )?été|bien reçu|enregistré)|"
    r"(?:hemos|he) recibido su|su (?:mensaje|correo|solicitud|consulta)\b.{0,40}\b(?:ha sido|fue|recibid)|"
    r"abbiamo ricevuto (?:la (?:tua|sua)|il (?:tuo|suo))|(?:la (?:sua|tua) (?:richiesta|e-?mail)|il (?:suo|tuo) messaggio)\b.{0,40}\b(?:è stat|ricevut)|"
    r"recebemos (?:a )?(?:sua|seu|o seu)|sua (?:mensagem|solicitação)\b.{0,30}\bfoi|uw (?:bericht|e-?mail|aanvraag|vraag|melding)\b.{0,40}\b(?:ontvangen|geregistreerd)|"
    r"(?:vi har (?:modtaget|mottagit|mottatt)|din (?:henvendelse|mail|förfrågan)\b.{0,30}\b(?:er|har))|otrzymaliśmy|(?:wiadomość|zgłoszenie)\b.{0,40}\b(?:został|otrzyma|zarejestr)|vaši (?:zprávu|žádost) jsme|"
    r"ваш[еа]? (?:сообщение|письмо|заявка|обращение|запрос)|получили ваш|您的(?:邮件|来信|信件|郵件|申请|请求|問題|问题|消息).{0,12}(?:收到|受理|接收)|已收到您|(?:メール|お問い合わせ).{0,20}(?:受け付け|受領|受信|拝受)|(?:메일|문의).{0,20}(?:접수|받았|수신)",
    re.IGNORECASE,
)
_CHALLENGE = re.compile(
    r"(?:being|is|was|has been) held (?:because|until|pending)|not (?:yet )?(?:on|in) (?:the|my) (?:list of )?(?:approved|allowed|safe|guest) ?(?:senders?|list)|(?:confirm|verify|prove|authenticate) (?:that )?(?:you are|your (?:message|e-?mail|address|identity))|release (?:it|your message)|click (?:the|on the|this) link (?:below )?(?:to|within)|you will only (?:have|need) to do this once|spam (?:filter|arrest|protection)|boxbe|challenge",
    re.IGNORECASE,
)
_SIDE = re.compile(
    r"\b(?:thank(?:s| you)|merci|danke|vielen dank|gracias|grazie|obrigad|bedankt|tak|tack|kiitos|dziękuj|děkuj|teşekkür|спасибо|благодар)|谢谢|謝謝|感谢|感謝|ありがとう|お世話|감사|"
    r"\b(?:please|kindly|bitte|merci de|por favor|favor|veuillez|per favore|gelieve|prosimy|proszę|prosím)?.{0,60}\b(?:contact|call|dial|reach|see|write|e-?mail|ask|kontaktieren|wenden|anrufen|rufen|melden|contacte[rz]?|appele[rz]?|adresse[rz]|écri(?:re|vez)|comunicar|comun[ií]quese|comunicarse|contactar|escriba|llam[ea]r?|contattare|rivolgersi|scriv|chiamare|contate|contacte|ligue|bellen|neem|mailen|kontakta|kontakt|ring|skriv|ottaa|yhteyttä|skontakt|dzwon|kontaktujte|обра(?:щ|т)|свяжитесь|пишите|звон|arayın|iletişim)\b|联系|聯絡|聯繫|请致电|ご連絡|お電話|連絡|연락|문의|"
    r"\b(?:emergenc(?:y|ies)|urgent(?:e|i|ly)?|urgence|urgenc|dringend|pilne|pilnych|срочн|акил|acil|haster|brådskande)|紧急|急事|至急|緊急|긴급|급한|"
    r"\b(?:i|we)(?:'ll| will| shall) (?:get back|respond|reply|answer|return|be in touch|read|review|follow up|check|look)|as soon as (?:possible|i|we)|upon my return|when i (?:return|get back)|asap|"
    r"(?:melde|antworte|beantworte|bearbeite|kümmere|werde|werden)\b.{0,60}|répondr|réponse|responder[eé]|contestar|risponder|antwoord|beantwoord|vastaan|svarar|svarer|odpowiem|odpowiemy|odpovím|отвечу|ответ|尽快|儘快|回复您|回覆您|返信|対応|回信|답장|회신|답변|"
    r"\b(?:business|working|work) (?:days?|hours?)|\b(?:office|opening) hours|horario|öffnungszeiten|horaires|mon(?:day)?s?[ -]|(?:24|48|72) (?:hours|stunden|heures|horas|uur|ore)|current response time|add(?:itional)? comments|reply above|service from|reference number|ticket|"
    r"\bthis is the only (?:notification|notice)|you will (?:receive|not receive)|\bnote:|\bdeleted\b|\bprocessed\b|pictures|prescription|refill|"
    r"^(?:hi|hello|hey|dear|good (?:morning|afternoon|day)|hallo|guten tag|sehr geehrte|liebe|bonjour|madame|hola|buen|estimad|buongiorno|gentile|salve|ciao|ol[áa]|bom dia|prezad|beste|geachte|hej|hei|dzień dobry|szanown|dobrý|здравствуйте|добрый|уважаем|merhaba|sayın|您好|你好|尊敬)",
    re.IGNORECASE,
)
_BUSINESS = re.compile(
    r"\b(?:please|kindly|can you|could you|would you|bitte|por favor|favor de|veuillez|pouvez-vous|s'il vous plaît)\s(?:\w{1,12}\s){0,2}(?:add|enroll|terminate|cancel|remove|change|update|send|resend|issue|process|confirm|correct|fix|check|advise|let (?:me|us)|tell|review|reinstate|refund|agregar|añadir|cancelar|enviar|inscribir|senden|ändern|kündigen|ajouter|envoyer)\b"
    r"|\b(?:subscriber|member|group|claim|policy|invoice|account) ?(?:id|number|no\.?|#)|\b(?:date of birth|dob|effective (?:date|\d)|ssn|social security)\b|\battached (?:is|are|please|you)|\bplease find|adjunto|anbei|ci-joint|请(?:帮|把|给|将|办)|附件",
    re.IGNORECASE,
)
_SENTENCES = re.compile(r"(?<=[.!?])\s+|(?<=[。！？])|\n\s*\n|\n(?=\S)")


@dataclass(frozen=True, slots=True)
class Said:
    """What the words show; `alone`: there is so little else that no further sign is needed."""

    signs: tuple[str, ...]
    alone: bool


def absence_signs(message: Message) -> Said | None:
    """What a short text without business of its own says about absence, receipt or automation; None when nothing."""
    text = message.new_text if message.new_text.strip() else message.text
    if not text.strip() or len(text) > _TEXT_CAP or _BUSINESS.search(text):
        return None
    sentences = [sentence.strip() for sentence in _joined(text) if sentence.strip()][:_SENTENCES_CAP]
    absent = automatic = received = other = 0
    for sentence in sentences:
        kinds = [bool(pattern.search(sentence[:400])) for pattern in (_ABSENT, _AUTOMATIC, _RECEIVED, _CHALLENGE)]
        absent += kinds[0]
        automatic += kinds[1]
        received += kinds[2] or kinds[3]
        other += not any(kinds) and not _SIDE.search(sentence[:400]) and len(sentence) > 25
    return _judged(absent, automatic, received, other, len(sentences), asks="?" in text or "？" in text)


def _judged(absent: int, automatic: int, received: int, other: int, count: int, *, asks: bool) -> Said | None:
    signs = []
    if absent:
        signs.append("the text says that nobody is there")
    if automatic:
        signs.append("the text says that it is automatic")
    if received:
        signs.append("the text only says that mail has arrived")
    if not signs:
        return None
    weight = absent + 2 * automatic + received
    alone = not (asks and not automatic) and weight >= 1 and other * 2 <= count and (weight >= 2 or count <= 4)
    return Said(tuple(signs), alone)


def _joined(text: str) -> list[str]:
    """Sentences, where lines that a program wrapped are one."""
    return _SENTENCES.split(re.sub(r"(?<=[^\n.!?:。！？])\n(?=[^\n])", " ", text))
