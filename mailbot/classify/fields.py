"""Reads everything that a message states, before its category is known: each value with where it was read."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise
from math import inf

from mailbot.cases.understanding import Where
from mailbot.classify.amounts import billing_periods, find_amounts, premiums, quarters, tax_years
from mailbot.classify.folding import fold
from mailbot.classify.ids import IdMention, find_ids
from mailbot.classify.labels import Labelled, labelled
from mailbot.classify.linear import Linear
from mailbot.classify.passages import Passage
from mailbot.classify.people import Part, Person, is_first_person, people
from mailbot.classify.places import Place, find_addresses, find_phones
from mailbot.classify.plans import find_new_plans
from mailbot.classify.rosters import Table, split_tables
from mailbot.classify.when import CHANGES, Dated, Role, dated, starts_at_birth

#: Fields that running text may hold in passing: what it says of them counts only where the category requires them.
IF_ASKED = frozenset({"new_address", "tax_year", "billing_period"})


@dataclass(frozen=True, slots=True)
class Value:
    """A value with where it was read and how plainly it was said: 3 a label or a table, 0 a guess."""

    value: str
    where: Where
    weight: int = 2


@dataclass(frozen=True, slots=True)
class Reading:
    """What one passage says. `folded` is its prose folded, letter for letter."""

    passage: Passage
    prose: str
    folded: str = field(repr=False)
    tables: tuple[Table, ...]
    ids: tuple[IdMention, ...]
    dates: tuple[Dated, ...]
    labels: tuple[Labelled, ...]
    people: tuple[Person, ...]
    phones: tuple[Place, ...] = field(repr=False)


@dataclass(slots=True)
class Findings:
    """All candidates by field, in the order of the text, and the readings that they come from.

    `spoken` are the readings but for signatures and supporting papers, `named` the people in them; `papers` are what
    supporting papers say, which counts only where nothing else does. `dependents` are those who are settled as such
    under the category; `asked` are the fields that were read of those that count only where they are asked for.
    """

    readings: tuple[Reading, ...]
    sent: date
    values: dict[str, list[Value]] = field(default_factory=dict)
    day_first: bool = False
    papers: dict[str, list[Value]] = field(default_factory=dict)
    asked: Collection[str] = field(default=IF_ASKED, repr=False)
    _places: dict[tuple[str, str], int] = field(default_factory=dict, repr=False)
    spoken: tuple[Reading, ...] = field(init=False, repr=False)
    named: tuple[tuple[Person, Reading], ...] = field(init=False, repr=False)
    dependents: list[Value] | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        said = [one for one in self.readings if one.passage.where is not Where.SIGNATURE and is_read(one)]
        self.spoken = tuple(said)
        self.named = tuple([(person, reading) for reading in said for person in reading.people])

    @property
    def first_person(self) -> bool:
        """Whether a member writes about the own coverage."""
        return any(is_first_person(one.folded) for one in self.spoken if one.passage.where is not Where.FORM)

    def add(self, name: str, value: str, where: Where, weight: int = 2) -> None:
        """Keep a value once per field, where it stands first, as plainly as the mail itself says it anywhere."""
        if value := value.strip():
            known = self.values.setdefault(name, [])
            at = self._places.setdefault((name, squeeze(value)), len(known))
            if at == len(known):
                known.append(Value(value, where, weight))
            elif known[at].weight < weight and where is not Where.FORM:
                known[at] = replace(known[at], weight=weight)

    def of(self, name: str, *, least: int = 0) -> list[Value]:
        known = self.values.get(name, [])
        return [value for value in known if value.weight >= least] if known else []


def squeeze(value: str) -> str:
    """Letters and digits only, folded: what makes two spellings of an id or a name the same."""
    folded = fold(value).replace(" ", "")
    return folded if folded.isalnum() else "".join(filter(str.isalnum, folded))


def read_all(
    passages: tuple[Passage, ...],
    sent: date,
    *,
    day_first: bool = False,
    desk: frozenset[str] = frozenset(),
    asked: Collection[str] = IF_ASKED,
) -> Findings:
    """The findings of all passages of a message; `day_first`: the writer puts the day of a date before its month.

    `desk` are names that the desk itself goes by, which name no member and no group; `asked` the fields that the
    category requires, where it is known.
    """
    readings = tuple([_reading(passage, sent, desk, day_first=day_first) for passage in passages])
    if any([reading.tables for reading in readings]):  # whose addresses count unasked, unless the mail itself has them
        asked = {*asked, "new_address"}
    findings = Findings(readings, sent, day_first=day_first, asked=asked)
    for reading in filter(is_read, readings):
        _collect(findings, reading)
    if unread := [reading for reading in readings if not is_read(reading)]:
        aside = Findings((), sent)
        for reading in unread:
            _from_paper(aside, reading)
        findings.papers = aside.values
    return findings


def _reading(passage: Passage, sent: date, desk: frozenset[str], *, day_first: bool) -> Reading:
    if not passage.text:  # as of most pictures
        return Reading(passage, "", "", (), (), (), (), (), ())
    form, signed = passage.where is Where.FORM, passage.where is Where.SIGNATURE
    prose, tables = split_tables(passage.text, form=form)
    folded = fold(prose)
    named = passage if prose == passage.text else replace(passage, text=prose)
    named_people = () if form or signed else tuple([one for one in people(named, folded) if not _is_desk(one, desk)])
    return Reading(
        passage=passage,
        prose=prose,
        folded=folded,
        tables=tables,
        ids=find_ids(prose),
        dates=() if signed else _no_names(dated(prose, sent, folded, day_first=day_first and not form), named_people),
        labels=() if signed else tuple(labelled(prose, folded, form=form)),
        people=named_people,
        phones=find_phones(prose),
    )


def _is_desk(person: Person, desk: frozenset[str]) -> bool:
    """Whether a name begins with a name of the desk, as in "Harborline Health Plan"."""
    return squeeze(person.name) in desk or squeeze(person.name.partition(" ")[0]) in desk


def _no_names(dates: tuple[Dated, ...], named: tuple[Person, ...]) -> tuple[Dated, ...]:
    """The dates without months that are given names, as "June Abbey"."""
    if not any([one.mention.is_month for one in dates]):
        return dates
    ends = {at for person in named for at in range(person.mention.start, person.mention.end)}
    return tuple(one for one in dates if not (one.mention.is_month and one.mention.start in ends))


_PAPER_ONLY = frozenset(
    {"clinical_documents", "payment_proof", "invoice", "name_change_proof", "family_health_statement"}
)


def is_read(reading: Reading) -> bool:
    """Supporting papers (bank statements, clinical notes, certificates) are read only for what nothing else says."""
    return reading.passage.document not in _PAPER_ONLY


def _from_paper(aside: Findings, reading: Reading) -> None:
    """What a supporting paper names with a label, and what was paid or billed for when."""
    where, prose = reading.passage.where, reading.prose
    for mention in reading.ids:
        if mention.labelled:
            aside.add(mention.name, mention.value, where, 3)
    for one in reading.labels:
        aside.add(one.name, one.value, where, 3)
    for phone in reading.phones:
        aside.add("contact_phone", phone.value, where)
    for period, weight in billing_periods(prose, tuple(one.mention for one in reading.dates)):
        aside.add("billing_period", period, where, weight)
    for amount, weight in premiums(prose, find_amounts(prose)):
        aside.add("payment_amount", amount, where, weight)


def _collect(findings: Findings, reading: Reading) -> None:
    where = reading.passage.where
    for table in reading.tables:
        _from_table(findings, table, where)
    for mention in reading.ids:
        findings.add(mention.name, mention.value, where, 3 if mention.labelled else 1)
    if where is Where.SIGNATURE:
        return
    for one in reading.labels:
        if one.name not in ("old_name", "plan", "new_plan", "subscriber_name", "dependent_name"):
            findings.add(one.name, one.value, where, 3)
    _from_prose(findings, reading)


def _from_prose(findings: Findings, reading: Reading) -> None:
    where, prose = reading.passage.where, reading.prose
    asked = findings.asked
    found = [("new_address", place.value) for place in find_addresses(prose)] if "new_address" in asked else []
    found += [("new_plan", plan) for plan in find_new_plans(prose, reading.folded)]
    weighed: list[tuple[str, str, int]] = []
    if where is not Where.FORM:
        found += [
            ("contact_phone", phone.value)
            for phone in reading.phones
            if not any(one.labelled and phone.start < one.end and one.start < phone.end for one in reading.ids)
        ]
        if "tax_year" in asked:
            found += [("tax_year", year) for year in tax_years(prose, findings.sent)]
        if "billing_period" in asked:
            mentions = tuple([one.mention for one in reading.dates])
            weighed += [("billing_period", *one) for one in billing_periods(prose, mentions, _in_passing(reading))]
            weighed += [("billing_period", period, 1) for period in quarters(prose, findings.sent)]
        weighed += [("payment_amount", *amount) for amount in premiums(prose, find_amounts(prose))]
    for name, value, weight in (*((name, value, 2) for name, value in found), *weighed):
        findings.add(name, value, where, weight)
    for one in reading.dates:
        name = Role.EFFECTIVE if one.role in CHANGES else one.role
        if name in (Role.EFFECTIVE, Role.BIRTH, Role.PAYMENT) and not one.mention.is_month:
            findings.add(name.value, one.mention.day.isoformat(), where, one.weight)


_SIDE_BY_SIDE = 22
_OF_PEOPLE = (Role.ENDING, Role.HIRED, Role.DEATH, Role.BIRTH, Role.OTHER, Role.ELSEWHERE)


def _in_passing(reading: Reading) -> frozenset[int]:
    """Where months stand that are said of people: "termed in July"."""
    months = [one for one in reading.dates if one.mention.is_month]
    gaps = [inf, *(after.mention.start - before.mention.start for before, after in pairwise(months)), inf]
    return frozenset(
        one.mention.start
        for one, before, after in zip(months, gaps, gaps[1:], strict=False)
        if one.role in _OF_PEOPLE and min(before, after) > _SIDE_BY_SIDE
    )


_ID_CELL = Linear(r"[A-Za-z]{0,4}[A-Za-z0-9 -]*")
_TABLE_FIELDS = (
    ("id", "subscriber_id"),
    ("person", "person_id"),
    ("group", "group_number"),
    ("claim", "claim_number"),
    ("dependent", "dependent_name"),
    ("address", "new_address"),
    ("plan", "new_plan"),
)


def _from_table(findings: Findings, table: Table, where: Where) -> None:
    if not table.is_of_people and "claim" not in table.columns:
        return
    for name in table.full_names():
        findings.add("subscriber_name", name, where, 3)
    for column, name in _TABLE_FIELDS:
        for cell in table.cells(column):
            findings.add(name, _cell(cell, name), where, 3)
    for column, name in (("birth", "date_of_birth"), ("date", "effective_date")):
        for day in _days(table, column, findings.sent, day_first=findings.day_first and where is not Where.FORM):
            findings.add(name, day, where, 3)


def _cell(cell: str, name: str) -> str:
    """The value of a cell; of an id only its own letters and digits, "" where it has no digit."""
    if not name.endswith(("_id", "_number")):
        return cell
    match = _ID_CELL.match(cell)
    value = "".join(match[0].split()) if match else ""
    return value if any(letter.isdigit() for letter in value) else ""


def _days(table: Table, column: str, sent: date, *, day_first: bool) -> Iterator[str]:
    for cell in table.cells(column):
        found = [one.mention for one in dated(cell[:40], sent, day_first=day_first)]
        if found and not found[0].is_month:
            yield found[0].day.isoformat()


def coverage_from_birth(findings: Findings) -> bool:
    """Whether coverage is asked for from the day of birth without naming the date."""
    return any(
        starts_at_birth(reading.folded) for reading in findings.readings if reading.passage.where is not Where.SIGNATURE
    )


def persons(findings: Findings, *parts: Part) -> list[tuple[Person, Reading]]:
    """The people with one of these parts, in the order of the text; signatures apart."""
    return [one for one in findings.named if one[0].part in parts]
