"""The structural signs of a message: which desk it was written to, who writes, which ids and files it carries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mailbot.classify.together import Together
from mailbot.classify.words import fold
from mailbot.mail import Attachment, Message

_SCANNED = 4000

DESKS = {
    "enrollment": ("enroll", "elig", "member", "subscri"),
    "groups": ("group", "employer", "billing", "account", "premium", "invoice"),
    "brokers": ("broker", "producer", "agent", "agency", "sales"),
    "providers": ("provider", "claim", "practice", "network", "appeal"),
    "exchange": ("exchange", "marketplace", "individual"),
}

ROLES = {
    role: tuple(parts.split())
    for role, parts in {
        "producer": "insur agenc benefit broker seguro asociados financial wealth coverage advis underwrit healthplan",
        "provider": "clinic medic hospital ortho derm pediatr surg spine therap dental rehab health physic cardio "
        "neuro imaging radiol urgent nurs hospice psych rcm oncol urolog podiatr obgyn care lab wellness sleep pulmon "
        "eye ent pt pmr transplant family",
        "navigator": "navigat community assist library outreach connector",
        "employer": "hr payroll people office admin accounting ap bookkeep school county church parish foundation roof "
        "construct farm bakery landscap manufact truck freight hotel restaurant",
    }.items()
}
_WORD_ROLES = frozenset(["hr", "ap", "ent", "pt", "pmr", "lab"])
_ROLE_NAMES = tuple(ROLES)
_ROLE_WORDS = Together(
    "|".join(rf"(?:^|[^a-z]){part}(?:[^a-z]|$)" if part in _WORD_ROLES else part for part in parts)
    for parts in ROLES.values()
)
_FREE_MAIL = frozenset(
    [
        "gmail",
        "yahoo",
        "hotmail",
        "outlook",
        "icloud",
        "aol",
        "mail",
        "post",
        "correo",
        "inbox",
        "email",
        "live",
        "msn",
        "qq",
        "163",
        "comcast",
        "verizon",
        "proton",
        "protonmail",
        "gmx",
    ]
)

_NO = r"[^a-z0-9]{0,4}(?:no|nos|number|num|id|ref|numero|is|es)?[^a-z0-9]{0,4}"
_IDS = {
    "npn": rf"\bnpn\b{_NO}\d{{5,10}}",
    "npi": rf"\bnpi\b{_NO}\d{{10}}",
    "ten_digits_1": r"\b1\d{9}\b",
    "case": r"\b\d{6}-\d{7}\b",
    "claim_no": rf"\b(?:claims?|clm|reclamo|reclamacion)\b{_NO}[a-z]{{0,4}}\d[\d-]{{4,}}",
    "auth_no": rf"\b(?:pa|auth|preauth|precert|authorization|autorizacion|ref)\b{_NO}[a-z]{{0,3}}-?\d[\d-]{{4,}}",
    "person_id": r"\b(?:pid|pids|person ids?|person no|persona|person number)\b[^a-z0-9]{0,4}\d{5,8}",
    "group_no": rf"\b(?:groups?|grp|gr|grupo)\b{_NO}[a-z]{{0,2}}-?\d{{4,8}}",
    "member_no": r"\b[a-z]{3}[ -]?\d{3}[ -]?\d{3}[ -]?\d{3}\b|\b[a-z]{3} \d{4} \d{4}\b",
    "invoice_no": rf"\b(?:invoice|inv|factura)\b{_NO}[a-z]{{0,4}}-?\d[\d-]{{4,}}",
    "money": r"\$ ?\d|\b\d{1,3}(?:,\d{3})*\.\d\d\b",
    "birth_date": r"\b(?:dob|d\.o\.b|born|birth date|date of birth|birthday|nacio|nacimiento|nacid[oa])\b",
    "tax_year": r"\b1095|\btax year\b",
    "phone": r"\b\d{3}[-.) ]{1,2}\d{3}[-. ]\d{4}\b|\b555-\d{4}\b",
    "effective": r"\b(?:eff|effective|efectiv[ao]|vigencia)\b",
}


_ID_NAMES = tuple(_IDS)
_ID_SHAPES = Together(_IDS.values())
_CHINESE_IDS = {"birth_date": "出生", "effective": "生效"}

_KINDS = (
    ("image", ("image/",)),
    ("sheet", ("spreadsheet", "ms-excel", "text/csv")),
    ("document", ("wordprocessing", "msword", "rtf")),
    ("pdf", ("application/pdf",)),
    ("mail", ("message/", "vnd.ms-outlook")),
)


def signs(message: Message, subject: str, asked: str) -> Iterator[str]:
    """The names of the signs of a message; `subject` and `asked`, the text that its sender typed, are folded."""
    yield from _senders(message)
    yield from (f"id {name}" for name in ids(f"{subject}\n{asked}"[:_SCANNED]))
    yield from _attached(message.attachments)
    if message.forwarded or "forwarded message" in asked:
        yield "forwarded"
    words = len(asked.split())
    yield "long" if words > 120 else "short" if words < 25 else "middling"


def ids(text: str) -> list[str]:
    """Which kinds of id a folded text shows, by label and shape."""
    found = [_ID_NAMES[place] for place in _ID_SHAPES.present(text)]
    return found + [name for name, mark in _CHINESE_IDS.items() if mark in text]


def desks(message: Message) -> tuple[str, ...]:
    """The names of the desks that the mail was written to, told from the local parts of its recipients."""
    local_parts = (address.key.rpartition("@")[0] for address in message.to + message.cc)
    found = [desk for local in local_parts if (desk := _desk(local))]
    return tuple(f"to {desk}" for desk in found) or ("to unknown",)


def _desk(local: str) -> str:
    """The first desk whose words stand in a local part, "" for none."""
    return next((desk for desk, words in DESKS.items() if any(word in local for word in words)), "")


def _senders(message: Message) -> Iterator[str]:
    """What the sender's address, name and signature tell of the role."""
    sender = message.from_[0] if message.from_ else None
    if sender is None:
        return
    local, _, domain = fold(sender.address).rpartition("@")
    first = domain.split(".")[0]
    if first in _FREE_MAIL:
        yield "from free mail"
    yield from (f"from {role}" for role in _roles(f"{local} {first}"))
    yield from (f"signs {role}" for role in _roles(f"{fold(sender.name)} {fold(message.signature[:400])}"))


def _roles(text: str) -> Iterator[str]:
    return (_ROLE_NAMES[place] for place in _ROLE_WORDS.present(text))


def _attached(attachments: Iterable[Attachment]) -> Iterator[str]:
    """The types of the files, without logos."""
    shown = [a for a in attachments if "logo" not in a.flags and not a.inline]
    yield "files none" if not shown else "files several" if len(shown) > 1 else "files one"
    for attachment in shown:
        yield f"file {file_kind(attachment)}"


def file_kind(attachment: Attachment) -> str:
    """The kind of a file in one word: by its type, else by the end of its name."""
    for kind, marks in _KINDS:
        if any(mark in attachment.content_type for mark in marks):
            return kind
    ending = attachment.filename.lower().rpartition(".")[2]
    if ending in ("834", "edi", "x12", "999"):
        return "edi"
    return "pdf" if ending == "pdf" else "text" if attachment.content_type.startswith("text/") else "other"
