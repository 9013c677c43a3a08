"""Makes the mail of a busy desk from a seed, with the truth about it: six inquiries to four replies, mean 64 KB.

Two fifths are plain text (some HTML alone), two fifths have both, a fifth has one to three files of 20 to 400 KB;
charsets, transfer encodings, quotes and threads are as mixed as mail is. Replies are rendered once the answers to
their inquiries are known.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import formatdate

import written as words

INQUIRIES = 0.6
_BEGAN = 1_790_000_000
_MODES = {"ack": 55, "own": 25, "number": 15, "references": 5}
_STRUCTURES = {"plain": 35, "html": 5, "alternative": 40, "mixed": 20}
_INNER = {"plain": 45, "alternative": 45, "html": 10}
_QUOTES = {"above": 65, "below": 15, "outlook": 20}


@dataclass(frozen=True)
class MadeFile:
    """A file to attach: `seed` makes its content."""

    name: str
    size: int
    seed: int

    @property
    def content(self) -> bytes:
        inner = random.Random(self.seed).randbytes(self.size)
        return b"%PDF-1.4\n" + inner + b"\n%%EOF\n" if self.is_pdf else b"\xff\xd8\xff\xe0" + inner + b"\xff\xd9"

    @property
    def is_pdf(self) -> bool:
        return self.name.endswith("pdf")


@dataclass(frozen=True)
class MadeMail:
    """One mail before it is bytes. `root` is the inquiry that a reply answers; `by_partner`: somebody else replies.

    `mode` says how a reply shows what it answers: our letter's id, its sender's own id, our number in the subject,
    or References alone.
    """

    number: int
    language: str
    said: Mapping[str, str]
    subject: str
    paragraphs: tuple[str, ...]
    sender: str
    sender_name: str
    structure: str
    inner: str
    charset: str
    encoding: str
    message_id: str
    copied: str = ""
    signature: tuple[str, ...] = ()
    files: tuple[MadeFile, ...] = ()
    root: MadeMail | None = field(default=None, repr=False)
    mode: str = ""
    quote_style: str = ""
    by_partner: bool = False

    @property
    def name(self) -> str:
        return f"m{self.number:06d}"

    @property
    def date(self) -> int:
        return _BEGAN + 97 * self.number

    @property
    def dated(self) -> str:
        return formatdate(self.date)


def correspondence(count: int, seed: int, *, with_files: bool = True) -> list[MadeMail]:
    """The inquiries, then the replies to them."""
    chance = random.Random(seed)
    inquiries = [_inquiry(chance, number, seed, with_files) for number in range(round(count * INQUIRIES))]
    replies = [
        _reply(chance, number, seed, chance.choice(inquiries), with_files) for number in range(len(inquiries), count)
    ]
    return inquiries + replies


def _inquiry(chance: random.Random, number: int, seed: int, with_files: bool) -> MadeMail:  # noqa: FBT001
    language = _drawn(chance, words.LANGUAGES)
    said = _particulars(chance, language)
    first, *others = words.INQUIRY[language]
    kept = chance.sample(others, min(len(others), chance.randint(3, 7 if language == "en" else 4)))
    paragraphs = tuple(text.format(**said) for text in (first, *kept))
    subject = chance.choice(words.SUBJECTS[language]).format(**said)
    return MadeMail(
        number=number,
        language=language,
        said=said,
        subject=subject,
        paragraphs=paragraphs,
        sender=f"person.m{number:06d}@mail{chance.randint(1, 40)}.example.net",
        sender_name=said["person"],
        message_id=_message_id(chance, number, seed),
        **_dressed(chance, language, f"{subject}{''.join(paragraphs)}", number, said, with_files),
    )


def _reply(chance: random.Random, number: int, seed: int, root: MadeMail, with_files: bool) -> MadeMail:  # noqa: FBT001
    language, said = root.language, root.said
    kept = chance.sample(words.REPLY[language], min(len(words.REPLY[language]), chance.randint(1, 2)))
    follow_up = words.FOLLOW_UP.get(language, words.FOLLOW_UP_ELSE).format(name=f"m{number:06d}")
    paragraphs = (*(text.format(**said) for text in kept), follow_up)
    by_partner = chance.random() < 0.08
    return MadeMail(
        number=number,
        language=language,
        said=said,
        subject=root.subject,
        paragraphs=paragraphs,
        sender=_partner(root.number) if by_partner else root.sender,
        sender_name="" if by_partner else root.sender_name,
        message_id=_message_id(chance, number, seed),
        root=root,
        mode=_drawn(chance, _MODES),
        quote_style=_drawn(chance, _QUOTES),
        by_partner=by_partner,
        **_dressed(
            chance, language, "".join((root.subject, *paragraphs, *root.paragraphs)), root.number, said, with_files
        ),
    )


def _dressed(
    chance: random.Random,
    language: str,
    text: str,
    partner_of: int,
    said: Mapping[str, str],
    with_files: bool,  # noqa: FBT001
) -> dict[str, object]:
    """Who is copied, the signature, the structure and the coding."""
    structure = _drawn(chance, _STRUCTURES)
    if structure == "mixed" and not with_files:
        structure = "alternative"
    charset, encoding = _drawn(chance, words.CODED.get(language, words.CODED_ELSE))
    if charset == "iso-8859-1" and any(ord(letter) > 255 for letter in text):
        charset = "windows-1252"
    last_line = "Sent from my phone" if chance.random() < 0.5 else said["street"]
    return {
        "copied": _partner(partner_of) if chance.random() < 0.15 else "",
        "signature": () if chance.random() < 0.3 else ("-- ", said["person"], said["phone"], last_line),
        "structure": structure,
        "inner": _drawn(chance, _INNER) if structure == "mixed" else structure,
        "charset": charset,
        "encoding": encoding,
        "files": _files(chance, language) if structure == "mixed" else (),
    }


def _files(chance: random.Random, language: str) -> tuple[MadeFile, ...]:
    names = (*words.FILES, *words.FILES_ELSE.get(language, ()) * 3)
    return tuple(
        MadeFile(chance.choice(names), int(20_000 * 20 ** chance.random()), chance.getrandbits(60))
        for _ in range(chance.randint(1, 3))
    )


def _particulars(chance: random.Random, language: str) -> dict[str, str]:
    last = chance.choice(words.LAST[language])
    name = "{last}{first}" if language == "zh" else "{first} {last}"
    return {
        "person": name.format(first=chance.choice(words.FIRST[language]), last=last),
        "child": name.format(first=chance.choice(words.FIRST[language]), last=last),
        "born": f"20{chance.randint(10, 25)}-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}",
        "day": f"2026-{chance.randint(10, 12)}-01",
        "other_day": f"2026-{chance.randint(10, 12)}-{chance.randint(1, 28):02d}",
        "group": f"{chance.randint(100_000, 999_999)}",
        "city": chance.choice(words.CHINESE_CITIES if language == "zh" else words.CITIES),
        "street": chance.choice(words.STREETS),
        "phone": f"+{chance.randint(1, 99)} {chance.randint(100, 999)} {chance.randint(1_000_000, 9_999_999)}",
    }


def _drawn(chance: random.Random, weights: Mapping[object, int]) -> object:
    choices: Sequence[object] = list(weights)
    return chance.choices(choices, list(weights.values()))[0]


def _partner(number: int) -> str:
    return f"partner.m{number:06d}@home.example.org"


def _message_id(chance: random.Random, number: int, seed: int) -> str:
    return f"m{seed}.{number:06d}.{chance.getrandbits(48):012x}@mail.example.net"
