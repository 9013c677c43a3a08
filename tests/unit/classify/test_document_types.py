"""What kind of paper an attachment is: by its title, its name, and what the mail says of a mute scan."""

from __future__ import annotations

import pytest

from mailbot.classify.documents import document_types
from mailbot.mail import Address, Attachment, Message

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def file(name: str, text: str = "", content_type: str = "application/pdf", flags: tuple[str, ...] = ()) -> Attachment:
    return Attachment("2", name, content_type, content_type, 1000, "00", False, flags=flags, text=text)


def types(text: str, *files: Attachment) -> tuple[str, ...]:
    sender = (Address("a@b.example", "Ann Bell"),)
    return document_types(Message("", (), (), sender, (), (), (), "papers", None, text, text, attachments=files))


TITLES = {
    "Some Health Plan\nEnrollment / Change Form\nName Ann": "enrollment_form",
    "Acme\nMember Add / Change / Cancel Form": "enrollment_form",
    "Solicitud de Inscripción\nEmpleado: Raúl": "enrollment_form",
    "Forma de inscripción\nEmpleada: Luz Mora": "enrollment_form",
    "Planilla de afiliación\nTitular: Luz Mora": "enrollment_form",
    "COBRA Continuation Coverage Election Form": "enrollment_form",
    "Plan\nException Request Form (retroactive change)": "exception_request_form",
    "Plan\nFamily Health Statement\nHeight": "family_health_statement",
    "County Clerk\nCERTIFICATE OF MARRIAGE": "name_change_proof",
    "Circuit Court\nOrder granting change of name": "name_change_proof",
    "Small Group Application\nLegal name": "group_application",
    "Bayview Surgery\nOperative Report\nPatient J. K.": "clinical_documents",
    "Letter of Medical Necessity\nTo the Medical Director": "clinical_documents",
    "Nota clínica\nFecha 08/20/2026": "clinical_documents",
    "Estuary Bank\nOutgoing Wire Confirmation": "payment_proof",
    "Banco\nCopia de cheque 2217": "payment_proof",
    "Implants Inc\nINVOICE 88120\nQty 1": "invoice",
    "HEALTH INSURANCE CLAIM FORM CMS-1500": "other",
    "Certificate of Prior Coverage\nTo whom it may concern": "other",
    "Earnings Statement\nGross 1,842.00": "other",
}


@pytest.mark.parametrize("text", TITLES)
def test_the_title_in_the_text_decides(text: str) -> None:
    assert types("see attached", file("scan0007.pdf", text)) == (TITLES[text],)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Enrollment_Form_LRamirez.pdf", "enrollment_form"),
        ("marriage certificate.jpg", "name_change_proof"),
        ("op report.pdf", "clinical_documents"),
        ("cancelled check.png", "payment_proof"),
        ("employee roster.pdf", "roster"),
        ("结婚证.png", "name_change_proof"),
        ("exception-request-form.pdf", "exception_request_form"),
        ("family_health_statement.pdf", "family_health_statement"),
        ("Group-Application.docx", "group_application"),
        ("invoice_88120.pdf", "invoice"),
        ("formulario_de_inscripcion.pdf", "enrollment_form"),
        ("forma_mora.pdf", "enrollment_form"),
        ("acta_de_matrimonio.jpg", "name_change_proof"),
        ("questionnaire.pdf", "other"),
        ("scan_0071.pdf", "other"),
    ],
)
def test_a_mute_scan_is_what_its_name_says(name: str, kind: str) -> None:
    assert types("hello", file(name)) == (kind,)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("I filled the form out and scanned it here", "enrollment_form"),
        ("records for the knee replacement auth attached", "clinical_documents"),
        ("marriage certificate attached", "name_change_proof"),
        ("attached is a screenshot of our bank showing the payment", "payment_proof"),
        ("attached is a screenshot of the error", "other"),
        ("he signed your questionnaire, attached as a picture", "other"),
        ("the exception request form is attached", "exception_request_form"),
        ("adjunto el formulario de excepción", "exception_request_form"),
        ("family health statement attached", "family_health_statement"),
        ("group application attached", "group_application"),
        ("the invoice is attached", "invoice"),
        ("adjunto el comprobante de pago", "payment_proof"),
        ("附上付款凭证", "payment_proof"),
        ("附上结婚证", "name_change_proof"),
        ("the marriage certificate will follow", "other"),
        ("hello there", "other"),
    ],
)
def test_a_mute_scan_without_a_name_is_what_the_mail_calls_it(text: str, kind: str) -> None:
    assert types(text, file("IMG_2231.png", content_type="image/png")) == (kind,)


def test_two_mute_scans_are_the_two_papers_that_the_mail_names() -> None:
    found = types("Enrollment form and marriage certificate attached.", file("scan1.pdf"), file("scan2.pdf"))
    assert sorted(found) == ["enrollment_form", "name_change_proof"]


def test_a_spreadsheet_of_people_is_a_roster_and_one_of_differences_is_not() -> None:
    people = file("terms.xlsx", "Sub ID\tFirst\tLast\tTerm date\nX1\tAnn\tLee\t10/31/2026", XLSX)
    faults = file("recon.xlsx", "Name\tYour tier\tOur tier\tDiff\nAnn\tEE\tFAM\t-20", XLSX)
    assert types("attached", people, faults) == ("roster", "other")


@pytest.mark.parametrize(
    "column",
    [
        *(
            "Name",
            "Last, First",
            "DOB",
            "Member id",
            "Employee",
            "Subscriber",
            "Consumer",
            "Nombre",
            "Empleado",
            "姓名",
            "员工姓名",
        ),
    ],
)
@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("list.csv", "application/octet-stream"),
        ("LIST.XLS", "application/octet-stream"),
        ("list.xlsx", "application/octet-stream"),
        ("list", "text/csv"),
        ("list", "application/vnd.ms-excel"),
    ],
)
def test_a_spreadsheet_is_known_by_its_name_or_its_type_and_people_by_a_column(
    name: str, content_type: str, column: str
) -> None:
    assert types("attached", file(name, f"{column}\nAnn", content_type)) == ("roster",)
    assert types("attached", file(name, f"Amount\n{'7' * 6}", content_type)) == ("other",)
    assert types("attached", file(name, f"Error\t{column}\nx\tAnn", content_type)) == ("other",)


@pytest.mark.parametrize(("said", "kind"), [("see attached", "other"), ("the claim review", "clinical_documents")])
def test_one_medical_word_makes_a_clinical_paper_only_where_the_mail_is_about_one(said: str, kind: str) -> None:
    assert types(said, file("a.pdf", "diagnosis only")) == (kind,)
    assert types(said, file("a.pdf", "we met the patient; diagnosis; treatment plan")) == ("clinical_documents",)


def test_logos_and_mails_are_no_documents_but_files_inside_a_mail_are() -> None:
    logo = file("image001.png", content_type="image/png", flags=("logo",))
    photo = file("IMG_7781.png", content_type="image/png", flags=("logo",))
    nested = file("fwd.eml", "From: Ann", "message/rfc822")
    report = file("", "", "message/delivery-status")
    inner = file("cert.pdf", "Certificate of Marriage")
    assert types("form attached", logo, photo, nested, report, inner) == ("enrollment_form", "name_change_proof")
