"""Where a signature begins, and what only looks like one."""

from __future__ import annotations

import pytest

from mailbot.ingest.body import Setting, views

WORDS = "My number is 38812.\nPlease send a card."
ANN = Setting(name="Ann Lee", address="alee@quarrytools.example")


def split(text: str, setting: Setting = ANN) -> tuple[str, str]:
    read = views(text, None, setting)
    return read.new_text, read.signature


@pytest.mark.parametrize(
    "signature",
    [
        "-- \nAnn Lee\nQuarry Tools",
        "--\nAnn Lee",
        "—\nAnn Lee\nQuarry Tools",
        "Sent from my iPhone",
        "Sent from my Galaxy S24 Ultra",
        "Sent via BlackBerry",
        "Get Outlook for iOS",
        "Get Outlook for Android<https://aka.ms/x>",
        "Sent with Sparrow (http://www.sparrowmailapp.com/?sig)",
        "Von meinem iPhone gesendet",
        "Gesendet mit der mobilen Mail App",
        "Envoyé de mon iPhone",
        "Enviado desde mi iPhone",
        "Inviato da iPhone",
        "Verzonden vanaf mijn iPhone",
        "Enviado do meu iPhone",
        "Wysłane z iPhone'a",
        "Skickat från min iPhone",
        "Sendt fra min iPhone",
        "Lähetetty iPhonesta",
        "Odesláno z iPhonu",
        "Отправлено с iPhone",
        "iPhone'umdan gönderildi",
        "iPhoneから送信",
        "发自我的iPhone",
        "나의 iPhone에서 보냄",
        "Regards,\nAnn Lee",
        "Kind regards\n\nAnn Lee\nOffice Manager\n555-0134",
        "Thanks,\nAnn",
        "Thank you!\n\nAnn",
        "Mit freundlichen Grüßen\nAnn Lee",
        "Cordialement,\nAnn Lee",
        "Saludos cordiales,\nAnn Lee",
        "Cordiali saluti\nAnn Lee",
        "Met vriendelijke groet,\nAnn Lee",
        "Atenciosamente,\nAnn Lee",
        "Z poważaniem\nAnn Lee",
        "Med venlig hilsen\nAnn Lee",
        "Ann Lee",
        "Ann",
        "A. Lee",
        "AL",
        'Ann Lee, CTA\nQuarry Tools | "Dig deep"',
        "Ann Lee | Quarry Tools | 555-0134",
        "Quarry Tools",
        "-Ann Lee",
        "Ann Lee\n\nCONFIDENTIALITY NOTICE: this e-mail is privileged and intended only for the addressee.",
        "____________________\nplan-users mailing list\nplan-users@lists.example",
        "----------------\nAnn Lee\nt. 555-931-0702\nhttp://quarrytools.example/",
    ],
)
def test_the_signature_is_told_from_the_text(signature: str) -> None:
    new, found = split(f"{WORDS}\n\n{signature}\n")
    assert new == WORDS
    assert found == signature.replace("-- \n", "--\n")


@pytest.mark.parametrize(
    "text",
    [
        "The notification was sent from my iPhone app to all users.",
        "Here is the form.\n\nSent from my desk, is much easier than my mobile phone.",
        "I write with regards to the payment.\n\nAs regards the date, Friday is fine.",
        "Which is it?\n\nThanks",
        "Yes, we are fine.\n\nThank you!",
        "Points:\n----\n1. one\n2. two\n----\nThat is all.",
        'The code:\n```\nsignature = "\n--\nJohn"\n```\nIt fails.',
        "The new member is\n\nBob Marsh",
        "Please call me at 555-0134.\nIt is about my son.",
        "Regards to your team for the help with the card, it came today.",
        "Ann Lee is my name and I need a card.",
        "a -- b",
        "Thanks for the update!",
    ],
)
def test_what_only_looks_like_a_signature_stays(text: str) -> None:
    assert split(text) == (text, "")


@pytest.mark.parametrize("text", ["Ann Lee", "Thanks,", "Regards,\nAnn Lee", "-- \nAnn"])
def test_a_text_is_never_all_signature(text: str) -> None:
    assert split(text)[0] == text.replace("-- \n", "--\n")


def test_a_message_with_only_a_mobile_line_says_nothing() -> None:
    assert split("Sent from my iPhone\n") == ("", "Sent from my iPhone")


def test_a_postscript_keeps_the_whole_end() -> None:
    text = f"{WORDS}\n\nBest,\nAnn\n\nP.S. Does the card come by mail?"
    assert "P.S. Does the card come by mail?" in split(text)[0]


def test_a_signature_that_html_marks_is_taken() -> None:
    html = '<div>Here it is.</div>-- <br><div class="gmail_signature"><div>Zed Q</div><div>Sales</div></div>'
    read = views(None, html)
    assert (read.new_text, read.signature) == ("Here it is.", "--\nZed Q\nSales")


def test_names_with_accents_are_compared_with_addresses_without() -> None:
    setting = Setting(name="", address="gonzalez@plan.example")
    assert split("Sí, el lunes.\n\nGonzález", setting) == ("Sí, el lunes.", "González")


def test_without_a_known_sender_a_bare_name_stays() -> None:
    assert split(f"{WORDS}\n\nAnn Lee", Setting())[0].endswith("Ann Lee")
