"""Settles who is who: subscribers, dependents, the doctor, the contact."""

from __future__ import annotations

from collections.abc import Iterator

from mailbot.cases.understanding import Where
from mailbot.classify.choosing import Wanted, distinct, in_full, labelled_as, named_as, same_person
from mailbot.classify.cues import cue
from mailbot.classify.fields import Findings, Reading, Value, persons
from mailbot.classify.firms import is_own_firm
from mailbot.classify.folding import fold
from mailbot.classify.linear import Linear
from mailbot.classify.names import find_organisations
from mailbot.classify.people import Part, Person, is_followed_by_phone
from mailbot.classify.renaming import new_names
from mailbot.classify.when import speaks_of_newborn

_PARENT = cue("parties.parent", tail=r"[ ,(]*$")
_FAMILY = cue("people.relation", head=r"\b", tail=r"\b")
_PUT_OUT = cue("parties.put_out", tail=r"[^.\n]{0,30}$")
_LEFT_BEFORE = cue("parties.doctor_left_before", tail=r"(?: the| with| as| my| la| el)* *$")
_NOW_BEFORE = cue("parties.doctor_now_before", tail=r" *$")
_LEFT_AFTER = cue("parties.doctor_left_after", head=r"^,? ?")
_CHOSEN_BEFORE = cue("parties.chosen_before", tail=r" $")
_CALLED_SUBSCRIBER = cue("parties.called_subscriber", tail=r"(?:'s)?(?: name)?(?: is| es)?[ :：,]*$")
_SENTENCE_END = Linear(r"[.!?] ")
_GONE = cue("parties.gone", head=r"^,?[^.\n]{0,24}")


def dependent_names(findings: Findings, wanted: Wanted) -> list[Value]:
    """Those called wife, son and the like; where one is to be added, whoever is named beside the holder.

    Settled once, for other fields ask for them, too.
    """
    if findings.dependents is None:
        findings.dependents = _dependents(findings, wanted)
    return findings.dependents


def _dependents(findings: Findings, wanted: Wanted) -> list[Value]:
    said = distinct(
        [
            *labelled_as(findings, "dependent_name", forms=False),
            *named_as(findings, Part.DEPENDENT, least=2),
            *findings.of("dependent_name"),
        ]
    )
    if wanted.has("dependent_name") and len(said) > 1 and _tells_of_newborn(findings):
        parents = [person.name for person, reading in persons(findings, Part.DEPENDENT) if _is_parent(person, reading)]
        said = [value for value in said if not any(same_person(value.value, parent) for parent in parents)]
    if said or not wanted.has("dependent_name"):
        return in_full(findings, said)
    labelled = labelled_as(findings, "subscriber_name", forms=False)
    named = distinct([*labelled, *named_as(findings, Part.SUBSCRIBER)])
    holders = _holders(findings)
    rest = [value for value in named if not any(same_person(value.value, holder) for holder in holders)]
    if rest and (
        holders or findings.first_person or (len(rest) == 1 and rest[0].weight < 2 and _speaks_of_family(findings))
    ):
        return rest
    return distinct(labelled_as(findings, "dependent_name", forms=True)) or rest[1:]


def _tells_of_newborn(findings: Findings) -> bool:
    return any(speaks_of_newborn(reading.folded) for reading in findings.spoken)


def _is_parent(person: Person, reading: Reading) -> bool:
    """Whether somebody is called wife, husband or the like: of a newborn's family, not the one to be added."""
    return bool(_PARENT.search(reading.folded[max(0, person.mention.start - 24) : person.mention.start]))


def _speaks_of_family(findings: Findings) -> bool:
    """Whether the mail speaks of a wife, a baby or the like."""
    return any(
        _FAMILY.search(reading.folded)
        for reading in findings.readings
        if reading.passage.where not in (Where.SIGNATURE, Where.FORM)
    )


def _holders(findings: Findings) -> list[str]:
    """The contract holders: called employee or subscriber, or followed by an id, or the writer."""
    found = [value.value for value in labelled_as(findings, "subscriber_name", forms=False)][:1]
    for person, reading in persons(findings, Part.SUBSCRIBER, Part.WRITER, Part.STAFF):
        behind = [
            mention
            for mention in reading.ids
            if mention.name == "subscriber_id"
            and 0 <= mention.start - person.mention.end <= 30
            and not _SENTENCE_END.search(reading.folded[person.mention.end : mention.start])
        ]
        if behind or person.weight == 3 or _is_called_employee(person, reading):
            found.append(person.name)
    return found


def _is_called_employee(person: Person, reading: Reading) -> bool:
    lead = reading.folded[max(0, person.mention.start - 40) : person.mention.start]
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


def subscriber_names(findings: Findings, wanted: Wanted) -> list[Value]:
    dependents = dependent_names(findings, wanted)
    family = [] if wanted.has("person_id") else dependents
    others = [*family, *named_as(findings, Part.DOCTOR, Part.CONTACT, Part.STAFF)]
    if wanted.has("new_name"):
        others.extend(new_names(findings, wanted))
    parts = (Part.SUBSCRIBER, Part.DEPENDENT) if wanted.has("person_id") else (Part.SUBSCRIBER,)
    tables = [value for value in findings.of("subscriber_name") if value.weight >= 3]
    typed = [value for value in tables if value.where is not Where.FORM]
    labelled = labelled_as(findings, "subscriber_name", forms=False)
    if typed and len(typed) > 1 and not labelled:
        return typed
    named = [*labelled, *named_as(findings, *parts), *typed]
    if all(" " not in value.value for value in named) and (own := _signed_by_member(findings)):
        return own
    values = [value for value in distinct(named) if not any(same_person(value.value, other.value) for other in others)]
    if not labelled:
        values = [value for value in values if not is_own_firm(findings, value.value)]
    values = _without_family(findings, values)
    single_dropped = [value for value in values if len(value.value.split()) > 1] or values
    if not single_dropped or (len(single_dropped) == 1 and len(tables) > 1):
        single_dropped = tables or single_dropped
    return _ordered(findings, single_dropped) or _fallback_subscriber(findings, others, wanted)


def _without_family(findings: Findings, values: list[Value]) -> list[Value]:
    """The names without those who bear the surname of the one called subscriber, in a mail that speaks of family."""
    if len(values) < 2 or not _speaks_of_family(findings):
        return values
    called = [
        person.name
        for person, reading in persons(findings, Part.SUBSCRIBER)
        if _CALLED_SUBSCRIBER.search(reading.folded[max(0, person.mention.start - 24) : person.mention.start])
    ]
    surnames = {fold(name).rpartition(" ")[2] for name in called if " " in name}
    return [
        value
        for value in values
        if any(same_person(value.value, name) for name in called)
        or fold(value.value).rpartition(" ")[2] not in surnames
    ]


def _ordered(findings: Findings, values: list[Value]) -> list[Value]:
    if len(values) < 2:
        return values
    text = "\n".join(reading.passage.text for reading in findings.readings)
    return sorted(values, key=lambda value: text.find(value.value) if value.value in text else len(text))


def _fallback_subscriber(findings: Findings, others: list[Value], wanted: Wanted) -> list[Value]:
    """Forms, then the member who signs, then whoever wrote the forwarded mail."""
    formed = distinct([*findings.of("subscriber_name"), *labelled_as(findings, "subscriber_name", forms=True)])
    formed = [value for value in formed if not any(same_person(value.value, other.value) for other in others)]
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
    if members and wanted.has("subscriber_name"):
        return [Value(members[-1], Where.FORWARDED, 1)]
    return dependent_names(findings, wanted) if wanted.has("subscriber_name") else []


def _signed_by_member(findings: Findings) -> list[Value]:
    """The name under a letter in which a member writes about the own coverage."""
    if not findings.first_person:
        return []
    for reading in findings.readings:
        writer = reading.passage.writer
        if (
            reading.passage.where is Where.SIGNATURE
            and len(writer.words) >= 2
            and writer.words <= set(reading.folded.replace(",", " ").split())
        ):
            return [Value(writer.name, Where.SIGNATURE, 1)]
        if len(writer.words) >= 2 and fold(writer.name) in reading.folded:
            return [Value(writer.name, reading.passage.where, 1)]
        for person in reading.people:
            if person.part is Part.WRITER and len(person.mention.words) >= 2:
                return [Value(person.name, reading.passage.where, 1)]
    return []


def doctors(findings: Findings, wanted: Wanted) -> list[Value]:
    if not wanted.has("pcp_name"):
        return []
    labelled = [value for value in findings.of("pcp_name") if value.where is not Where.FORM]
    if labelled:
        return labelled[:1]
    found = [(_is_left(person, reading), person, reading) for person, reading in persons(findings, Part.DOCTOR)]
    left = {name for is_left, person, _ in found if is_left for name in person.mention.words[-1:]}
    values = [
        Value(f"{_TITLES.get(person.mention.title, '')}{person.name}", reading.passage.where)
        for is_left, person, reading in found
        if not is_left and left.isdisjoint(person.mention.words[-1:])
    ]
    if len(values) > 1 and len(findings.of("subscriber_id")) > 1:
        return distinct(values)
    return values[:1] or findings.of("pcp_name")[:1] or _chosen(findings)


def _chosen(findings: Findings) -> list[Value]:
    """Somebody whom the mail asks for without calling him a doctor."""
    for person, reading in persons(findings, Part.SUBSCRIBER):
        lead = reading.folded[max(0, person.mention.start - 30) : person.mention.start]
        if len(person.mention.words) > 1 and _CHOSEN_BEFORE.search(lead):
            return [Value(person.name, reading.passage.where, 1)]
    return []


_TITLES = {"dr": "Dr. ", "dra": "Dra. "}


def _is_left(person: Person, reading: Reading) -> bool:
    """Whether the words around make a doctor the one whom somebody has now or leaves."""
    folded = reading.folded[max(0, person.mention.start - 48) : person.mention.end + 40]
    at = min(48, person.mention.start)
    lead, tail = folded[:at], folded[at + person.mention.end - person.mention.start :]
    if person.mention.title:
        lead = lead.rstrip(" .").removesuffix(person.mention.title)
    breaks = max(lead.rfind(mark) for mark in (". ", "; ", "\n", " to ", " a la ", " al ", "换成", "改为", "改成"))
    return bool(_LEFT_BEFORE.search(lead[breaks + 1 :]) or _NOW_BEFORE.search(lead) or _LEFT_AFTER.match(tail))


def contacts(findings: Findings, wanted: Wanted) -> list[Value]:
    """Whom the text points to; where a contact is required also the person to be let in, and whoever signs."""
    said = distinct([*findings.of("contact_name", least=3), *named_as(findings, Part.CONTACT, least=2)])
    said = [value for value in said if value.where is not Where.FORM]
    if said or not wanted.has("contact_name"):
        return said[:1]
    if not wanted.has("contact_phone"):
        named = list(let_in(findings))
        if named:
            return named[:1]
    elif reachable := _with_phone(findings):
        return [reachable]
    for reading in findings.readings:
        writer = reading.passage.writer
        words = set(reading.folded.replace(",", " ").replace(".", " ").split())
        if (
            len(writer.words) >= 2
            and reading.passage.where in (Where.SIGNATURE, Where.BODY)
            and len(writer.words & words) >= 2
        ):
            return [Value(_bare(writer.name), Where.SIGNATURE, 1)]
    return []


def _with_phone(findings: Findings) -> Value | None:
    """The writer where a telephone number stands right behind the name, under whatever name."""
    for person, reading in persons(findings, Part.WRITER):
        if is_followed_by_phone(reading.folded[person.mention.end : person.mention.end + 30]):
            return Value(person.name, reading.passage.where)
    return None


def let_in(findings: Findings) -> Iterator[Value]:
    """People who are to get access: not those who are to lose it."""
    for person, reading in persons(findings, Part.SUBSCRIBER, Part.STAFF):
        lead = reading.folded[max(0, person.mention.start - 40) : person.mention.start]
        tail = reading.folded[person.mention.end : person.mention.end + 40]
        if person.weight and len(person.mention.words) > 1 and not _PUT_OUT.search(lead) and not _GONE.match(tail):
            yield Value(person.name, reading.passage.where)


def _bare(name: str) -> str:
    """A display name without titles before it and letters of a profession behind it."""
    words = name.partition(",")[0].replace("Dr.", "").replace("Dra.", "").split()
    while len(words) > 2 and words[-1].isupper() and len(words[-1]) <= 4:
        words.pop()
    return " ".join(words)


def phones(findings: Findings, wanted: Wanted) -> list[Value]:
    """The number in the text; one in a signature where a phone is required or the text says "below"."""
    typed = [value for value in findings.of("contact_phone") if value.where not in (Where.SIGNATURE, Where.FORM)]
    if typed or not wanted.has("contact_phone"):
        return typed[:1]

    for reading in findings.readings:
        if reading.passage.where is Where.SIGNATURE:
            for place in reading.phones:
                return [Value(place.value, Where.SIGNATURE, 1)]
    return []
