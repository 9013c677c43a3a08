"""The end of a text: what belongs to the matter stays new, what only says who writes is signature."""

from __future__ import annotations

import pytest

from mailbot.ingest.body import Setting, views

DANA = Setting(name="Dana Reed", address="dana@broker.example")

MATTER = {
    "member at end": (
        "Please add the following member:\n\nLeo Reed\n12 Mill Lane, Albany NY 12207\n555-0199\nleo@q.example"
    ),
    "member after thanks": "Please add:\n\nThanks,\n\nName: Leo Reed\nDOB: 5/4/2019\nPhone: 555-0199",
    "list of members": "Please terminate:\n\nAnn Lee\nBob Marsh\nMia Reed",
    "labelled": (
        "New employee\n\nName: Ann Lee\nAddress: 12 Mill Lane\nPhone: 555-0199\nEmail: ann@q.example\nGroup: 10442"
    ),
    "name last": "Please change the PCP of our employee to\n\nDr. Ann Lee",
    "contact person": "The contact at the group is now\n\nBob Marsh\nbob@marsh.example\n555-0177",
    "table": "Member	DOB	Phone\nLeo Reed	5/4/2019	555-0100\nMia Reed	6/1/2021	555-0101",
    "ps": "Please add Leo.\n\nThanks,\nDana Reed\n\nPS: His birthday is 5/4/2019.",
    "dash list": "Please change:\n\n- address: 12 Mill Lane\n- phone: 555-0199",
    "double dash inside": "Old address\n--\n1 Main St\n\nNew address\n--\n12 Mill Lane",
    "number last": "Her id is\n\n0044120",
    "sender's own data": "Please add my wife to my plan.\n\nJane Reed, born 5/4/1990",
    "one line with name": "Please terminate Dana Reed",
    "employee shares surname": "Please add to group 10442:\n\nLeo Reed\nborn 5/4/2019",
    "fax": "Please send the letter to\nFax: 555-0188",
    "two columns": "Subscriber: Ann Lee        ID: 12345\nDependent: Leo Lee         ID: 12346\nEffective: 12/1/2026",
    "regards inside": "With regards to my daughter:\nshe was born on 5/4/2019.",
    "best": "The best number to call is\n555-0199",
    "thanks first": "Thanks for the help.\nPlease also add Leo Reed, 5/4/2019.",
    "sent from": "Sent from the employer on Monday was the form, I attach it again.",
}


@pytest.mark.parametrize("text", MATTER.values(), ids=MATTER)
def test_what_belongs_to_the_matter_is_never_a_signature(text: str) -> None:
    read = views(text, None, DANA)
    assert (read.new_text, read.signature) == (text, "")


@pytest.mark.parametrize("text", MATTER.values(), ids=MATTER)
def test_a_signature_below_the_matter_leaves_it_whole(text: str) -> None:
    read = views(f"{text}\n\n-- \nDana Reed\nReed Benefits\n555-0100", None, DANA)
    assert read.new_text == text
    assert read.signature.startswith("--\nDana Reed")


@pytest.mark.parametrize("text", MATTER.values(), ids=MATTER)
def test_the_matter_is_whole_whoever_is_said_to_write(text: str) -> None:
    assert views(text, None).new_text == text


SIGNED = {
    "thanks name": (
        "Please add Leo.\n\nThanks,\nDana",
        "Dana",
    ),
    "thanks name title phone": (
        "Please add Leo.\n\nThanks,\n\nDana Reed\nBenefits Consultant\nReed Benefits LLC\n12 Mill Lane\n"
        "Albany, NY 12207\nO: 555-0100 | F: 555-0101\ndana@broker.example\nwww.broker.example",
        "Benefits Consultant",
    ),
    "bare name": (
        "Please add Leo.\n\nDana Reed",
        "Dana Reed",
    ),
    "dash name": (
        "Please add Leo.\n\n- Dana",
        "Dana",
    ),
    "disclaimer": (
        "Please add Leo.\n\nDana Reed\n\n"
        "CONFIDENTIALITY NOTICE: This e-mail and any attachments are for the sole use of the intended "
        "recipient and may contain privileged information. If you are not the intended recipient, "
        "please notify the sender and delete it.",
        "CONFIDENTIALITY",
    ),
    "es": (
        "Por favor agregue a Leo.\n\nSaludos cordiales,\nDana Reed",
        "Dana",
    ),
    "de": (
        "Bitte nehmen Sie Leo auf.\n\nMit freundlichen Grüßen\nDana Reed",
        "Dana",
    ),
    "fr": (
        "Merci d'ajouter Leo.\n\nCordialement,\nDana Reed",
        "Dana",
    ),
    "zh": (
        "请添加 Leo。\n\n此致\n敬礼\nDana Reed",
        "Dana",
    ),
    "iphone": (
        "Please add Leo.\n\nSent from my iPhone",
        "iPhone",
    ),
    "galaxy": (
        "Please add Leo.\n\nSent from my Galaxy S24",
        "Galaxy",
    ),
    "outlook ios": (
        "Please add Leo.\n\nGet Outlook for iOS",
        "Outlook",
    ),
    "yahoo mobile": (
        "Please add Leo.\n\nSent from Yahoo Mail for iPhone",
        "Yahoo",
    ),
    "mail for windows": (
        "Please add Leo.\n\nSent from Mail for Windows",
        "Windows",
    ),
    "rule": (
        "Please add Leo.\n\n________________________________\nDana Reed | Reed Benefits | 555-0100",
        "Reed Benefits",
    ),
    "virus ad": (
        "Please add Leo.\n\nDana\n\n---\nThis email has been checked for viruses by Avast antivirus software.",
        "Avast",
    ),
    "green": (
        "Please add Leo.\n\nDana Reed\n555-0100\n\nPlease consider the environment before printing this e-mail.",
        "environment",
    ),
    "pronouns": (
        "Please add Leo.\n\nBest,\n\nDana Reed (she/her)\nReed Benefits\n555-0100",
        "she/her",
    ),
    "npn": (
        "Please add Leo.\n\nThank you,\n\nDana Reed, NPN 1234567\nLicensed Agent\n555-0100",
        "NPN",
    ),
}


@pytest.mark.parametrize(("text", "word"), SIGNED.values(), ids=SIGNED)
def test_what_only_says_who_writes_is_the_signature(text: str, word: str) -> None:
    read = views(text, None, DANA)
    assert word in read.signature
    assert word not in read.new_text
    assert "Leo" in read.new_text


@pytest.mark.parametrize(("text", "word"), SIGNED.values(), ids=SIGNED)
def test_a_signature_is_told_above_a_quote_too(text: str, word: str) -> None:
    quote = "On Mon, Nov 23, 2026 at 9:00 AM Desk <desk@plan.example> wrote:\n> Who shall be added?\n> The Desk"
    read = views(f"{text}\n\n{quote}\n", None, DANA)
    assert word in read.signature
    assert word not in read.new_text
    assert "Who shall be added?" in read.quoted


@pytest.mark.parametrize(("text", "word"), SIGNED.values(), ids=SIGNED)
def test_nothing_of_a_signed_text_is_lost(text: str, word: str) -> None:
    read = views(text, None, DANA)
    assert [line.strip() for line in read.text.split("\n")] == [line.strip() for line in text.split("\n")]
    assert word in read.text
