"""What staff by mail costs all other mail: one look into the directory, by index, and nothing for machines."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.desks import Desk, open_desk
from tests.mails import DANA, EVE, mail
from tests.statements import statements
from tests.stories.colleagues import ANN, MX, TRUST, colleague

FORWARD = (
    "---------- Forwarded message ---------\nFrom: Eve <eve@elsewhere.example>\nDate: Mon, Nov 23, 2026\n"
    f"Subject: Hello\nTo: {DANA}\n\nPlease help.\n"
)
PASSED = f"{MX}; dmarc=pass header.from=broker.example"


@contextmanager
def looked_up() -> Iterator[list[str]]:
    """The statements that look for addresses in the directory meanwhile."""
    seen: list[str] = []
    with statements() as heard:
        yield seen
    seen += [text for text, _ in heard if "WHERE people.address_key" in text]


@pytest.mark.parametrize(
    ("headers", "looks"),
    [
        ({}, 1),
        ({"cc": EVE}, 2),  # whoever else it went to, all together
        ({"cc": ", ".join(f"p{n}@elsewhere.example" for n in range(15))}, 2),
        ({"authentication_results": PASSED}, 1),
        ({"auto_submitted": "auto-replied"}, 0),
        ({"sender": "a@one.example, b@two.example"}, 0),
    ],
    ids=["plain", "copied", "many copied", "passed", "automatic", "no sender"],
)
def test_a_mail_of_somebody_outside_costs_one_look_into_the_directory(
    small_desk: Desk, headers: dict[str, str], looks: int
) -> None:
    with small_desk.store.writing() as transaction:
        transaction.directory.put([colleague(ANN)], "a test")
    with looked_up() as seen:
        small_desk.send(mail(**headers))
    assert len(seen) == looks


def test_only_a_proven_mail_that_forwards_something_costs_one_more(sqlite_url: str, tmp_path: Path) -> None:
    with open_desk(tmp_path / "desk", sqlite_url, **TRUST) as desk:
        with looked_up() as seen:
            desk.send(mail(FORWARD, subject="Fwd: Hello", authentication_results=PASSED))
        assert len(seen) == 2
        with looked_up() as seen:
            desk.send(mail(FORWARD, subject="Fwd: Hello again"))
        assert len(seen) == 1
