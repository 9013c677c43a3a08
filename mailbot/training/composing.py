"""Compose training mails from the texts: the same seed and texts give the same mails, message by message."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random

from mailbot.mail import Attachment, ForwardedHeader, Message
from mailbot.training.phrases import Phrases, shipped_values
from mailbot.training.senders import desk_address, sender_of, signature_of
from mailbot.training.values import Values

_CHOICE = re.compile(r"\[([^\[\]]*)\]")
_TYPES = {"pdf": "application/pdf", "jpg": "image/jpeg", "png": "image/png", "csv": "text/csv", "txt": "text/plain",
          "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
          "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document"}  # fmt: skip

PASSED_ON = 0.06
DISCLAIMED = 0.1
WHOLE = 0.7

Kept = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Lesson:
    """One message and the category that it teaches."""

    message: Message
    code: str


@dataclass(frozen=True, slots=True)
class Amounts:
    """How many mails of each language are composed for a category."""

    en: int = 220
    es: int = 40
    zh: int = 25


class Composer:
    """Composes the mails of all categories; `kept` says which lines may be used, so that some can be held out."""

    def __init__(self, phrases: Sequence[Phrases], remarks: Phrases, kept: Kept = lambda line: True) -> None:
        self._phrases = phrases
        self._remarks = remarks
        self.kinds = shipped_values()
        self._kept = kept

    def lessons(self, amounts: Amounts, seed: str = "mailbot") -> Iterator[Lesson]:
        """All mails, category by category."""
        for phrases in self._phrases:
            for language, count in (("en", amounts.en), ("es", amounts.es), ("zh", amounts.zh)):
                for number in range(count):
                    chance = Random(f"{seed} {phrases.code} {language} {number}")  # noqa: S311 no secret
                    yield Lesson(_Mail(chance, language, phrases, self).message(), phrases.code)

    def as_written(self) -> Iterator[Lesson]:
        """Every whole mail once, with a sender and values, and nothing else around it."""
        for phrases in self._phrases:
            for language, section in (("en", "mail"), ("es", "es"), ("zh", "zh")):
                for number, line in enumerate(phrases.lines(section)):
                    chance = Random(f"written {phrases.code} {language} {number}")  # noqa: S311 no secret
                    yield Lesson(_Mail(chance, language, phrases, self).written(line), phrases.code)

    def some(self, phrases: Phrases, section: str) -> list[str]:
        """The lines of a section that may be used; all of them where too few are left."""
        lines = [line for line in phrases.lines(section) if self._kept(line)]
        return lines or list(phrases.lines(section))

    def remark(self, chance: Random, section: str) -> str:
        return chance.choice(self._remarks.lines(section) or ("",))

    def other_subject(self, chance: Random, code: str) -> str:
        """What a mail of another category is about, for an aside."""
        others = [phrases for phrases in self._phrases if phrases.code != code]
        return chance.choice(self.some(chance.choice(others), "subject"))


class _Mail:
    """One mail in the making."""

    def __init__(self, chance: Random, language: str, phrases: Phrases, composer: Composer) -> None:
        self._chance = chance
        self._language = language
        self._phrases = phrases
        self._composer = composer
        self._values = Values(composer.kinds, chance, language)
        self._role = _weighed(chance, phrases.roles)

    def message(self) -> Message:
        subject, body = self._foreign() if self._language != "en" else self._english()
        return self._sent(self._filled(subject), self._dressed(self._filled(body)))

    def written(self, line: str) -> Message:
        subject, _, body = line.partition(" | ")
        return self._sent(self._filled(subject), self._filled(body))

    def _sent(self, subject: str, body: str) -> Message:
        chance = self._chance
        sender = sender_of(self._role, self._values, chance)
        signature = signature_of(self._role, sender, self._composer.remark(chance, f"title {self._role}"), chance)
        text = f"{body}\n{signature}" if signature else body
        if chance.random() < DISCLAIMED:
            text += f"\n\n{self._composer.remark(chance, 'disclaimer en')}"
        message = Message(
            message_id="", in_reply_to=(), references=(), from_=(sender,), cc=(), reply_to=(),
            to=(desk_address(_weighed(chance, self._phrases.desks), chance),),
            subject=subject, date=None, text=text, new_text=body, signature=signature,
            attachments=self._attachments(),
        )  # fmt: skip
        return self._passed_on(message) if chance.random() < PASSED_ON else message

    def _passed_on(self, message: Message) -> Message:
        """The same mail as someone forwards it, with a few words of their own above."""
        passing = sender_of(self._chance.choice(("producer", "employer", self._role)), self._values, self._chance)
        said = self._composer.remark(self._chance, "forward en")
        header = f"---------- Forwarded message ---------\nFrom: {message.from_[0].name}\nSubject: {message.subject}\n"
        return replace(
            message, from_=(passing,), subject=f"FW: {message.subject}", text=f"{said}\n{header}\n{message.text}",
            new_text=said, quoted=message.text, forwarded=ForwardedHeader(message.from_[0]),
        )  # fmt: skip

    def _foreign(self) -> tuple[str, str]:
        subject, _, body = self._chance.choice(self._composer.some(self._phrases, self._language)).partition(" | ")
        if self._chance.random() < 0.25:
            subject = self._composer.remark(self._chance, f"subject {self._language}")
        return subject, body

    def _english(self) -> tuple[str, str]:
        """A whole mail as written, or one put together from requests and reasons."""
        if self._chance.random() < WHOLE:
            subject, _, body = self._pick("mail").partition(" | ")
        else:
            subject, body = self._pick("subject"), self._put_together()
        luck = self._chance.random()
        if luck < 0.3:
            subject = self._composer.remark(self._chance, "subject en") if luck < 0.2 else ""
        elif luck < 0.45:
            subject = self._chance.choice(("Re: ", "FW: ", "Fwd: ", "RE: ")) + subject
        return subject, body

    def _put_together(self) -> str:
        luck = self._chance.random()
        if luck < 0.28:
            sentences = [self._pick("ask")]
        elif luck < 0.55:
            sentences = [self._pick("ask"), self._pick("why")]
        elif luck < 0.75:
            sentences = [self._pick("why"), self._pick("ask")]
        elif luck < 0.88:
            sentences = [self._pick("ask"), self._pick("why"), self._pick("why")]
        else:
            sentences = [self._pick("ask"), self._pick("ask")]
        if self._chance.random() < 0.25:
            sentences.insert(self._chance.choice((0, len(sentences))), self._composer.remark(self._chance, "remark en"))
        if self._chance.random() < 0.06:
            sentences.append(self._aside())
        return self._chance.choice((" ", " ", "\n")).join(dict.fromkeys(sentences))

    def _aside(self) -> str:
        about = self._composer.other_subject(self._chance, self._phrases.code)
        return self._composer.remark(self._chance, "aside en").replace("{x}", f"the {about.lower()}")

    def _pick(self, section: str) -> str:
        return self._chance.choice(self._composer.some(self._phrases, section))

    def _filled(self, text: str) -> str:
        """Choices taken and slots filled."""
        while found := _CHOICE.search(text):
            text = text[: found.start()] + self._chance.choice(found[1].split("|")) + text[found.end() :]
        return self._values.fill(text).replace("\\n", "\n").strip()

    def _dressed(self, body: str) -> str:
        """The body with a greeting, details and a closing, as far as chance has it; some people write all in small."""
        parts = [body]
        if self._language == "en" and self._chance.random() < 0.45:
            parts.append(self._details())
        if self._chance.random() < 0.45:
            parts.insert(0, self._composer.remark(self._chance, f"greeting {self._language}"))
        if self._chance.random() < 0.5:
            parts.append(self._composer.remark(self._chance, f"closing {self._language}"))
        text = "\n".join(part for part in parts if part)
        return text.lower() if self._chance.random() < 0.08 else text

    def _details(self) -> str:
        wanted = [name for name in self._phrases.details if self._chance.random() < 0.5]
        return "\n".join(self._filled(self._chance.choice(DETAILS[name])) for name in wanted)

    def _attachments(self) -> tuple[Attachment, ...]:
        if self._chance.random() >= self._phrases.attached:
            return ()
        count = self._chance.choice((1, 1, 1, 2))
        names = self._chance.sample(self._phrases.files, min(count, len(self._phrases.files)))
        return tuple(_attachment(self._filled(name), place) for place, name in enumerate(names))


DETAILS: dict[str, tuple[str, ...]] = {
    "NONE": ("",),
    "GROUP": ("{g}", "Group: {gn}", "{co}, {g}", "Our group is {gn}."),
    "EMPLOYEE": ("Employee: {n}", "Name: {n}", "EE {n}"),
    "DOB": ("DOB: {dob}", "born {dob}", "Date of birth {dob}"),
    "EFF": ("Effective {d}", "Eff date: {d}", "as of {d}"),
    "HIREDATE": ("Date of hire: {d2}", "DOH {d2}"),
    "PLAN": ("Plan: {plan}", "{plan}"),
    "MEMBER": ("ID {m}", "Subscriber ID: {m}", "Member # {m}", "id# {m}"),
    "DEPENDENT": ("Dependent: {n2}", "Name: {n2}"),
    "REASON": ("Reason: voluntary resignation", "Reason: retirement", "Reason: laid off"),
    "ADDRESS": ("{addr}", "New: {addr}"),
    "WASNOW": ("Was: {n}\nNow: {f} {l2}", "Old: {n} New: {n2}"),
    "PCPLINE": ("PCP: Dr. {dr}, {clinic}", "Dr. {dr}"),
    "NEWPLAN": ("New plan: {plan}", "From {plan}"),
    "PID": ("Person ID {pid}", "PID {pid}", "person id: {pid}"),
    "CONSUMER": ("Consumer: {n}", "Client: {n}", "Name: {n}"),
    "NPN": ("NPN {npn}", "NPN: {npn}", "My NPN is {npn}."),
    "TAXYEAR": ("Tax year {yr}", "for {yr}"),
    "INVOICE": ("Invoice {inv}", "Invoice # {inv}"),
    "PERIOD": ("{mon} 2026", "Period: {mon}"),
    "PAYDATE": ("Paid {d2}", "Date: {d2}"),
    "AMOUNT": ("{amt}", "Amount: {amt}"),
    "CONTACT": ("Contact: {n2}, 410-555-0123", "Call {n2} at (443) 555-0188", "Email and phone below."),
    "COMPANY": ("{co}", "Company: {co}"),
    "NPI": ("NPI {npi}", "NPI: {npi}"),
    "PRACTICE": ("{practice}", "Practice: {practice}"),
    "AUTH": ("{pa}", "Reference: {pa}"),
    "PATIENT": ("Patient: {n}", "Pt: {n}", "Member {n}"),
    "CLAIM": ("Claim {cl}", "claim # {cl}", "Claim number: {cl}"),
    "CASE": ("Case {case}", "prior case {case}"),
}


def _weighed(chance: Random, weighed: Sequence[tuple[str, float]]) -> str:
    return chance.choices([name for name, _ in weighed], [weight for _, weight in weighed])[0]


def _attachment(name: str, place: int) -> Attachment:
    kind = _TYPES.get(name.rpartition(".")[2].lower(), "application/octet-stream")
    return Attachment(
        part=str(place + 2), filename=name, content_type=kind, declared_type=kind, size=1, sha256="", inline=False
    )
