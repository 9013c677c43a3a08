"""From what a letter is to say to the letter itself: words, headers, bytes, read again before they are kept."""

from __future__ import annotations

from dataclasses import fields as dataclass_fields
from dataclasses import replace
from email.utils import format_datetime
from functools import lru_cache
from operator import attrgetter

from mailbot.mail import Letter
from mailbot.replies.headers import (
    Field,
    address_field,
    ascii_address,
    id_field,
    own_message_id,
    plain_field,
    subject_field,
    usable_ids,
)
from mailbot.replies.plan import KINDS, DeskVoice, LetterPlan
from mailbot.replies.serialise import check, serialise
from mailbot.replies.shapes import Body, Own, Rendered
from mailbot.replies.templates import LetterTemplates
from mailbot.replies.variables import variables_for

TEXT_WIDTH = 76


def compose(plan: LetterPlan, desk: DeskVoice, templates: LetterTemplates) -> Letter:
    """The letter, ready to be stored and sent as it is; the same arguments give the same bytes.

    Raises ComposeError when what would be sent is not exactly what was meant (ATTACKS A040), TemplateUnusable
    when a template does not work.
    """
    language = templates.language_for(plan.kind, plan.language, desk.language)
    body = _body(plan, desk, templates, language)
    fields = _fields(plan, desk, body.subject)
    content = serialise(fields, body.parts, plan.marks.message_id)
    check(content, fields, body.parts)
    wants_bounces = KINDS[plan.kind].wants_bounces and plan.marks.return_path
    return Letter(
        kind=plan.kind.value,
        to=plan.to,
        subject=next(field.meaning for field in fields if field.name == "Subject"),
        message_id=plan.marks.message_id,
        language=language,
        envelope_sender=ascii_address(plan.marks.return_path) if wants_bounces else "",
        content=content,
    )


def _body(plan: LetterPlan, desk: DeskVoice, templates: LetterTemplates, language: str) -> Body:
    """The letter in words, as bytes; made anew only where it says something else than any other of the day."""

    def worded(own: Own) -> Rendered:
        this = replace(plan, case_number=own.case_number, marks=replace(plan.marks, ref=own.ref))
        rendered = templates.render(plan.kind, language, variables_for(this, desk, language, templates))
        return replace(rendered, text=filled(rendered.text))

    says = (language, desk.name, desk.address, desk.help_line(language), plan.auto_submitted, _said(plan))
    return templates.shapes.body(says, Own(plan.case_number, plan.marks.ref), worded)


#: What the words of a letter do not depend on: its own marks, and what stands in its headers alone.
_NOT_SAID = frozenset({"to", "language", "case_number", "at", "marks", "in_reply_to", "references"})
_said = attrgetter(*(field.name for field in dataclass_fields(LetterPlan) if field.name not in _NOT_SAID))


def _fields(plan: LetterPlan, desk: DeskVoice, subject: str) -> tuple[Field, ...]:
    """The header set of an outgoing letter, in order; To carries no display name, for a stranger wrote it."""
    fields = [
        plain_field("Date", format_datetime(plan.at.astimezone(desk.time_zone))),
        address_field("From", desk.address, desk.name),
        address_field("To", plan.to.address),
        subject_field(subject, f"[Case {plan.case_number}]" if plan.case_number else ""),
        id_field("Message-ID", [own_message_id(plan.marks.message_id)]),
        *_thread_fields(plan),
        address_field("Reply-To", plan.marks.reply_to or desk.address),
        *_machine_fields(plan),
        plain_field("X-Mailbot-Letter", plan.kind.value),
    ]
    if plan.marks.loop:
        fields.append(plain_field("X-Mailbot-Loop", plan.marks.loop))
    return tuple(fields)


def _thread_fields(plan: LetterPlan) -> list[Field]:
    """In-Reply-To and References (RFC 5322 section 3.6.4); an unusable id of the parent leaves them out."""
    parent = usable_ids([plan.in_reply_to])
    references = usable_ids([i for i in plan.references if i not in parent] + list(parent))
    fields = [id_field("In-Reply-To", parent)] if parent else []
    return [*fields, id_field("References", references)] if references else fields


def _machine_fields(plan: LetterPlan) -> list[Field]:
    """What tells other machines not to answer; a letter that a person wrote has none (RFC 3834 section 5)."""
    word = plan.auto_submitted
    if not word:
        return []
    # "All" would also keep Exchange from telling that a letter did not arrive, and a clock may depend on that one.
    unwanted = "DR, RN, NRN, OOF, AutoReply" if KINDS[plan.kind].wants_bounces else "All"
    return [plain_field("Auto-Submitted", word), plain_field("X-Auto-Response-Suppress", unwanted)]


def filled(text: str) -> str:
    """The text part with its long lines broken at blanks and no two empty lines in a row, ending with a newline."""
    lines = [part for line in text.splitlines() for part in _wrapped(line.rstrip())]
    kept = [line for i, line in enumerate(lines) if line or (i and lines[i - 1])]
    return "\n".join(kept).strip("\n") + "\n"


def _wrapped(line: str) -> tuple[str, ...]:
    """A paragraph or list item of at most TEXT_WIDTH columns; the item's later lines stand under its first word."""
    return (line,) if len(line) <= TEXT_WIDTH else _broken(line)


@lru_cache(maxsize=500)  # most long lines of a letter stand in every letter
def _broken(line: str) -> tuple[str, ...]:
    first, *words = line.split()
    lines = []
    current = line[: line.index(first)] + first
    is_item = first == "-" or first.rstrip(".").isdecimal()
    indent = " " * (len(current) + 1 if is_item else len(current) - len(first))
    for word in words:
        if len(current) + 1 + len(word) > TEXT_WIDTH:
            lines.append(current)
            current = indent + word
        else:
            current = f"{current} {word}"
    return (*lines, current)
