"""What a template may speak of: the closed list of its variables, and their values for one letter."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from urllib.parse import urlsplit

from mailbot.cases.news import MOST_LISTED
from mailbot.replies.plan import DeskVoice, LetterKind, LetterPlan, ListedCase, RefusedFile, Resolution
from mailbot.replies.templates import LetterTemplates
from mailbot.replies.words import Words

VARIABLES: Mapping[str, str] = {
    "desk_name": "the name of the desk",
    "desk_address": "its mail address",
    "help_line": "whom to ask for more help, or empty",
    "language": "en, es, zh",
    "lang": "the language as an HTML tag",
    "colon": "what follows a label",
    "subject": "the subject without the case number",
    "labels": "the short labels of words/*.toml",
    "facts": "the lines (label, value) of the box: number, category, dates",
    "case_number": "the case number",
    "category": "the category in plain words, or empty",
    "answer_within": 'the promise, as "2 business days", or empty',
    "answer_by": "the date of the promise, or empty",
    "reply_by": "the last day for a reply, or empty",
    "missing": "what is missing, a plain phrase each",
    "refused": "the files that were not kept (name, why)",
    "contains_ssn": "whether a Social Security number stood in the message",
    "guide": "the address of the guide for this category, or empty",
    "automatic": "whether a machine wrote this letter, not a person",
    "first": "whether this letter is the first of its case",
    "linked_case": "the number of an earlier case, or empty",
    "redirect_to": "where such inquiries go instead, or empty",
    "state": "the state of the case in plain words, or empty",
    "cases": "several cases (number, lines of label and value), in a letter about no single one",
    "more": "whether there are more of them",
    "comments": "the lines of staff's comments",
    "became": "what a mail of staff did: logged, forwarded, noted, kept, done, nothing, tried",
    "reasons": "sentences for staff on why",
    "transcript": "commands (command, outcome, why); outcomes: done, would, refused, undone, unknown, hint",
    "news": "cases (number, category, state, happenings, why); happenings: the words of cases/news.py",
    "unlisted": "how many further cases have news that are not listed, or 0",
    "ref": "the token of ref:...:ref, or empty",
    "notice": "the paragraphs of the notice",
    "notice_version": "its version",
    "assistance": "the lines (lang, text) that offer help in other languages",
}
LONGEST_FILE_NAME = 40


def variables_for(plan: LetterPlan, desk: DeskVoice, language: str, templates: LetterTemplates) -> Mapping[str, object]:
    """Every name of VARIABLES with its value; "" or an empty list where the letter has none."""
    words = templates.words[language]
    spoken = {"desk_name": desk.name, "desk_address": desk.address, "help_line": desk.help_line(language)}
    notice = templates.notice(language, desk.name, desk.address)
    resolution = plan.resolution or Resolution("")
    return {
        **spoken,
        "language": language,
        "lang": words.lang,
        "colon": words.colon,
        "labels": words.labels,
        "facts": facts(plan, words),
        "case_number": plan.case_number,
        "category": printable(plan.category),
        "answer_within": words.span(plan.answer_within) if plan.answer_within else "",
        "answer_by": _day(words, plan.answer_by),
        "reply_by": _day(words, plan.reply_by),
        "missing": tuple(words.missing(name) for name in plan.missing),
        "refused": tuple(_refused(file, words) for file in plan.refused),
        "contains_ssn": plan.contains_ssn,
        "guide": plan.guide if urlsplit(plan.guide).scheme in ("https", "http") else "",
        "automatic": bool(plan.auto_submitted),
        "first": plan.first,
        "linked_case": printable(plan.linked_case),
        "redirect_to": printable(plan.redirect_to),
        "state": words.state(plan.state) if plan.state else "",
        "cases": tuple((case.number, _listed(case, words)) for case in plan.cases),
        "more": plan.more,
        "comments": tuple(printable(line) for line in resolution.comments.splitlines()),
        "became": tuple(each.value for each in plan.transcript.became),
        "reasons": tuple(printable(sentence) for sentence in plan.transcript.reasons),
        "transcript": tuple(
            (entry.command, entry.outcome.value, printable(entry.why)) for entry in plan.transcript.entries
        ),
        "news": tuple(
            (each.number, printable(each.category), words.state_name(each.state), each.whats, printable(each.why))
            for each in plan.news[:MOST_LISTED]
        ),
        "unlisted": max(0, len(plan.news) - MOST_LISTED),
        "ref": plan.marks.ref,
        "notice": notice.paragraphs,
        "notice_version": notice.version,
        "assistance": _assistance(language, desk, templates),
    }


def facts(plan: LetterPlan, words: Words) -> tuple[tuple[str, str], ...]:
    """The box at the top of a letter: (label, value), only what this letter has."""
    resolution = plan.resolution or Resolution("")
    reply_day = "reply_was_due" if plan.kind is LetterKind.CLOSED_NO_REPLY else "reply_by"
    values = {
        "case_number": plan.case_number,
        "category": plan.category,
        "linked_case": plan.linked_case,
        "state": words.state(plan.state) if plan.state else "",
        "company": resolution.company,
        "groups": ", ".join(resolution.group_numbers),
        "members": ", ".join(resolution.members),
        "answer_by": _day(words, plan.answer_by),
        reply_day: _day(words, plan.reply_by),
    }
    return tuple((words.labels[name], printable(value)) for name, value in values.items() if value)


def _listed(case: ListedCase, words: Words) -> tuple[tuple[str, str], ...]:
    values = {
        "state": words.state(case.state),
        "opened": _day(words, case.opened),
        "answer_by": _day(words, case.answer_by),
        "reply_by": _day(words, case.reply_by),
        "ended": _day(words, case.ended),
    }
    return tuple((words.labels.get(name, name), value) for name, value in values.items() if value)


def printable(text: str) -> str:
    """The text with a blank for every control, format and line-breaking character."""
    return text if text.isprintable() else "".join(c if c.isprintable() else " " for c in text)


def shown_file_name(name: str) -> str:
    """A file name that its sender recognises and that carries nothing else.

    The name comes from a stranger and the letter may reach another: digits are masked, so that no number gets
    out, and without dots, slashes and signs it cannot become a link (ATTACKS A040, A097).
    """
    stem, dot, ending = name.rpartition(".") if "." in name else (name, "", "")
    masked = "".join("#" if c.isdigit() else c if c.isalpha() or c == "-" else " " for c in stem)
    short = " ".join(masked.split())[:LONGEST_FILE_NAME].strip()
    known = dot and ending.isascii() and ending.isalnum() and len(ending) <= 5
    return f"{short} ({ending.upper()})".strip() if known else short


def _refused(file: RefusedFile, words: Words) -> tuple[str, str]:
    return shown_file_name(file.name) or "?", words.why_refused(file.why)


def _assistance(language: str, desk: DeskVoice, templates: LetterTemplates) -> tuple[tuple[str, str], ...]:
    """The lines that offer help in each language but the letter's own."""
    others = sorted(set(templates.words) - {language})
    return tuple(
        (templates.words[other].lang, templates.notice(other, desk.name, desk.address).assistance) for other in others
    )


def _day(words: Words, day: date | None) -> str:
    return words.day(day) if day else ""
