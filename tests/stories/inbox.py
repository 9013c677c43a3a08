"""A desk of several categories for the stories of replies: mail says its category, its values and its files plainly."""

from __future__ import annotations

from dataclasses import dataclass

from mailbot.cases.facts import Facts
from mailbot.cases.understanding import Found, Intent, Understanding, Where
from mailbot.classify.completeness import Received, missing
from mailbot.classify.understand import SentMessage
from mailbot.intake import TakenIn
from mailbot.mail import Kind
from tests.desks import text_of
from tests.mails import mail
from tests.stories.tales import INTENTS, Tale

CARL = "Carl Boone <carl@broker.example>"
EMMA = "Emma Stone <emma@employer.example>"
ADD_DEPENDENT = "eligibility.add_dependent"
PREAUTH = "provider.preauth_documents"  # it needs preauth_reference and clinical_documents
CLAIM = "provider.claim_question"  # it needs claim_number


@dataclass
class Inbox(Tale):
    """The words for mail of several people about several things."""

    def understand(self, sent: SentMessage) -> Understanding:
        """A reader who is sure of what a line "category: X" says, and knows a paper by the name of its file."""
        message, kind = sent.message, sent.kind
        lines = [line.partition(": ") for line in message.new_text.splitlines()]
        said = {name: value.strip() for name, colon, value in lines if colon and value}
        category = said.pop("category", None)
        fields = tuple(Found(name, value, Where.BODY) for name, value in said.items())
        documents = tuple(file.filename.partition(".")[0] for file in message.attachments)
        words = message.new_text.casefold()
        intent = next((intent for word, intent in INTENTS.items() if word in words), Intent.NONE)
        if category is None:
            guess = "other.general" if kind is Kind.INQUIRY else None
            return Understanding(guess, 0.0, fields=fields, documents=documents, intent=intent)
        lacking = missing(self.desk.app.playbook.rules(category), Received(set(said), documents))
        return Understanding(category, 0.97, fields=fields, documents=documents, missing=lacking, intent=intent)

    # People.

    def writes(self, raw: bytes, sender: str = "dana@broker.example") -> TakenIn:
        """Ten minutes later somebody writes; the desk takes it in and sends what it has to say."""
        self.desk.later()
        result = self.desk.send(raw, sender)
        self.desk.deliver()
        return result

    def inquires(self, text: str, *, sender: str = "", **headers: str) -> str:
        """Somebody (Dana, unless said) opens a case with these lines; its number."""
        named = {"sender": sender} if sender else {}
        result = self.writes(mail(text, **{"subject": "A request", **named, **headers}), address(sender))
        assert (result.outcome, bool(result.case_number)) == ("case_opened", True)
        return result.case_number or ""

    # What came of it.

    def facts(self, number: str) -> Facts:
        return self.file(number).facts

    def letters_to(self, who: str) -> list[str]:
        """The kinds of the letters to this person, in their order."""
        return [row.kind for row in self.desk.letters() if row.to == address(who)]

    def texts_to(self, who: str) -> str:
        """All that the desk ever wrote to this person, headers and all."""
        letters = [self.desk.letter(row) for row in self.desk.letters() if row.to == address(who)]
        return "\n".join(f"{letter.as_string()}\n{text_of(letter)}" for letter in letters)

    def links(self, number: str) -> list[tuple[str, str]]:
        return list(self.desk.case(number).linked)


def address(who: str) -> str:
    """The bare address in "Name <address>"; Dana's where nobody is named."""
    return who.rpartition("<")[2].rstrip(">") or "dana@broker.example"


def papers(*names: str, text: str = "Attached.", **headers: str) -> bytes:
    """A mail with files of these names."""
    files = "".join(
        f"--edge\nContent-Type: application/pdf\nContent-Disposition: attachment; "
        f'filename="{name}"\n\n%PDF-1.4 {name}\n'
        for name in names
    )
    body = f"--edge\nContent-Type: text/plain\n\n{text}\n{files}--edge--"
    return mail(body, **({"content_type": "multipart/mixed; boundary=edge"} | headers))
