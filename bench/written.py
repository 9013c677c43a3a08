"""What the people of the made correspondence say, in five languages; `correspondence.py` makes mail of it."""

from __future__ import annotations

LANGUAGES = {"en": 60, "es": 8, "fr": 7, "de": 5, "zh": 20}

FIRST = {
    "en": ("Emma", "Liam", "Olivia", "Noah", "Ava", "Ethan", "Priya", "Omar", "Leila", "Kenji", "Grace", "Victor"),
    "es": ("José", "Begoña", "Íñigo", "Lucía", "Martín", "Inés", "Andrés", "Belén"),
    "fr": ("François", "Hélène", "Élodie", "Zoé", "Benoît", "Anaïs", "Jérôme", "Noëlle"),
    "de": ("Jürgen", "Käthe", "Björn", "Jörg", "Günter", "Bärbel", "Sören", "Anke"),
    "zh": ("小明", "伟", "丽华", "志强", "芳", "建国", "敏", "海燕"),
}
LAST = {
    "en": ("Smith", "Johnson", "Patel", "Khan", "Cohen", "Novak", "Murphy", "Sato", "Nguyen", "Rossi", "Hughes"),
    "es": ("García", "Núñez", "Peña", "Castañeda", "Muñoz", "Ibáñez"),
    "fr": ("Lefèvre", "Béranger", "Gauthier", "Mérot", "Hébert", "Côté"),
    "de": ("Müller", "Großmann", "Schäfer", "Köhler", "Weiß", "Jäger"),
    "zh": ("王", "李", "张", "陈", "刘", "杨", "赵", "黄"),
}
GREETING = {
    "en": "Dear enrollment team,",
    "es": "Estimados señores:",
    "fr": "Bonjour,",
    "de": "Sehr geehrte Damen und Herren,",
    "zh": "您好：",
}

SUBJECTS = {
    "en": (
        "Question about enrollment",
        "Add a dependent: {child}",
        "Coverage for {child}",
        "Group {group}, new hire {person}",
        "ID card for {person}",
        "Effective date {day}, {person}",
    ),
    "es": ("Consulta sobre la inscripción", "Cobertura de {child}", "Añadir a {child} al grupo {group}"),
    "fr": ("Question sur l'adhésion", "Couverture de {child} – {day}", "Pièces à fournir, {child}"),
    "de": ("Frage zur Anmeldung", "Versicherung für {child}", "Gruppe {group}: Mitversicherung von {child}"),
    "zh": ("参保咨询", "为{child}办理参保", "关于{person}的保险卡"),
}
INQUIRY = {
    "en": (
        "My name is {person} and I would like to add {child}, born {born}, to group {group} starting {day}.",
        "We moved to {city} this summer and were told that the plan has another network there.",
        "Could you please tell me what the premium will be, and from which pay period it is deducted?",
        "Which papers do you need? We have the birth certificate, the old card and last year's letter at hand.",
        "Is it possible to talk to somebody on a weekday morning, preferably before {other_day}?",
        "{child} sees a doctor in {city} twice a month, and we hope that this can go on without a gap.",
        "Our new address is {street}; please send the cards there and not to the old one.",
        "You can reach me at {phone} any weekday between 9 and 5, or simply answer this e-mail.",
        "Does the dental plan start on the same day, and is there a waiting period for glasses?",
        "Please also let us know whether the change shows on the next invoice of the group.",
        "The broker said that the form of last year still holds; kindly tell us if it does not.",
    ),
    "es": (
        "Me llamo {person} y quisiera añadir a {child}, nacido el {born}, al grupo {group} a partir del {day}.",
        "¿Podrían indicarme cuánto será la prima y desde qué mes se descuenta? El año pasado eran 450 € al mes.",
        "También nos gustaría saber qué documentos hacen falta y adónde debemos enviarlos.",
        "Nuestro teléfono es {phone}; también pueden responder a este correo. ¡Muchas gracias por su atención!",
    ),
    "fr": (
        "Je m’appelle {person} et je souhaite ajouter {child}, né le {born}, au groupe {group} à partir du {day}.",
        "Pourriez-vous nous préciser la cotisation – environ 500 € par mois, paraît-il – et les pièces à fournir ?",
        "La couverture dentaire commence-t-elle le même jour ? Nous habitons maintenant {street}.",
        "Vous pouvez me joindre au {phone}. Très cordialement, et merci d’avance pour votre réponse.",
    ),
    "de": (
        "mein Name ist {person}, und ich möchte {child}, geboren am {born}, in der Gruppe {group} ab {day} anmelden.",
        "Könnten Sie uns bitte mitteilen, wie hoch der Beitrag ist und welche Unterlagen Sie benötigen?",
        "Außerdem wüssten wir gern, ob die Zahnversicherung am selben Tag beginnt; wir wohnen jetzt {street}.",
        "Sie erreichen mich unter {phone}. Mit freundlichen Grüßen und herzlichem Dank für Ihre Bemühungen.",
    ),
    "zh": (
        "我叫{person}，想把孩子{child}（{born}出生）加入团体{group}，希望从{day}开始生效。",
        "请问保费是多少？需要准备哪些材料？我们已经有出生证明和旧的保险卡。",
        "我们现在住在{city}，请问当地有哪些医院可以使用？牙科保险也在同一天开始吗？",
        "我的电话是{phone}，工作日上午九点到下午五点都可以联系我。谢谢！",
    ),
}
REPLY = {
    "en": (
        "Thank you for the quick answer. A call on {other_day} at ten would suit us well.",
        "Here is what you asked for: {child} was born on {born}.",
        "One more thing: does the premium change for {person} as well?",
        "Please note that our telephone number has changed, the new one is {phone}.",
        "We would like the coverage to start on {day}, as we wrote before.",
        "Sorry, I forgot to say that we now live at {street}.",
    ),
    "es": (
        "Muchas gracias por la rápida respuesta. Preferiríamos hablar el día {other_day} por la mañana.",
        "Olvidé añadir que nuestro número de teléfono es ahora el {phone}. ¡Perdón por la confusión!",
    ),
    "fr": (
        "Merci beaucoup pour votre réponse. Nous préférerions parler le {other_day} dans la matinée.",
        "J’ai oublié de préciser que notre numéro de téléphone a changé : {phone}.",
    ),
    "de": (
        "Vielen Dank für die schnelle Rückmeldung. Ein Gespräch am {other_day} würde uns am besten passen.",
        "Unsere Telefonnummer hat sich geändert, sie lautet jetzt {phone}. Viele Grüße!",
    ),
    "zh": (
        "谢谢您的回复。如果可以的话，我们希望在{other_day}上午通电话。",
        "补充一下，我们的新电话号码是{phone}，请更新。",
    ),
}
FOLLOW_UP = {"zh": "补充编号 {name}。"}
FOLLOW_UP_ELSE = "Our own reference: follow-up {name}."

CITIES = ("Lisbon", "Toronto", "Pune", "Osaka", "Austin", "Leeds")
CHINESE_CITIES = ("北京", "上海", "广州", "深圳")
STREETS = ("Maple Avenue 12", "Station Road 5", "Rua Augusta 100", "King Street 77")
FILES = ("enrollment form.pdf", "birth_certificate.jpg", "old-card.jpg", "letter 2026.pdf", "photo.jpeg")
FILES_ELSE = {
    "es": ("matrícula.pdf",),
    "fr": ("pièce d'identité.pdf",),
    "de": ("Übersicht.pdf",),
    "zh": ("申请表.pdf", "出生证明.jpg"),
}
#: (charset, transfer encoding) and how often, as such mail comes in.
CODED = {
    "en": {
        ("us-ascii", "7bit"): 25,
        ("utf-8", "7bit"): 25,
        ("utf-8", "quoted-printable"): 25,
        ("iso-8859-1", "quoted-printable"): 10,
        ("windows-1252", "quoted-printable"): 10,
        ("utf-8", "base64"): 5,
    },
    "zh": {
        ("gb2312", "base64"): 35,
        ("utf-8", "base64"): 35,
        ("gb2312", "quoted-printable"): 10,
        ("utf-8", "8bit"): 12,
        ("gb2312", "8bit"): 8,
    },
}
CODED_ELSE = {
    ("iso-8859-1", "quoted-printable"): 20,
    ("windows-1252", "quoted-printable"): 23,
    ("utf-8", "quoted-printable"): 22,
    ("iso-8859-1", "8bit"): 6,
    ("windows-1252", "8bit"): 7,
    ("utf-8", "8bit"): 7,
    ("windows-1252", "base64"): 8,
    ("utf-8", "base64"): 7,
}
