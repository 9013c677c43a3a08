"""Tells what kind of paper each attachment is: by the title in its text, by its name, by what the mail says of it."""

from __future__ import annotations

from mailbot.classify.cues import cue
from mailbot.classify.folding import fold
from mailbot.classify.linear import Linear
from mailbot.classify.passages import is_paper
from mailbot.classify.together import Together
from mailbot.mail import Attachment, Message

_HEAD = 900
_NAME_CAP = 200
_BODY_CAP = 6_000


_BY_TITLE = tuple(
    (document, cue(f"documents.{document}_title"))
    for document in (
        "exception_request_form",
        "family_health_statement",
        "name_change_proof",
        "group_application",
        "enrollment_form",
        "clinical_documents",
        "payment_proof",
        "roster",
        "invoice",
    )
)
_BY_NAME = tuple(
    (document, cue(f"documents.{document}_file"))
    for document in (
        "exception_request_form",
        "family_health_statement",
        "name_change_proof",
        "group_application",
        "clinical_documents",
        "payment_proof",
        "roster",
        "invoice",
        "enrollment_form",
    )
)
_BY_TEXT = tuple(
    (document, cue(f"documents.{document}_said"))
    for document in (
        "name_change_proof",
        "exception_request_form",
        "family_health_statement",
        "group_application",
        "payment_proof",
        "clinical_documents",
        "enrollment_form",
        "invoice",
    )
)
_NAMES_TOGETHER = Together(expression.pattern for _, expression in _BY_NAME)
_TEXTS_TOGETHER = Together(expression.pattern for _, expression in _BY_TEXT)
_LISTS_FAULTS = Linear(
    r"\b(?:error|errors|reject\w*|reason|fault|diff|difference|variance|discrepanc\w+|segment|loop)\b"
)
_SHOWS_A_SCREEN = cue("documents.shows_a_screen")
_PICTURED_PAYMENT = cue("documents.pictured_payment")
_MEDICAL_WORDS = 3
_SOME_MEDICAL_WORDS = 1
_MEDICAL = cue("documents.medical")
_ANSWERS_QUESTIONS = cue("documents.answers_questions")
_CLINICAL_MATTER = cue("documents.clinical_matter")
_ATTACHING = cue("documents.attaching")
_QUESTIONNAIRE = cue("documents.questionnaire")
_NO_CLINICAL_READING = cue("documents.no_clinical_reading")
_SHEET = ("spreadsheet", "excel", "csv")
_PEOPLE_COLUMNS = (
    "name",
    "last",
    "first",
    "dob",
    "member",
    "employee",
    "subscriber",
    "consumer",
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
    called = iter(_called(said, attaching=not message.new_text.strip()))
    first = next(called, "other")
    clinical = bool(_CLINICAL_MATTER.search(said))
    types: list[str] = []
    for attachment in found:
        kind = _type(attachment, clinical=clinical)
        if kind is None:
            kind, first = first, next((later for later in called if later not in types), first)
            kind = "other" if _QUESTIONNAIRE.search(fold(attachment.filename)) else kind
        types.append(kind)
    return tuple(types)


def _type(attachment: Attachment, *, clinical: bool) -> str | None:
    """The type by text and name; None for a scan that tells nothing, which is what the mail calls it."""
    text = fold(attachment.text[:_HEAD])
    if _is_sheet(attachment):
        return _sheet(attachment, text)
    if text.strip():
        return (
            _by_content(text)
            or _by_name(attachment)
            or ("clinical_documents" if _is_clinical(text, clinical=clinical) else "other")
        )
    return _by_name(attachment)


def _is_clinical(text: str, *, clinical: bool) -> bool:
    """Several words that only medical papers use together; fewer do where the mail is about claims and reviews."""
    least = _SOME_MEDICAL_WORDS if clinical else _MEDICAL_WORDS
    return len({match[0] for match in _MEDICAL.finditer(text)}) >= least


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
    return next((_BY_NAME[place][0] for place in _NAMES_TOGETHER.present(name)), None)


def _called(said: str, *, attaching: bool) -> tuple[str, ...]:
    """What kinds of paper the mail says that it brings, in the order in which they are told apart."""
    if not attaching and not _ATTACHING.search(said):
        return ()
    if _ANSWERS_QUESTIONS.search(said):
        return ()
    if _SHOWS_A_SCREEN.search(said):
        return ("payment_proof",) if _PICTURED_PAYMENT.search(said) else ()
    return tuple(_BY_TEXT[place][0] for place in _TEXTS_TOGETHER.present(said))


def _is_sheet(attachment: Attachment) -> bool:
    return any(word in attachment.content_type for word in _SHEET) or attachment.filename.lower().endswith(
        (".xlsx", ".xls", ".csv")
    )


def _sheet(attachment: Attachment, text: str) -> str:
    """A spreadsheet is a roster where a column names people, unless another lists errors or differences."""
    if _LISTS_FAULTS.search(text.partition("\n")[0]):
        return "other"
    head = "\n".join(text.split("\n")[:5]).replace("\t", " ").replace(",", " ").split()
    return "roster" if any(word.startswith(_PEOPLE_COLUMNS) for word in head) else "other"
