"""Settles the candidates under a category: who is the subscriber, which date takes effect, what a signature adds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import SequenceMatcher

import re2

from mailbot.cases.understanding import FIELDS, Found, Where
from mailbot.classify.cues import cue
from mailbot.classify.dates import month_end
from mailbot.classify.fields import Findings, Reading, Value, coverage_from_birth, is_read, persons, squeeze
from mailbot.classify.folding import fold
from mailbot.classify.names import find_organisations
from mailbot.classify.people import Part, Person, new_name_weight
from mailbot.classify.when import Role

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
_ALIKE = 0.9
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


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the category requires ("a|b" taken apart), and whether its date of effect counts though not required."""

    fields: frozenset[str]
    dated: bool = False
    ends_coverage: bool = False

    def has(self, name: str) -> bool:
        return name in self.fields


def settle(findings: Findings, wanted: Wanted) -> tuple[Found, ...]:
    """The fields of the message under a category, in the order of FIELDS."""
    chosen: dict[str, list[Value]] = {}
    for name in FIELDS:
        values = _SPECIAL[name](findings, wanted) if name in _SPECIAL else _plain(findings, name, wanted)
        if values:
            chosen[name] = values
    return tuple(Found(name, value.value, value.where) for name, values in chosen.items() for value in values)


def _plain(findings: Findings, name: str, wanted: Wanted) -> list[Value]:
    """Labelled values before unlabelled ones; the mail itself before its files; a signature only where it counts."""
    values = [
        value
        for value in findings.of(name)
        if value.where is not Where.SIGNATURE or name in _SIGNATURE_COUNTS or wanted.has(name)
    ]
    if name in _IF_REQUIRED and not wanted.has(name):
        values = [value for value in values if value.weight >= 3 and value.where is not Where.SIGNATURE]
    if name in _SIGNATURE_COUNTS and any(value.where is not Where.SIGNATURE for value in values):
        values = [value for value in values if value.where is not Where.SIGNATURE]
    values = _best(values)
    return values[:1] if name in _ONE else values


def _best(values: list[Value]) -> list[Value]:
    labelled = [value for value in values if value.weight >= 2] or values
    typed = [value for value in labelled if value.where is not Where.FORM]
    return typed or labelled


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
    plans = {squeeze(plan.value) for plan in findings.of("new_plan")}
    values = [value for value in findings.of("group_number") if squeeze(value.value) not in plans]
    return _best(_preferred(findings, [value for value in values if value.where is not Where.SIGNATURE] or values))


def _preferred(findings: Findings, values: list[Value]) -> list[Value]:
    """Of several group numbers, the one that the mail says is meant: the one called the right one."""
    if len(values) < 2:
        return values
    text = " ".join(reading.prose for reading in findings.readings if reading.passage.where is not Where.FORM)
    meant = [value for value in values if any(f"{words} {value.value}" in text for words in _MEANT)]
    return meant if len(meant) == 1 else values


def _effective(findings: Findings, wanted: Wanted) -> list[Value]:
    if not (wanted.has("effective_date") or wanted.dated):
        return []
    in_table = [value for value in findings.of("effective_date") if value.weight >= 3 and _is_in_table(findings, value)]
    if in_table:
        return in_table
    votes, places = _votes(findings, wanted)
    births = [value.value for value in findings.of("date_of_birth")]
    if births and coverage_from_birth(findings) and not any(count >= 3 for count in votes.values()):
        return [Value(births[0], Where.BODY)]
    if votes:
        best = max(votes.values())
        day = next(day for day, count in votes.items() if count == best)
        return [Value(day, places[day])]
    return _only_date(findings, wanted)


def _is_in_table(findings: Findings, value: Value) -> bool:
    return any(
        "date" in table.columns and len(table.rows) >= 1 and reading.passage.where is value.where
        for reading in findings.readings
        if is_read(reading)
        for table in reading.tables
        if table.is_of_people
    )


def _votes(findings: Findings, wanted: Wanted) -> tuple[Counter[str], dict[str, Where]]:
    """How plainly each date is said to be the one; what the mail says counts more than its files."""
    votes: Counter[str] = Counter()
    places: dict[str, Where] = {}
    for reading in _spoken(findings):
        for one in reading.dates:
            if one.role is not Role.EFFECTIVE or one.weight < 2:
                continue
            if one.mention.is_month and not (one.weight >= 2 and wanted.has("effective_date")):
                continue
            day = _day(one.mention.day, is_month=one.mention.is_month, wanted=wanted).isoformat()
            weight = 2 * one.weight if reading.passage.where is not Where.FORM else one.weight
            votes[day] += max(1, weight - 3 * one.mention.is_month)
            places.setdefault(day, reading.passage.where)
    return votes, places


def _day(day: date, *, is_month: bool, wanted: Wanted) -> date:
    """Coverage begins on the first of a month and ends on its last day."""
    return month_end(day) if is_month and wanted.ends_coverage else day


def _only_date(findings: Findings, wanted: Wanted) -> list[Value]:
    """Where the date is required and none is called so: the one date within a year that is called nothing else."""
    if not wanted.has("effective_date"):
        return []
    near = [
        (one, reading)
        for reading in _spoken(findings)
        for one in reading.dates
        if one.role is Role.NONE
        and not one.mention.is_relative
        and abs((one.mention.day - findings.sent).days) <= 200
        and one.mention.day != findings.sent
    ]
    exact = [pair for pair in near if not pair[0].mention.is_month] or near
    days = {_day(one.mention.day, is_month=one.mention.is_month, wanted=wanted) for one, _ in exact}
    if len(days) == 1:
        return [Value(days.pop().isoformat(), exact[0][1].passage.where, 1)]
    return []


def _spoken(findings: Findings) -> Iterator[Reading]:
    return (
        reading for reading in findings.readings if reading.passage.where is not Where.SIGNATURE and is_read(reading)
    )


def _births(findings: Findings, wanted: Wanted) -> list[Value]:
    values = _best(findings.of("date_of_birth"))
    if not values and wanted.has("date_of_birth"):
        values = _long_ago(findings)
    if wanted.has("dependent_name") and len(values) > 1:
        count = max(1, len(_dependents(findings, wanted)))
        values = sorted(values, key=lambda value: value.value)[-count:] if count == 1 else values
    return values


def _long_ago(findings: Findings) -> list[Value]:
    """A date of long ago that is called nothing else."""
    limit = findings.sent - timedelta(days=400)
    return [
        Value(one.mention.day.isoformat(), reading.passage.where, 1)
        for reading in _spoken(findings)
        for one in reading.dates
        if one.role is Role.NONE and one.mention.year_stated and not one.mention.is_month and one.mention.day < limit
    ][:4]


def _payment_dates(findings: Findings, wanted: Wanted) -> list[Value]:
    if not wanted.has("payment_date"):
        return []
    past = [
        value
        for value in findings.of("payment_date")
        if value.where is not Where.FORM and value.value <= findings.sent.isoformat()
    ]
    return past[:1]


def _same_person(one: str, other: str) -> bool:
    first, second = (
        set(fold(one).replace("-", " ").replace(".", " ").split()),
        set(fold(other).replace("-", " ").replace(".", " ").split()),
    )
    first, second = {word for word in first if len(word) > 1}, {word for word in second if len(word) > 1}
    return bool(first and second) and (first <= second or second <= first or _slip(one, other))


def _slip(one: str, other: str) -> bool:
    """Two spellings of one name, a letter or two apart."""
    first, second = squeeze(one), squeeze(other)
    return (
        first[:2] == second[:2]
        and min(len(first), len(second)) >= 8
        and SequenceMatcher(None, first, second).ratio() > _ALIKE
    )


def _distinct(values: list[Value]) -> list[Value]:
    """Each person once, under the fullest name that the text first gives."""
    kept: list[Value] = []
    for value in values:
        if not any(_same_person(value.value, other.value) for other in kept):
            kept.append(value)
    return kept


def _named(findings: Findings, *parts: Part, least: int = 1) -> list[Value]:
    values = [
        Value(person.name, reading.passage.where, person.weight)
        for person, reading in persons(findings, *parts)
        if person.weight >= least
        and not (person.weight < 2 and len(person.mention.words) < 2 and not person.mention.title)
    ]
    return sorted(values, key=lambda value: len(value.value.split()) < 2)


def _labelled(findings: Findings, name: str, *, forms: bool) -> list[Value]:
    return [
        Value(one.value, reading.passage.where, 3)
        for reading in findings.readings
        if is_read(reading)
        and (reading.passage.where is Where.FORM) == forms
        and reading.passage.where is not Where.SIGNATURE
        for one in reading.labels
        if one.name == name
    ]


def _dependents(findings: Findings, wanted: Wanted) -> list[Value]:
    """Those called wife, son and the like; where one is to be added, whoever is named beside the holder."""
    said = _distinct(
        [
            *_labelled(findings, "dependent_name", forms=False),
            *_named(findings, Part.DEPENDENT, least=2),
            *findings.of("dependent_name"),
        ]
    )
    if said or not wanted.has("dependent_name"):
        return said
    named = _distinct(_named(findings, Part.SUBSCRIBER))
    holders = _holders(findings)
    rest = [value for value in named if not any(_same_person(value.value, holder) for holder in holders)]
    if rest and (holders or findings.first_person):
        return rest
    return _distinct(_labelled(findings, "dependent_name", forms=True)) or rest[1:]


def _holders(findings: Findings) -> list[str]:
    """The contract holders: called employee or subscriber, or followed by an id, or the writer."""
    found = [value.value for value in _labelled(findings, "subscriber_name", forms=False)]
    for person, reading in persons(findings, Part.SUBSCRIBER, Part.WRITER):
        behind = [
            mention
            for mention in reading.ids
            if mention.name == "subscriber_id" and 0 <= mention.start - person.mention.end <= 30
        ]
        if behind or person.weight == 3 or _is_called_employee(person, reading):
            found.append(person.name)
    return found


def _is_called_employee(person: Person, reading: Reading) -> bool:
    lead = fold(reading.prose[max(0, person.mention.start - 40) : person.mention.start])
    return any(
        word in lead
        for word in (
            "employee",
            "subscriber",
            "our driver",
            "teacher",
            "operator",
            "empleado",
            "suscriptor",
            "员工",
            "titular",
        )
    )


def _subscribers(findings: Findings, wanted: Wanted) -> list[Value]:
    dependents = _dependents(findings, wanted)
    others = [*dependents, *_named(findings, Part.DOCTOR, Part.CONTACT, Part.STAFF)]
    if wanted.has("new_name"):
        others.extend(_new_names(findings, wanted))
    tables = [value for value in findings.of("subscriber_name") if value.weight >= 3]
    typed = [value for value in tables if value.where is not Where.FORM]
    labelled = _labelled(findings, "subscriber_name", forms=False)
    if typed and len(typed) > 1 and not labelled:
        return typed
    named = [*labelled, *_named(findings, Part.SUBSCRIBER), *typed]
    values = [
        value for value in _distinct(named) if not any(_same_person(value.value, other.value) for other in others)
    ]
    if not labelled:
        values = [value for value in values if not _is_own_firm(findings, value.value)]
    single_dropped = [value for value in values if len(value.value.split()) > 1] or values
    if not single_dropped or (len(single_dropped) == 1 and len(tables) > 1):
        single_dropped = tables or single_dropped
    return _ordered(findings, single_dropped) or _fallback_subscriber(findings, others, wanted)


def _ordered(findings: Findings, values: list[Value]) -> list[Value]:
    text = "\n".join(reading.passage.text for reading in findings.readings)
    return sorted(values, key=lambda value: text.find(value.value) if value.value in text else len(text))


def _fallback_subscriber(findings: Findings, others: list[Value], wanted: Wanted) -> list[Value]:
    """Forms, then the member who signs, then whoever wrote the forwarded mail."""
    formed = _distinct([*findings.of("subscriber_name"), *_labelled(findings, "subscriber_name", forms=True)])
    formed = [value for value in formed if not any(_same_person(value.value, other.value) for other in others)]
    if formed:
        return formed
    signed = _signed_by_member(findings)
    if signed:
        return signed
    forwarded = [reading.passage.writer for reading in findings.readings if reading.passage.where is Where.FORWARDED]
    people = [
        writer.name
        for writer in forwarded
        if len(writer.name.split()) in (2, 3) and not find_organisations(writer.name)
    ]
    members = [name for name, writer in zip(people, forwarded, strict=False) if writer.name == name]
    return [Value(members[-1], Where.FORWARDED, 1)] if members and wanted.has("subscriber_name") else []


def _signed_by_member(findings: Findings) -> list[Value]:
    """The name under a letter in which a member writes about the own coverage."""
    if not findings.first_person:
        return []
    for reading in findings.readings:
        writer = reading.passage.writer
        if (
            reading.passage.where is Where.SIGNATURE
            and len(writer.words) >= 2
            and writer.words <= set(fold(reading.prose).replace(",", " ").split())
        ):
            return [Value(writer.name, Where.SIGNATURE, 1)]
        for person in reading.people:
            if person.part is Part.WRITER and len(person.mention.words) >= 2:
                return [Value(person.name, reading.passage.where, 1)]
    return []


def _new_names(findings: Findings, wanted: Wanted) -> list[Value]:
    """The name that the words call the new one; else the later of two that share a word."""
    if not wanted.has("new_name"):
        return []
    labelled = [value for value in findings.of("new_name") if value.where is not Where.FORM]
    if labelled:
        return labelled[:1]
    weighed = [
        (new_name_weight(reading.prose, person.mention), person, reading)
        for person, reading in persons(findings, Part.SUBSCRIBER, Part.WRITER, Part.NEW_NAME, Part.DEPENDENT)
        if len(person.mention.words) >= 2
    ]
    best = max(weighed, key=lambda one: one[0], default=None)
    if best and best[0] > 0:
        return [Value(best[1].name, best[2].passage.where)]
    if renamed := _renamed(weighed):
        return [renamed]
    if respelled := _respelled(weighed):
        return [respelled]
    full = [(weight, person, reading) for weight, person, reading in weighed if weight >= 0]
    distinct = {squeeze(person.name) for _, person, _ in weighed}
    if len(distinct) >= 2 and full and any(_related(full[-1][1], person) for _, person, _ in weighed):
        return [Value(full[-1][1].name, full[-1][2].passage.where)]
    return findings.of("new_name")[:1]


_RESPELLED = re2.compile(
    r"(?i)(?:\bit'?s|\bit is|\bits|\bshould be|\bspelled|\bspelling is|\bcorrect(?:ly)?(?: spelling)?(?: is)?|\bis actually|\bchange(?:d)? to|\bnow|\blast name is|\bname to|\bapellido (?:es|correcto es)|\bes|应为|应该是|改为)[ :\"'“‘]*(\p{L}[\p{L}'-]+)"
)
_ALIKE_WORD = 0.6
_SURNAME = re2.compile(
    r"(?i)(?:last name|surname|family name|married name|apellido(?: de casada)?|姓)(?: (?:is|has|was|will be|should be|es))*(?: (?:now|changed|being changed|legally|from \p{L}+|de \p{L}+))*(?: to| as| a| por|改为|:)? (?-i:(\p{Lu}[\p{L}'’-]+))\b"
)


def _renamed(weighed: list[tuple[int, Person, Reading]]) -> Value | None:
    """ "Change Priya Nair's last name to Menon": the first name with the new surname."""
    for _, person, reading in weighed:
        match = _SURNAME.search(reading.prose[max(0, person.mention.start - 60) : person.mention.end + 90])
        if match and fold(match[1]) not in person.mention.words:
            return Value(" ".join([*person.name.split()[:-1], match[1]]), reading.passage.where)
    return None


def _respelled(weighed: list[tuple[int, Person, Reading]]) -> Value | None:
    """A single word that corrects one of the words of a name: "It says Hectro Diaz, it's Hector"."""
    for _, person, reading in weighed:
        for match in _RESPELLED.finditer(reading.prose[person.mention.end : person.mention.end + 120]):
            for word in person.name.split():
                ratio = SequenceMatcher(None, fold(word), fold(match[1])).ratio()
                if _ALIKE_WORD < ratio < 1:
                    right = match[1].capitalize() if match[1].isupper() else match[1]
                    return Value(person.name.replace(word, right), reading.passage.where)
    return None


def _related(one: Person, other: Person) -> bool:
    return one.name != other.name and bool(set(one.mention.words) & set(other.mention.words))


def _plans(findings: Findings, wanted: Wanted) -> list[Value]:
    """The plan as the mail names it most fully."""
    if not wanted.has("new_plan"):
        return []
    labelled = _labelled(findings, "new_plan", forms=False)
    values = labelled or _best([value for value in findings.of("new_plan") if value.where is not Where.SIGNATURE])
    fuller = [value for value in values if squeeze(values[0].value) in squeeze(value.value)]
    return sorted(fuller, key=lambda value: -len(value.value))[:1]


def _doctors(findings: Findings, wanted: Wanted) -> list[Value]:
    if not wanted.has("pcp_name"):
        return []
    labelled = [value for value in findings.of("pcp_name") if value.where is not Where.FORM]
    if labelled:
        return labelled[:1]
    found = []
    behind = 0
    for person, reading in persons(findings, Part.DOCTOR):
        floor = max(0, person.mention.start - 44, behind if behind < person.mention.start else 0)
        lead = fold(reading.prose[floor : person.mention.start])
        behind = person.mention.end
        old = any(
            word in lead
            for word in (
                "from ",
                "instead of",
                "still shows",
                "shows ",
                "not ",
                "currently",
                "retired",
                "de dr",
                "原来",
            )
        )
        title = f"{person.mention.title.capitalize()}. " if person.mention.title in ("dr", "dra") else ""
        found.append((old, Value(f"{title}{person.name}", reading.passage.where)))
    found.sort(key=lambda pair: pair[0])
    return [value for old, value in found if not old][:1] or findings.of("pcp_name")[:1]


def _contacts(findings: Findings, wanted: Wanted) -> list[Value]:
    """Whom the text points to; where a contact is required also the person to be let in, and whoever signs."""
    said = _distinct([*findings.of("contact_name", least=3), *_named(findings, Part.CONTACT, least=2)])
    said = [value for value in said if value.where is not Where.FORM]
    if said or not wanted.has("contact_name"):
        return said[:1]
    if not wanted.has("contact_phone"):
        named = list(_let_in(findings))
        if named:
            return named[:1]
    for reading in findings.readings:
        writer = reading.passage.writer
        words = set(fold(reading.prose).replace(",", " ").replace(".", " ").split())
        if (
            len(writer.words) >= 2
            and reading.passage.where in (Where.SIGNATURE, Where.BODY)
            and len(writer.words & words) >= 2
        ):
            return [Value(_bare(writer.name), Where.SIGNATURE, 1)]
    return []


_PUT_OUT = cue("settle.put_out", tail=r"[^.\n]{0,30}$")
_GONE = cue("settle.gone", head=r"^,?[^.\n]{0,24}")


def _let_in(findings: Findings) -> Iterator[Value]:
    """People who are to get access: not those who are to lose it."""
    for person, reading in persons(findings, Part.SUBSCRIBER, Part.STAFF):
        lead = fold(reading.prose[max(0, person.mention.start - 40) : person.mention.start])
        tail = fold(reading.prose[person.mention.end : person.mention.end + 40])
        if person.weight and len(person.mention.words) > 1 and not _PUT_OUT.search(lead) and not _GONE.match(tail):
            yield Value(person.name, reading.passage.where)


def _bare(name: str) -> str:
    """A display name without titles before it and letters of a profession behind it."""
    words = name.partition(",")[0].replace("Dr.", "").replace("Dra.", "").split()
    while len(words) > 2 and words[-1].isupper() and len(words[-1]) <= 4:
        words.pop()
    return " ".join(words)


def _phones(findings: Findings, wanted: Wanted) -> list[Value]:
    """The number in the text; one in a signature where a phone is required or the text says "below"."""
    typed = [value for value in findings.of("contact_phone") if value.where not in (Where.SIGNATURE, Where.FORM)]
    if typed or not wanted.has("contact_phone"):
        return typed[:1]
    from mailbot.classify.places import find_phones

    for reading in findings.readings:
        if reading.passage.where is Where.SIGNATURE:
            for place in find_phones(reading.prose):
                return [Value(place.value, Where.SIGNATURE, 1)]
    return []


def _is_own_firm(findings: Findings, name: str) -> bool:
    """Whether a name is the writer's firm: its letters are the domain that the mail comes from."""
    squeezed = squeeze(name)
    domains = {
        reading.passage.writer.address.rpartition("@")[2].partition(".")[0].replace("-", "")
        for reading in findings.readings
    }
    return len(squeezed) >= 6 and any(
        squeezed == domain or (len(domain) >= 8 and (squeezed.startswith(domain) or domain.startswith(squeezed)))
        for domain in domains
    )


def _organisation(findings: Findings, name: str, wanted: Wanted) -> list[Value]:
    labelled = [value for value in findings.of(name, least=3) if value.where is not Where.SIGNATURE]
    typed = [value for value in labelled if value.where is not Where.FORM]
    if typed:
        return typed[:1]
    if not wanted.has(name):
        return []
    found = sorted(_weighed_organisations(findings, name), key=lambda pair: -pair[0])
    if found and found[0][0] > 0:
        return [found[0][1]]
    if labelled:
        return labelled[:1]
    for reading in findings.readings:
        if reading.passage.where is Where.SIGNATURE:
            for organisation in find_organisations(reading.prose):
                return [Value(organisation.value, Where.SIGNATURE, 1)]
    return []


_ORGANISATION_CUES = {
    "group_name": (
        "group",
        "client",
        "account",
        "employer",
        "company",
        "we are",
        "we're",
        "install",
        "set up",
        "for ",
        "renewal",
        "business",
        "somos",
        "empresa",
        "grupo",
        "公司",
        "我们是",
        "behalf of",
        "employees of",
        "called",
        "named",
    ),
    "practice_name": (
        "practice",
        "we are",
        "we're",
        "clinic",
        "office",
        "behalf of",
        "provider",
        "at ",
        "facility",
        "somos",
        "consultorio",
        "from ",
        "billing for",
    ),
}


def _weighed_organisations(findings: Findings, name: str) -> Iterator[tuple[int, Value]]:
    """Names that may be the firm: what is called so, stands by a group number, or is the sender's own domain."""
    for person, reading in persons(findings, Part.ORGANISATION, Part.SUBSCRIBER):
        if reading.passage.where is Where.FORM:
            continue
        mention = person.mention
        lead = fold(reading.prose[max(0, mention.start - 28) : mention.start])
        own = 5 if _is_own_firm(findings, person.name) else 0
        called = 2 if any(cue in lead for cue in _ORGANISATION_CUES[name]) else 0
        numbered = (
            3 if any(one.name == "group_number" and -24 <= one.start - mention.end <= 14 for one in reading.ids) else 0
        )
        kind = 2 if person.part is Part.ORGANISATION else -1
        if kind > 0 or own or numbered or called:
            yield (
                own + called + numbered + kind + (reading.passage.where is Where.SUBJECT),
                Value(person.name, reading.passage.where),
            )


def _group_names(findings: Findings, wanted: Wanted) -> list[Value]:
    return _organisation(findings, "group_name", wanted)


def _practices(findings: Findings, wanted: Wanted) -> list[Value]:
    return _organisation(findings, "practice_name", wanted)


_SPECIAL = {
    "group_number": _groups,
    "group_name": _group_names,
    "practice_name": _practices,
    "subscriber_name": _subscribers,
    "dependent_name": _dependents,
    "date_of_birth": _births,
    "effective_date": _effective,
    "payment_date": _payment_dates,
    "new_name": _new_names,
    "new_plan": _plans,
    "pcp_name": _doctors,
    "contact_name": _contacts,
    "contact_phone": _phones,
}
