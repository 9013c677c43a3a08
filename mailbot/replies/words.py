"""The words of one language that letters are made of: names of fields and documents, dates, spans, reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from mailbot.cases.rules import Duration, Unit
from mailbot.errors import ConfigurationError

TABLES = ("labels", "fields", "documents", "refused", "states", "durations")


@dataclass(frozen=True, slots=True)
class Words:
    """One words/LANGUAGE.toml. `lang` is the HTML tag, `either` joins alternatives, `colon` follows a label."""

    lang: str
    either: str
    colon: str
    date_form: str
    weekdays: tuple[str, ...]
    months: tuple[str, ...]
    labels: Mapping[str, str]
    fields: Mapping[str, str]
    documents: Mapping[str, str]
    refused: Mapping[str, str]
    states: Mapping[str, str]
    durations: Mapping[str, str]

    def day(self, day: date) -> str:
        """The date written out with its weekday, so that no reader takes the month for the day."""
        return self.date_form.format(
            weekday=self.weekdays[day.weekday()], day=day.day, month=self.months[day.month - 1], year=day.year
        )

    def span(self, span: Duration) -> str:
        """A duration in words, as "2 business days"."""
        unit = span.unit.value if span.count != 1 else span.unit.value.removesuffix("s")
        return self.durations[unit].format(n=span.count)

    def missing(self, name: str) -> str:
        """Plain words for a field or document, as Understanding.missing names it; "a|b" gives both, joined."""
        phrase = self.either.join(self._thing(part) for part in name.split("|"))
        return phrase[:1].upper() + phrase[1:]

    def _thing(self, code: str) -> str:
        """A desk's own field that has no words yet is still asked for by its code, made readable."""
        return self.fields.get(code) or self.documents.get(code) or code.replace("_", " ")

    def why_refused(self, reason: str) -> str:
        return self.refused.get(reason) or self.refused["other"]

    def state(self, state: str) -> str:
        return self.states.get(state) or self.states["awaiting_staff"]

    def state_name(self, state: str) -> str:
        """The state without what it means for the sender: the phrase up to its colon."""
        return self.state(state).partition(self.colon.strip())[0]


def words_from(table: Mapping[str, object]) -> Words:
    """The words from a parsed TOML file; ConfigurationError names the key that is missing or of the wrong kind."""
    tables = {name: _phrases(table, name) for name in TABLES}
    words = Words(
        lang=_phrase(table, "lang"),
        either=_phrase(table, "either"),
        colon=_phrase(table, "colon"),
        date_form=_phrase(table, "date"),
        weekdays=_names(table, "weekdays", 7),
        months=_names(table, "months", 12),
        **tables,
    )
    try:
        words.day(date(2026, 11, 21))
        for unit in Unit:
            words.span(Duration(1, unit))
            words.span(Duration(2, unit))
    except (KeyError, IndexError, ValueError, AttributeError) as error:
        raise ConfigurationError(
            "In the file of words for letters, date takes {weekday}, {day}, {month}, {year}; [durations] needs "
            "day, days, business day, business days, each with {n}."
        ) from error
    return words


def _phrase(table: Mapping[str, object], key: str) -> str:
    value = table.get(key)
    if not isinstance(value, str):
        raise ConfigurationError(f"The file of words for letters needs the key {key} with a text.")
    return value


def _names(table: Mapping[str, object], key: str, count: int) -> tuple[str, ...]:
    value = table.get(key)
    if not isinstance(value, list) or len(value) != count:
        raise ConfigurationError(f"The file of words for letters needs the key {key} with {count} names.")
    return tuple(str(name) for name in value)


def _phrases(table: Mapping[str, object], key: str) -> Mapping[str, str]:
    value = table.get(key)
    if not isinstance(value, dict) or not all(isinstance(phrase, str) for phrase in value.values()):
        raise ConfigurationError(f"The file of words for letters needs the table [{key}] with texts.")
    return value
