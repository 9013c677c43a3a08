"""Settles the candidates under a category: what the category requires decides which of them count."""

from __future__ import annotations

from mailbot.cases.understanding import FIELDS, Found, Where
from mailbot.classify.choosing import Wanted, best, labelled_as
from mailbot.classify.cues import cue
from mailbot.classify.effective import births, effective_dates, payment_dates
from mailbot.classify.fields import Findings, Value, persons, squeeze
from mailbot.classify.firms import group_names, practices
from mailbot.classify.leftover import leftover
from mailbot.classify.linear import Linear
from mailbot.classify.parties import contacts, dependent_names, doctors, phones, subscriber_names
from mailbot.classify.people import Part
from mailbot.classify.renaming import new_names

_ONE = frozenset(
    {
        "effective_date",
        "payment_date",
        "payment_amount",
        "new_plan",
        "pcp_name",
        "contact_name",
        "contact_phone",
        "group_name",
        "practice_name",
        "tax_year",
    }
)
_ON_PAPERS = (
    "group_number",
    "subscriber_id",
    "claim_number",
    "preauth_reference",
    "invoice_number",
    "billing_period",
    "payment_amount",
    "new_name",
    "contact_name",
    "contact_phone",
)
_IDS = ("group_number", "subscriber_id", "person_id", "claim_number", "preauth_reference")
_SIGNATURE_COUNTS = frozenset({"npn", "npi"})
_IF_REQUIRED = frozenset(
    {
        "payment_date",
        "payment_amount",
        "billing_period",
        "tax_year",
        "new_plan",
        "new_name",
        "new_address",
        "pcp_name",
        "invoice_number",
        "claim_number",
        "preauth_reference",
        "prior_case_id",
        "dependent_name",
        "date_of_birth",
        "practice_name",
        "group_name",
        "contact_name",
        "contact_phone",
    }
)


def settle(findings: Findings, wanted: Wanted) -> tuple[Found, ...]:
    """The fields of the message under a category, in the order of FIELDS."""
    chosen: dict[str, list[Value]] = {}
    for name in FIELDS:
        if special := _SPECIAL.get(name):
            values = special(findings, wanted)
        else:
            values = _plain(findings, name, wanted) if name in findings.values else []
        if values:
            chosen[name] = values
    for name, value in leftover(findings, wanted, frozenset(chosen)):
        chosen.setdefault(name, []).append(value)
    stated = [name for name in _ON_PAPERS if name in findings.papers and wanted.has(name)]
    for name in [name for name in stated if not wanted.served(name, chosen)]:
        values = best(findings.papers[name])
        chosen[name] = values if name in _IDS else values[:1]
    return tuple([Found(name, value.value, value.where) for name in FIELDS if name in chosen for value in chosen[name]])


def _plain(findings: Findings, name: str, wanted: Wanted) -> list[Value]:
    """Labelled values before unlabelled ones; the mail itself before its files; a signature only where it counts."""
    found = findings.of(name)
    signed = name in _SIGNATURE_COUNTS or wanted.has(name)
    values = [value for value in found if signed or value.where is not Where.SIGNATURE]
    if name in _IF_REQUIRED and not wanted.has(name):
        values = [value for value in values if value.weight >= 3 and value.where is not Where.SIGNATURE]
    if name in _SIGNATURE_COUNTS and any(value.where is not Where.SIGNATURE for value in values):
        values = [value for value in values if value.where is not Where.SIGNATURE]
    values = best(values)
    if name == "billing_period" and values[:1] and values[0].weight < 2 and findings.of("invoice_number"):
        return []  # A month in passing is not the period where the bill is named by its number.
    return sorted(values, key=lambda value: -value.weight)[:1] if name == "payment_amount" else _one(name, values)


def _one(name: str, values: list[Value]) -> list[Value]:
    return values[:1] if name in _ONE else values


_MEANT = (
    "meant for",
    "intended for",
    "belongs to",
    "should be",
    "should go to",
    "should have gone to",
    "correct group is",
    "for group",
    "era para",
    "应为",
)


def _groups(findings: Findings, wanted: Wanted) -> list[Value]:
    """A number with a suffix that somebody is moved to is the plan, not the group."""
    values = findings.of("group_number")
    if not values:
        return values
    if plans := {squeeze(plan.value) for plan in findings.of("new_plan")}:
        values = [value for value in values if squeeze(value.value) not in plans]
    return best(_preferred(findings, [value for value in values if value.where is not Where.SIGNATURE] or values))


def _preferred(findings: Findings, values: list[Value]) -> list[Value]:
    """Of several group numbers, the one that the mail says is meant: the one called the right one."""
    if len(values) < 2:
        return values
    text = " ".join(reading.prose for reading in findings.readings if reading.passage.where is not Where.FORM)
    said = [words for words in _MEANT if words in text]  # none in most mail, and then no number is looked for
    meant = [value for value in values if any(f"{words} {value.value}" in text for words in said)]
    return meant if len(meant) == 1 else values


_MINE = cue("settle.mine", tail=r"(?: \w+){0,3}[ :#(-]*$")
_THEIRS = cue("settle.theirs", tail=r"[^.;\n]{0,40}$")


def _producers(findings: Findings, wanted: Wanted) -> list[Value]:
    """Of several producer numbers the writer's own, and none that the words before it call another's."""
    values = _plain(findings, "npn", wanted)
    if len(values) == 1 and (_THEIRS.search(_lead(findings, values[0])) or _is_anothers(findings, values[0], wanted)):
        return [value for value in findings.of("npn") if value.where is Where.SIGNATURE] or values
    if len(values) < 2:
        return values
    leads = {value.value: _lead(findings, value) for value in values}
    mine = [value for value in values if _MINE.search(leads[value.value])]
    others = [value for value in values if not _THEIRS.search(leads[value.value])]
    return mine or others or values


def _is_anothers(findings: Findings, value: Value, wanted: Wanted) -> bool:
    """Whether a number stands behind the name of somebody else than the writer, where commissions are the matter."""
    lead = _lead(findings, value)
    if not wanted.has("person_id") or _MINE.search(lead) or "our " in lead:
        return False
    ends = (
        (mention.start - person.mention.end, person)
        for reading in findings.readings
        for mention in reading.ids
        if mention.value == value.value
        for person in reading.people
    )
    return any(0 <= gap <= _CLOSE and person.part is not Part.WRITER for gap, person in ends)


def _lead(findings: Findings, value: Value) -> str:
    """The words before an id where it first stands."""
    for reading in findings.readings:
        for mention in reading.ids:
            if mention.value == value.value:
                return reading.folded[max(0, mention.start - 60) : mention.start]
    return ""


_CLOSE = 10
_LONGEST_ID = 9
_BEHIND = Linear(r"^(?: ?[,(:#/&-]| id:?| no\.?| and)* ?#?(\d{5,9})\b")
_TAIL = 60


def _person_ids(findings: Findings, wanted: Wanted) -> list[Value]:
    """Where a person id is wanted: also numbers that are only called "ID", and those that stand behind a name."""
    values = _plain(findings, "person_id", wanted)
    if values or not wanted.has("person_id"):
        return values
    ids = findings.of("subscriber_id")
    if called := [value for value in ids if value.value.replace("-", "").isdigit() and len(value.value) <= _LONGEST_ID]:
        return called
    found: dict[str, Value] = {}
    for person, reading in persons(findings, Part.SUBSCRIBER, Part.DEPENDENT):
        tail = reading.prose[person.mention.end : person.mention.end + _TAIL]
        while match := _BEHIND.match(tail):
            found.setdefault(match[1], Value(match[1], reading.passage.where, 1))
            tail = tail[match.end() :]
    return list(found.values())


def _plans(findings: Findings, wanted: Wanted) -> list[Value]:
    """The plan as the mail names it most fully."""
    if not wanted.has("new_plan"):
        return []
    labelled = labelled_as(findings, "new_plan", forms=False)
    values = labelled or best([value for value in findings.of("new_plan") if value.where is not Where.SIGNATURE])
    if len(values) > 1 and len(findings.of("subscriber_id")) > 1:
        return values
    last = values[-1:] if values and values[-1].where is values[0].where else values[:1]
    fuller = [value for value in values if any(squeeze(one.value) in squeeze(value.value) for one in last)]
    return sorted(fuller, key=lambda value: -len(value.value))[:1]


_SPECIAL = {
    "group_number": _groups,
    "group_name": group_names,
    "practice_name": practices,
    "subscriber_name": subscriber_names,
    "dependent_name": dependent_names,
    "date_of_birth": births,
    "effective_date": effective_dates,
    "payment_date": payment_dates,
    "new_name": new_names,
    "new_plan": _plans,
    "person_id": _person_ids,
    "npn": _producers,
    "pcp_name": doctors,
    "contact_name": contacts,
    "contact_phone": phones,
}
