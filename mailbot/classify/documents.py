"""Tells what kind of paper each attachment is: by the title in its text, by its name, by what the mail says of it."""

from __future__ import annotations

import re2

from mailbot.classify.folding import fold
from mailbot.classify.passages import is_paper
from mailbot.mail import Attachment, Message

_HEAD = 900
_NAME_CAP = 200
_BODY_CAP = 6_000


_TITLES = (
    ("exception_request_form", r"exception request|request for (?:retroactive )?exception|retroactive (?:change |enrollment )?(?:exception|request form)|solicitud de excepcion|excepcion retroactiva|例外申请"),
    ("family_health_statement", r"family health (?:statement|questionnaire)|health statement|declaracion de salud|健康声明|家庭健康"),
    ("name_change_proof", r"certificate of marriage|marriage (?:certificate|licen[cs]e|record)|record of marriage|acta de matrimonio|certificado de matrimonio|divorce decree|decree of (?:divorce|dissolution)|judgment of divorce|"
                          r"(?:order|decree|petition|judgment)[^\n]{0,30}(?:change of name|name change)|(?:change of name|name change)[^\n]{0,30}(?:order|decree|court)|name change (?:order|decree|certificate)|order (?:granting|changing)[^\n]{0,20} name|driver'?s licen[cs]e|passport|certificate of naturalization|"
                          r"naturalization certificate|social security card|licencia de conducir|sentencia de divorcio|united in marriage|joined in marriage|结婚证|离婚|法院命令"),
    ("group_application", r"group (?:master )?application|(?:small|large|employer|master)[ -]group (?:application|enrollment agreement)|employer application|application for group|group (?:renewal|enrollment) agreement|group agreement|solicitud de(?:l)? grupo|solicitud de empleador|团体申请|团体投保"),
    ("enrollment_form", r"enrol(?:l)?ment ?/? ?(?:/ )?change form|(?:employee |member |subscriber |dependent )?enrol(?:l)?ment (?:form|application)|application for (?:enrollment|coverage|group coverage|membership)|member (?:add|change)[^\n]{0,30}form|add ?/ ?change ?/ ?(?:cancel|term)|"
                        r"change (?:request )?form|(?:continuation )?(?:coverage )?election form|(?:dependent|spouse|newborn) (?:add|addition|enrollment) (?:form|request)|employee application|cobra[^\n]{0,30}election|solicitud de (?:inscripcion|cambio|afiliacion)|formulario de (?:inscripcion|cambio|afiliacion|alta)|投保申请|变更申请|登记表|变更表|投保单"),
    ("clinical_documents", r"operative report|op(?:eration)? report|(?:progress|office|clinic|clinical|consult(?:ation)?|visit|therapy|nursing|nurses?'?|physician|treatment|session|surgical|pharmacy|chart|encounter|admission|anesthesia|ed|er|icu|pt|ot|soap|transplant)[ -](?:\w+ )?notes?|clinical (?:notes|records?|summary|documentation|information|update|review)|"
                           r"discharge (?:summary|instructions|note)|history (?:and|&) physical|h ?& ?p\b|radiology report|imaging report|pathology report|lab(?:oratory)? (?:report|results?)|medical records?|letter of medical necessity|plan of care|care plan|treatment plan|flow ?sheet|physical therapy|"
                           r"evaluation|assessment|emergency (?:department|room) (?:record|report|note)|mri |ct scan|x-?ray|sleep study|polysomnogra|echocardiogram|ekg|biopsy|medication (?:list|record)|chart notes|impression:|findings:|diagnosis:|chief complaint|nota (?:clinica|medica|de evolucion)|expediente (?:clinico|medico)|"
                           r"historia clinica|resumen de alta|informe (?:medico|operatorio|quirurgico|de radiologia)|plan de cuidados|病历|诊断|出院小结|检查报告|手术记录|护理计划|化验"),
    ("payment_proof", r"copy of check|check copy|cancel(?:l)?ed check|cleared check|(?:wire|ach|payment|transfer|remittance|eft)[^\n]{0,20}(?:confirmation|receipt|advice)|confirmation of payment|proof of payment|account activity|bank statement|statement of account activity|payment receipt|receipt of payment|transaction (?:receipt|details|history)|"
                      r"pay to the order|copia de(?:l)? cheque|comprobante|recibo de pago|estado de cuenta bancario|confirmacion de(?:l)? pago|pago en linea|transferencia|付款凭证|转账凭证|银行(?:流水|回单|对账单)|支票"),
    ("roster", r"\broster\b|\bcensus\b|member list|employee list|nomina de|listado de (?:empleados|miembros)|名单|花名册"),
    ("invoice", r"\binvoice\b|\bfactura\b|premium statement|billing statement|premium bill|itemized (?:bill|statement)|bill to\b|发票|账单|帳單"),
)  # fmt: skip
_BY_TITLE = tuple((document, re2.compile(expression)) for document, expression in _TITLES)
_BY_NAME = (
    ("exception_request_form", re2.compile(r"exception|retro[ _-]?(?:req|form|exc)|excepcion|例外")),
    ("family_health_statement", re2.compile(r"health ?statement|\bfhs\b|declaracion de salud|健康声明")),
    ("name_change_proof", re2.compile(r"marriage|\bmarr?\b ?cert|certificate of marr|matrimonio|name ?change|decree|licen[cs]e|passport|naturali|acta|结婚证|法院")),
    ("group_application", re2.compile(r"group ?app|employer ?app|master ?app|group agreement|renewal agreement|signed renewal|solicitud (?:de )?grupo|团体申请|\bga\b")),
    ("clinical_documents", re2.compile(r"op(?:erative)? ?(?:report|note)|progress|\bnotes?\b|clinicals?\b|records?\b|discharge|\bdc summ|h&p|\bhp\b|\bmri\b|x-?ray|\blmn\b|letter of med|med(?:ical)? nec|plan of care|\bpoc\b|care ?plan|lab ?results|\blabs?\b|pathology|radiology|evaluation|chart|therapy|病历|检查|nota clinica|expediente|flow ?sheet|\bov\b")),
    ("payment_proof", re2.compile(r"receipt|check copy|\bcheck\b|bank|wire|proof of pay|payment|remit|\bstmt\b|confirmation|comprobante|recibo|cheque|转账|付款|回单")),
    ("roster", re2.compile(r"roster|census|employee list|member list|terms\b|term list|adds\b|listado|名单")),
    ("invoice", re2.compile(r"invoice|\binv\b|\bbill\b|factura|发票|账单")),
    ("enrollment_form", re2.compile(r"enrol|enrlfrm|enr ?form|change ?form|\bapp(?:lication)?\b|add ?form|election|solicitud|formulario|\bform\b|\bhs-?104\b|inscripcion|申请表|变更表|登记表|投保")),
)  # fmt: skip
_BY_TEXT = (
    ("name_change_proof", re2.compile(r"marriage (?:cert\w*|licen[cs]e)|(?:marriage|divorce|name change)[^.\n]{0,16}(?:proof|papers?|documents?)|proof of (?:the )?name|(?:certificate|cert|decree|court order|driver'?s licen[cs]e|passport|social security card|acta de matrimonio|sentencia)[^.\n]{0,30}(?:attached|enclosed|adjunt[oa])|(?:attached|enclosed|adjunt[oa]|mando|envio)[^.\n]{0,40}(?:certificate|\bcert\b|decree|court order|licen[cs]e|passport|acta|sentencia)|结婚证|离婚|护照|驾照")),
    ("exception_request_form", re2.compile(r"exception (?:request|form)|retro(?:active)? (?:request|exception|form)|(?:formulario|solicitud) de excepcion|例外申请")),
    ("family_health_statement", re2.compile(r"health statement|declaracion de salud|健康声明")),
    ("group_application", re2.compile(r"group application|(?:signed|completed|master|employer) (?:group )?(?:application|agreement|renewal)\b[^.\n]{0,30}(?:group|renew)|application and (?:the )?census|solicitud (?:de(?:l)? )?grupo|团体申请")),
    ("payment_proof", re2.compile(r"(?:copy of (?:the |our |my )?(?:cancel(?:l)?ed |cleared |cashed )?check|(?:cancel(?:l)?ed|cleared|cashed) check|proof of (?:the )?payment|receipt|bank (?:statement|confirmation|record)|wire confirmation|screenshot of (?:the |our )?payment|comprobante|recibo|estado de cuenta|付款凭证|付款截图|回单|转账截图)")),
    ("clinical_documents", re2.compile(r"\b(?:medical |office |hospital |er |clinical )?records?\b|\b(?:progress |office |visit |clinic |op(?:erative)? |therapy )notes?\b|\bnotes\b|clinicals?\b|\bchart\b|op report|operative|discharge summary|\bmri\b|x-?rays?\b|\bekg\b|lab (?:results|work|report)|letter of medical necessity|\blmn\b|wound photos?|care plan|plan of care|evaluation|pathology|radiology|expediente|notas|historia clinica|病历|检查|护理计划")),
    ("enrollment_form", re2.compile(r"(?:enrollment|change|signed|completed|filled[- ]?(?:in|out)?|the|his|her|my|your|their|application|add|election) (?:[\w-]+ )?(?:form|forms|app|apps|application|applications|paperwork)\b|\bforms?\b|fill(?:ed)? (?:it|the form|this|everything) ?(?:form)? ?out|filled the form|paperwork|formulario|solicitud|\bforma\b|\bplanilla\b|申请表|表格|变更表|登记表|表单")),
    ("invoice", re2.compile(r"(?:copy of (?:the |your |our )?|attached |the |your )(?:invoice|bill)\b[^.\n]{0,24}(?:attached|enclosed)|attached (?:is )?(?:the |your |our )?(?:invoice|bill)|factura adjunta|adjunto (?:la )?factura|账单")),
)  # fmt: skip
_MEDICAL_WORDS = 3
_MEDICAL = re2.compile(
    r"\b(?:patient|diagnos[ie]s|mg|ml|bid|tid|prn|exam|symptoms?|hospital|clinic|therapy|icd|treatment|medications?|pain|vitals|bp|hpi|dx|rx|hx|surgery|admitted|discharged|infusion|wound|dose|chronic|acute|bilateral|mri|ct|procedure|fracture|"
    r"nurse|provider|visit|history|paciente|dolor|tratamiento|medicamento|cirugia|dosis)\b|病人|患者|治疗|药物|手术"
)
_ANSWERS_QUESTIONS = re2.compile(r"questionnaire|cuestionario|screen ?(?:shot|print|cap)|captura de pantalla|截图|截屏")
_ATTACHING = re2.compile(
    r"attach|enclos|adjunt|anex|here(?:'s| is)|included|see below|scan|picture|photo|foto|le mando|les mando|envio|mando|附件|附上|见附|扫描"
)
_QUESTIONNAIRE = re2.compile(
    r"questionnaire|cuestionario|accident|screenshot|screen ?(?:shot|print|cap)|error|card|cms-?1500|hcfa|claim form|captura|截图"
)
_NO_CLINICAL_READING = re2.compile(
    r"claim form|cms-?1500|hcfa|277ca|clearinghouse|explanation of benefits|remittance advice|notice of (?:enrollment|decision)|earnings statement|certificate of (?:completion|prior coverage)|1095"
)
_SHEET = ("spreadsheet", "excel", "csv")
_PEOPLE_COLUMNS = (
    "name",
    "last",
    "first",
    "dob",
    "member",
    "employee",
    "subscriber",
    "nombre",
    "empleado",
    "姓名",
    "员工",
)


def papers(message: Message) -> tuple[Attachment, ...]:
    """The attachments that are documents: no logos, no mails inside the mail."""
    return tuple(one for one in message.attachments if is_paper(one))


def document_types(message: Message) -> tuple[str, ...]:
    """One type per document, in the order of the files."""
    found = papers(message)
    if not found:
        return ()
    said = fold(f"{message.subject}\n{message.new_text or message.text}"[:_BODY_CAP])
    called = iter(_called(said))
    first = next(called, "other")
    types: list[str] = []
    for attachment in found:
        kind = _type(attachment)
        if kind is None:
            kind, first = first, next((later for later in called if later not in types), first)
            kind = "other" if _QUESTIONNAIRE.search(fold(attachment.filename)) else kind
        types.append(kind)
    return tuple(types)


def _type(attachment: Attachment) -> str | None:
    """The type by text and name; None for a scan that tells nothing, which is what the mail calls it."""
    text = fold(attachment.text[:_HEAD])
    if _is_sheet(attachment):
        return _sheet(attachment, text)
    if text.strip():
        return _by_content(text) or _by_name(attachment) or ("clinical_documents" if _is_clinical(text) else "other")
    return _by_name(attachment)


def _is_clinical(text: str) -> bool:
    """Several words that only medical papers use together."""
    return len({match[0] for match in _MEDICAL.finditer(text)}) >= _MEDICAL_WORDS


def _by_content(text: str) -> str | None:
    """The title that comes first in the text; "other" where it is plainly something else."""
    if _NO_CLINICAL_READING.search(text[:300]):
        return "other"
    places = [
        (match.start(), at, document)
        for at, (document, expression) in enumerate(_BY_TITLE)
        if (match := expression.search(text))
    ]
    return min(places)[2] if places else None


def _by_name(attachment: Attachment) -> str | None:
    name = fold(attachment.filename[:_NAME_CAP]).rpartition(".")[0].replace("_", " ").replace("-", " ")
    if not name or _QUESTIONNAIRE.search(name):
        return None
    return next((document for document, expression in _BY_NAME if expression.search(name)), None)


def _called(said: str) -> tuple[str, ...]:
    """What kinds of paper the mail says that it brings, in the order in which they are told apart."""
    if not _ATTACHING.search(said) or _ANSWERS_QUESTIONS.search(said):
        return ()
    return tuple(document for document, expression in _BY_TEXT if expression.search(said))


def _is_sheet(attachment: Attachment) -> bool:
    return any(word in attachment.content_type for word in _SHEET) or attachment.filename.lower().endswith(
        (".xlsx", ".xls", ".csv")
    )


def _sheet(attachment: Attachment, text: str) -> str:
    """A spreadsheet is a roster where a column names people."""
    head = "\n".join(text.split("\n")[:5]).replace("\t", " ").replace(",", " ").split()
    return "roster" if any(word.startswith(_PEOPLE_COLUMNS) for word in head) else "other"
