"""Settles which organisation is the group or the practice."""

from __future__ import annotations

from collections.abc import Iterator

from mailbot.cases.understanding import Where
from mailbot.classify.choosing import Wanted
from mailbot.classify.fields import Findings, Value, persons, squeeze
from mailbot.classify.folding import fold
from mailbot.classify.name_words import GIVEN
from mailbot.classify.names import find_capital_runs, find_organisations
from mailbot.classify.people import Part

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
        "status of",
        "about",
        "with",
        "new case",
        "prospect",
        "submission",
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


def is_own_firm(findings: Findings, name: str) -> bool:
    """Whether a name is the writer's firm: its letters are the domain that the mail comes from."""
    squeezed = squeeze(name)
    if len(squeezed) < 6:
        return False
    addresses = {reading.passage.writer.address for reading in findings.readings}
    domains = [address.rpartition("@")[2].partition(".")[0].replace("-", "") for address in addresses]
    return squeezed in domains or any(
        len(domain) >= 8 and (squeezed.startswith(domain) or domain.startswith(squeezed)) for domain in domains
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
        return [_in_full(found[0][1], [value for _, value in found])]
    return labelled[:1] or _unmarked(findings, name) or _signed(findings)


def _unmarked(findings: Findings, name: str) -> list[Value]:
    runs = sorted(_capital_runs(findings, name), key=lambda pair: -pair[0])
    return [runs[0][1]] if runs else []


def _signed(findings: Findings) -> list[Value]:
    """The first firm that a signature names."""
    for reading in findings.readings:
        if reading.passage.where is Where.SIGNATURE:
            for organisation in find_organisations(reading.prose):
                return [Value(organisation.value, Where.SIGNATURE, 1)]
    return []


def _capital_runs(findings: Findings, name: str) -> Iterator[tuple[int, Value]]:
    """Capitalised words that nothing marks as a firm but the words or the number beside them."""
    for reading in findings.readings:
        if reading.passage.where not in (Where.SUBJECT, Where.BODY, Where.FORWARDED):
            continue
        people = {
            squeeze(person.name) for person in reading.people if person.part is not Part.SUBSCRIBER or person.weight > 1
        }
        for run in find_capital_runs(reading.prose):
            lead = reading.folded[max(0, run.start - 28) : run.start]
            called = any(cue in lead for cue in _ORGANISATION_CUES[name])
            numbered = any(one.name == "group_number" and 0 <= one.start - run.end <= 14 for one in reading.ids)
            if (
                (called or numbered)
                and squeeze(run.value) not in people
                and fold(run.value.partition(" ")[0]) not in GIVEN
            ):
                yield 2 * numbered + called, Value(run.value, reading.passage.where, 1)


def _in_full(chosen: Value, values: list[Value]) -> Value:
    """The firm as the text names it most fully, where the subject has a shorter form."""
    longer = [value for value in values if value.value.startswith(f"{chosen.value} ")]
    return longer[0] if longer and chosen.where is Where.SUBJECT else chosen


def _weighed_organisations(findings: Findings, name: str) -> Iterator[tuple[int, Value]]:
    """Names that may be the firm: what is called so, stands by a group number, or is the sender's own domain."""
    for person, reading in persons(findings, Part.ORGANISATION, Part.SUBSCRIBER):
        if reading.passage.where is Where.FORM:
            continue
        mention = person.mention
        lead = reading.folded[max(0, mention.start - 28) : mention.start]
        own = 5 if is_own_firm(findings, person.name) else 0
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


def group_names(findings: Findings, wanted: Wanted) -> list[Value]:
    return _organisation(findings, "group_name", wanted)


def practices(findings: Findings, wanted: Wanted) -> list[Value]:
    return _organisation(findings, "practice_name", wanted)
