"""What staff corrected is kept with the case, learned by `mailbot train`, and served once the configuration says so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from mailbot.app import ranker_of
from mailbot.cases.rules import Playbook
from mailbot.classify.network import bytes_of, shipped_model
from mailbot.cli import build
from mailbot.errors import ConfigurationError, UsageError
from mailbot.ingest.parse import parse
from mailbot.training import learning
from mailbot.training.composing import Amounts, Composer, Lesson
from mailbot.training.corrected import corrected_lessons
from mailbot.training.phrases import shipped_phrases, shipped_remarks
from tests.desks import Desk, open_desk, write_desk
from tests.mails import mail

FEW = list(Composer(shipped_phrases("billing"), shipped_remarks()).lessons(Amounts(en=12, es=2, zh=1)))
ODD = "The thermometer parcel number {} for the walking club has not come."
TAUGHT = "billing.delinquency"


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Learn from the billing texts alone and be judged by what staff said, so that a test takes a second."""
    monkeypatch.setattr(learning, "_lessons", lambda *_, **__: FEW)
    monkeypatch.setattr(learning, "kept_lessons", list)


def corrected(desk: Desk, count: int = 12) -> None:
    """So many inquiries that staff had to name."""
    for number in range(count):
        opened = desk.send(mail(ODD.format(number), subject=f"Parcel {number}"))
        desk.app.casework.recategorize(opened.case_number or "", TAUGHT, "ann")


def first_billing_category(desk: Desk) -> str:
    """What the desk's model makes of the odd mail, among the categories that the quick model knows."""
    every = desk.app.playbook.categories
    billing = Playbook({code: rules for code, rules in every.items() if rules.family == "billing"}, fallback=TAUGHT)
    odd = parse(mail(ODD.format(99), subject="Parcel 99"))
    return ranker_of(desk.app.config).rank(odd, billing).ranked[0][0]


def train(desk: Desk, *arguments: str) -> Any:
    result = CliRunner().invoke(build(), ["train", *arguments, "--config", str(desk.config_file)])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_each_correction_is_a_lesson_of_the_mail_that_opened_the_case(desk: Desk) -> None:
    corrected(desk, 2)
    desk.send(mail("Please add my son to my plan."))
    lessons = list(corrected_lessons(desk.store))
    assert [(lesson.message.subject, lesson.code) for lesson in lessons] == [("Parcel 0", TAUGHT), ("Parcel 1", TAUGHT)]


def test_the_last_word_of_staff_counts_and_counts_once(small_desk: Desk) -> None:
    opened = small_desk.send(mail(ODD.format(1)))
    for code in ("billing.refund", TAUGHT):
        small_desk.app.casework.recategorize(opened.case_number or "", code, "ann")
    assert [lesson.code for lesson in corrected_lessons(small_desk.store)] == [TAUGHT]


def test_train_learns_what_staff_said_and_the_configured_service_knows_it(
    small_desk: Desk, quick: None, sqlite_url: str
) -> None:
    corrected(small_desk)
    model = small_desk.config_file.with_name("ours.npz")
    said = train(small_desk, "--output", str(model)).stderr
    assert "12 corrections by staff" in said
    assert "playbook.model" in said
    folder = small_desk.config_file.parent
    before = first_billing_category(small_desk)
    with open_desk(folder, sqlite_url, playbook={"model": "ours.npz"}) as taught:
        assert before != first_billing_category(taught) == TAUGHT


def test_a_model_that_does_worse_on_what_staff_said_is_not_kept(
    small_desk: Desk, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = small_desk.config_file.with_name("ours.npz")
    model.write_bytes(bytes_of(shipped_model()))
    before = model.read_bytes()
    muddled = [Lesson(one.message, other.code) for one, other in zip(FEW, reversed(FEW), strict=True)]
    monkeypatch.setattr(learning, "_lessons", lambda *_, **__: muddled)
    monkeypatch.setattr(learning, "kept_lessons", lambda: FEW)
    with pytest.raises(UsageError, match="does worse"):
        train(small_desk, "--output", str(model))
    assert model.read_bytes() == before


def test_a_model_that_cannot_be_read_stops_the_service_with_the_remedy(small_desk: Desk, sqlite_url: str) -> None:
    folder: Path = small_desk.config_file.parent
    (folder / "ours.npz").write_bytes(b"no model")
    write_desk(folder, sqlite_url, playbook={"model": "ours.npz"})
    with (
        pytest.raises(ConfigurationError, match="mailbot train"),
        open_desk(folder, sqlite_url, playbook={"model": "ours.npz"}),
    ):
        pass
