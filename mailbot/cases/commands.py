"""The commands that staff write in the first lines of a mail: reading them, all or none, with what is wrong with each.

A command is one exact ASCII word behind "#" at the beginning of a line. Below `#note`, `#reply` and `#resolve` stands
their text, as far as the next command. The first line that is neither ends the commands: what follows is only text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches

from mailbot.cases.number import is_number
from mailbot.mail import ascii_lower

MOST_COMMANDS = 10
_LINES_READ = 2_000
_LINE_READ = 2_000
_WORD = re.compile(r"#([A-Za-z]{1,20})(?![^\s])")
#: What mail programs put behind an address in plain text, and around words that help shows in quotes.
_MAILTO = re.compile(r"<mailto:[^<>\s]{1,320}>", re.IGNORECASE)
_QUOTES = " \t\"'\u201c\u201d\u2018\u2019"
_HASHES = "#\uff03\ufe5f"
_SETTING = re.compile(r"([A-Za-z_]{2,30})\s{0,5}=\s{0,5}(.*)")


@dataclass(frozen=True, slots=True)
class Word:
    """One word of the grammar. `argument` is what follows it, as help shows it; `block`: its text may take lines."""

    name: str
    argument: str
    help: str
    block: bool = False


GRAMMAR = (
    Word("note", "TEXT", "keeps a note on the case; nobody outside ever reads it", block=True),
    Word("reply", "TEXT", "sends the text to the correspondent, from the desk's address", block=True),
    Word("ask", "ITEM...", "asks the correspondent for fields or documents, as subscriber_id; the clock starts"),
    Word("resolve", "TEXT", "answers the case with the text and completes it", block=True),
    Word("close", "", "closes the case for want of a reply; the correspondent is told"),
    Word("reopen", "", "opens a case again that has ended"),
    Word("withdraw", "", "withdraws the case for the correspondent, who is told"),
    Word("category", "CODE", "says what the case is, as eligibility.add_dependent; what that needs is asked for"),
    Word("field", "NAME = VALUE", "corrects what is known, as subscriber_id = Q1234567; no value takes it out"),
    Word("assign", "WHO", "gives the case to a colleague by address or name, to me, or to nobody"),
    Word("deadline", "DURATION", 'gives more time for the reply, as "7 days" or "3 business days" from today'),
    Word("merge", "NUMBER", "joins this case to the case with that number, which goes on"),
    Word("split", "", "makes the last message of the case a case of its own"),
    Word("status", "", "tells the state of the case and its dates"),
    Word("try", "", "says what the other commands would do, and does nothing"),
    Word("help", "[WORD]", "lists the commands, or explains one"),
)
WORDS = {word.name: word for word in GRAMMAR}
#: A case has to be named for all but these.
WITHOUT_CASE = frozenset({"help", "try"})


@dataclass(frozen=True, slots=True)
class Command:
    """One command that was read: its word, its line in the mail from 1, and what stands behind and below it."""

    word: str
    line: int
    argument: str = field(default="", repr=False)

    @property
    def items(self) -> tuple[str, ...]:
        """The argument word by word; commas may stand between."""
        return tuple(self.argument.replace(",", " ").split())

    @property
    def setting(self) -> tuple[str, str]:
        """The name and the value of `#field`."""
        found = _SETTING.fullmatch(self.argument)
        assert found is not None
        return ascii_lower(found[1]), found[2].strip()


@dataclass(frozen=True, slots=True)
class Fault:
    """A line that is no command that can be done: `word` is the one it has or, if it has none, the nearest or ""."""

    line: int
    why: str
    word: str = ""


@dataclass(frozen=True, slots=True)
class Script:
    """What the first lines ask for. With a fault nothing of it may be done.

    `below` counts the lines that look like commands but stand below other text, where none is read.
    """

    commands: tuple[Command, ...] = ()
    faults: tuple[Fault, ...] = ()
    below: int = 0

    @property
    def is_empty(self) -> bool:
        return not self.commands and not self.faults

    @property
    def only_tries(self) -> bool:
        return any(command.word == "try" for command in self.commands)

    @property
    def to_do(self) -> tuple[Command, ...]:
        """The commands but for `#try`, which says how to do them."""
        return tuple(command for command in self.commands if command.word != "try")


def read_commands(typed: str) -> Script:
    """The commands in what was typed above any quote; an empty script where it begins with other text."""
    lines = typed.split("\n")[:_LINES_READ]
    found, end = _divided([line.rstrip()[:_LINE_READ] for line in lines])
    commands: list[Command] = []
    faults: list[Fault] = []
    for number, line, text in found:
        read = _read(number, line, text)
        if isinstance(read, Fault):
            faults.append(read)
        else:
            commands.append(read)
    if len(found) > MOST_COMMANDS:
        return Script((), (Fault(found[MOST_COMMANDS][0], f"a mail has at most {MOST_COMMANDS} commands"),))
    below = sum(1 for line in lines[end:] if _word_of(line) in WORDS)
    return Script(tuple(commands), tuple(faults), below)


def _divided(lines: list[str]) -> tuple[list[tuple[int, str, list[str]]], int]:
    """Each command line with its number and the lines of its text, and where the commands end."""
    found: list[tuple[int, str, list[str]]] = []
    in_block = False
    for at, line in enumerate(lines):
        if is_like_a_command(line):
            found.append((at + 1, line, []))
            word = WORDS.get(_word_of(line))
            in_block = word is not None and word.block
        elif in_block:
            found[-1][2].append(line)
        elif line.strip():
            return found, at
    return found, len(lines)


def is_like_a_command(line: str) -> bool:
    """Whether somebody may have meant this line as a command, even one in look-alike letters (ATTACKS A085).

    A hash before a digit or a blank begins plain text, unless a word of the grammar follows.
    """
    visible = _visible(line)
    if visible[:1] not in _HASHES or len(visible) < 2:
        return False
    return visible[1].isalpha() or _meant(visible) in WORDS


def _visible(line: str) -> str:
    return "".join(sign for sign in line[:60] if unicodedata.category(sign) != "Cf").lstrip()


def _meant(visible: str) -> str:
    """The word that a command-like line shows, folded to what it looks like."""
    words = re.split(r"[\s:;,.=!]", unicodedata.normalize("NFKC", visible).casefold().lstrip("# \t"), maxsplit=1)
    return words[0][:20]


def _word_of(line: str) -> str:
    """The exact word of a command line, in lower case; "" where the line has none."""
    found = _WORD.match(line)
    return ascii_lower(found[1]) if found else ""


def _read(number: int, line: str, text: list[str]) -> Command | Fault:
    word = WORDS.get(_word_of(line))
    if word is None:
        return _unknown(number, line)
    behind = line[len(word.name) + 1 :].strip()
    if word.block:
        return _with_text(number, word, "\n".join([behind, *text]).strip())
    return _with_argument(number, word, _MAILTO.sub("", behind).strip(_QUOTES))


def _unknown(number: int, line: str) -> Fault:
    """What was written is not repeated, only the nearest word named: letters repeat nothing (DESIGN promise 5)."""
    meant = _meant(_visible(line))
    near = next(iter(get_close_matches(meant, list(WORDS), 1, 0.5)), "")
    if near == meant:
        return Fault(number, f"write #{near} exactly so, at the very beginning of its line", near)
    hint = f"the nearest is #{near}" if near else "#help lists those there are"
    return Fault(number, f"there is no such command; {hint}", near)


def _with_text(number: int, word: Word, text: str) -> Command | Fault:
    if text:
        return Command(word.name, number, text)
    return Fault(number, f"#{word.name} needs a text, behind it or in the lines below", word.name)


def _with_argument(number: int, word: Word, behind: str) -> Command | Fault:
    wrong = next(_wrong(word, behind), "")
    return Fault(number, wrong, word.name) if wrong else Command(word.name, number, behind)


def _wrong(word: Word, behind: str) -> Iterator[str]:
    """What is wrong with the argument of a command, with an example."""
    if behind and not word.argument:
        yield f"#{word.name} stands alone on its line"
    if not behind and word.argument and not word.argument.startswith("["):
        yield f"#{word.name} needs more: #{word.name} {word.argument}"
    if word.name == "merge" and not is_number(behind):
        yield "a case number looks like 261121-0000427, and its last digit checks the others"
    if word.name == "field" and _SETTING.fullmatch(behind) is None:
        yield "write #field NAME = VALUE, as #field effective_date = 2026-12-01"
    if word.name == "help" and behind and behind.removeprefix("#") not in WORDS:
        yield "there is no such command; #help lists those there are"
