"""A whole working day by mail alone: four people outside and two of the staff write, and some pretend to be staff.

Every mail comes by SMTP and every letter goes out by SMTP. Each domain signs what its people send, and the desk looks
their keys up: that a mail passed is proven, not said.
"""

from __future__ import annotations

from email.message import EmailMessage

from mailbot.intake import TakenIn
from tests.mails import DESK
from tests.town import Citizen, Town

DANA = Citizen("Dana Reed", "dana@broker.example")
EMMA = Citizen("Emma Stone", "emma@employer.example")
PAUL = Citizen("Paul Ito", "paul@clinic.example")
NIA = Citizen("Nia Cruz", "nia@navigator.example")
ANN = Citizen("Ann Lee", "ann@plan.example")
BEN = Citizen("Ben Ode", "ben@plan.example")
CLEO = Citizen("Cleo Marsh", "cleo@plan.example")  # of the same house, and not of the desk
EVE = Citizen("Eve", "eve@elsewhere.example")
DOMAINS = tuple(who.domain for who in (DANA, EMMA, PAUL, NIA, ANN, EVE))
STAFF = {ANN: ("all",), BEN: ("note", "assign", "ask")}

CARD = "please send a new ID card to our client Maria Lopez. Her old card was lost.\nThe group number is 0140026."
NOTICE = (
    "we got a notice that our group 0140099 is delinquent, but we paid on November 2. Please check our account.\n"
    "Invoice number 5512340, payment of $4,210.00."
)
RECORDS = "please add the clinical documents to preauthorization reference PA7712345.\nI will send the records."
DOCTOR = "Please change the PCP of subscriber W990012345. Group 0140026."
LEAVER = "Please terminate the coverage of subscriber W990012399, group number 0140026, as of December 31, 2026."
#: The cases of the day, each by the mail that opened it.
CARDS, NOTICES, RECORDS_OF = "asks: New ID card", "asks: Our delinquency notice", "asks: Clinical documents"
DOCTORS, LISTS = "forwards what Nia wrote to her", "writes to Emma, the desk in copy"
LEAVER_SPLIT_OFF = "the newest"
#: What no letter to anybody may repeat.
SECRETS = ("Maria Lopez", "W883104417", "W990012345", "W990012399", "5512340", "PA7712345", "Vell")


class WorkingDay:
    """The mails in the order in which they come. What people know of the desk they know from its letters."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.first: EmailMessage | None = None

    def play(self) -> None:
        """The whole day, from nine to six."""
        self.morning()
        self.noon()
        self.afternoon()
        self.forgeries()
        self.evening()

    def morning(self) -> None:
        """Four inquiries come, one of them by a detour, and the first is worked to its end."""
        self._inquires(DANA, "New ID card", f"Hello,\n\n{CARD}\n\nThank you,\nDana Reed")
        self._inquires(EMMA, "Our delinquency notice", f"Hello,\n\n{NOTICE}\n\nEmma Stone")
        self._inquires(PAUL, "Clinical documents for preauthorization PA7712345", f"Hello,\n\n{RECORDS}\n\nPaul Ito")
        self._commands(ANN, "takes the card's case", "#assign me", CARDS)
        self._answers(DANA, "sends the member's id", "The subscriber ID is W883104417.")
        self._commands(ANN, "completes the card's case", "#resolve The card was ordered. Ten days.", CARDS)
        # Nia has written to Ann alone. Ann hands it to the desk, and to Ben.
        told = self.town.compose(NIA, str(ANN), "A new doctor", f"Hello Ann,\n\n{DOCTOR}\n\nNia Cruz")
        self.town.sends(ANN, "forwards what Nia wrote to her", self.town.forward(ANN, told, "#assign ben"))
        self._answers(NIA, "says which doctor", "1. Dr. Ada Vell")

    def noon(self) -> None:
        """Ben works as far as he may; Ann writes to people herself, and the desk keeps it."""
        self._commands(BEN, "asks how Nia's case stands", "#status\n#note The office takes new patients.", DOCTORS)
        self._commands(BEN, "may not complete it", "#note Done.\n#resolve The doctor is changed.", DOCTORS)
        self._commands(ANN, "completes it", "#resolve The doctor is changed from December 1.", DOCTORS)
        text = "Dear Emma,\n\nwhich of your people have left this year?\n\nAnn Lee"
        self.first = self.town.compose(ANN, str(EMMA), "Your yearly list", text, cc=DESK)
        self.town.sends(ANN, "writes to Emma, the desk in copy", self.first)
        reply = self.town.answer(EMMA, self.first, "Only one, I will write again.", to=str(ANN), cc=DESK)
        self.town.sends(EMMA, "answers both", reply)
        number = self.number(RECORDS_OF)
        text = "Dear Paul,\n\nwe need the records of the last visit only.\n\nAnn Lee"
        blind = self.town.compose(ANN, str(PAUL), f"Your records [Case {number}]", text)
        self.town.sends(ANN, "writes to Paul, the desk in blind copy", blind)
        alone = self.town.answer(PAUL, blind, "They are on their way.", to=str(ANN))
        self.town.sends(ANN, "forwards what Paul answered to her alone", self.town.forward(ANN, alone))

    def afternoon(self) -> None:
        """Cases are tried, asked, joined, split and given time."""
        self._commands(ANN, "tries to close Paul's case", "#try\n#close", RECORDS_OF)
        self._commands(BEN, "asks Paul for a phone number", "#ask contact_phone", RECORDS_OF)
        self._commands(ANN, "gives him more time", "#deadline 20 business days\n#reply There is no hurry.", RECORDS_OF)
        papers = self.town.answer(PAUL, self.town.last_to(PAUL), "Here they are. My phone is 212-555-0142.")
        papers.add_attachment(
            b"%PDF-1.4 records", maintype="application", subtype="pdf", filename="clinical records.pdf"
        )
        self.town.sends(PAUL, "sends the records", papers)
        notice = self.town.letters_to(EMMA)[0]
        also = self.town.answer(EMMA, notice, f"By the way:\n\n{LEAVER}")
        self.town.sends(EMMA, "asks something else in the thread of her notice", also)
        self._commands(ANN, "splits that off", "#split", NOTICES)
        self._commands(ANN, "says what it is", "#category eligibility.termination\n#assign me", LEAVER_SPLIT_OFF)
        # The list that Emma promised and the leaver are one thing.
        self._commands(ANN, "joins it to her list", f"#merge {self.number(LISTS)}", LEAVER_SPLIT_OFF)
        self._commands(ANN, "corrects a date", "#field effective_date = 2026-12-30\n#note As she said.", LISTS)

    def forgeries(self) -> None:
        """Eve wants Emma's case closed; others only make mistakes (ATTACKS A079 to A085)."""
        emmas = self.number(NOTICES)
        forged = self.town.compose(ANN, DESK, f"Re: [Case {emmas}]", "#close")
        self.town.arrives("A079 Eve as Ann, without a signature", forged.as_bytes(), EVE)
        again = self.town.compose(ANN, DESK, f"Re: [Case {emmas}]", "#resolve All is done.")
        broken = self.town.signed(again, ANN.domain).replace(b"All is done.", b"Nothing is.")
        self.town.arrives("A079 Eve as Ann, with a signature that does not hold", broken, EVE)
        others = self.town.compose(CLEO, DESK, f"Re: [Case {emmas}]", "#close")
        self.town.sends(CLEO, "A080 of the house, and not of the desk", others)
        orders = self.town.compose(ANN, DESK, f"Re: [Case {emmas}]", "#ask tax_year")
        genuine = self.town.signed(orders, ANN.domain)
        self.town.arrives("asks Emma for a number", genuine, ANN)
        self.town.arrives("A081 Eve, the same mail once more", genuine, EVE)
        self.town.arrives(
            "A081 Eve, the same mail with another head", b"X-Odd: 1\r\nReply-To: eve@x.example\r\n" + genuine, EVE
        )
        wants = self.town.compose(DANA, str(ANN), "Please", "#close\n\nThanks, Dana")
        self.town.sends(ANN, "A082 forwards Dana's command without a word", self.town.forward(ANN, wants))
        self.town.sends(
            DANA, "A083 writes a command herself", self.town.compose(DANA, DESK, f"[Case {emmas}]", "#close")
        )
        wide = self.town.compose(ANN, DESK, f"Re: [Case {emmas}]", "\uff03close\n" + "#close\n" * 20)
        self.town.sends(ANN, "A085 look-alikes, and too many", wide)

    def evening(self) -> None:
        """Ben goes home, and Ann looks once more."""
        away = self.town.answer(
            BEN, self.town.last_to(BEN), "#close\nI am out of the office.", auto_submitted="auto-replied"
        )
        self.town.sends(BEN, "is out of the office", away)
        self._commands(ANN, "looks how Emma's case stands", "#status", NOTICES)

    # Their ways of writing.

    def _inquires(self, who: Citizen, subject: str, text: str) -> TakenIn:
        return self.town.sends(who, f"asks: {subject.split(' for ')[0]}", self.town.compose(who, DESK, subject, text))

    def _answers(self, who: Citizen, told: str, text: str) -> TakenIn:
        """An answer to the last letter."""
        return self.town.sends(who, told, self.town.answer(who, self.town.last_to(who), text))

    def _commands(self, who: Citizen, told: str, typed: str, about: str) -> TakenIn:
        """Commands about a case, its number in the subject."""
        mail = self.town.compose(who, DESK, f"Re: [Case {self.number(about)}]", typed)
        return self.town.sends(who, told, mail)

    def number(self, about: str) -> str:
        """The number of a case, as staff know it from a listing: by the mail that opened it."""
        if about == LEAVER_SPLIT_OFF:
            return self.town.desk.cases()[-1].number
        return next(step.case or "" for step in self.town.steps if step.told == about)


def listing(town: Town) -> list[dict[str, object]]:
    """The cases of the day as a list shows them."""
    return [
        {
            "opened by": next((step.told for step in town.steps if step.case == row.number), "a split"),
            "state": row.state,
            "category": row.category,
            "people": [each.address.address for each in row.correspondents],
            "assignee": row.assignee,
            "messages": [each.kind for each in town.desk.thread(row.number)],
            "review": list(row.review),
        }
        for row in town.desk.cases()
    ]
