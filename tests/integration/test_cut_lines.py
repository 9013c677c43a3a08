"""Lines that are cut in the middle of a word, towards every peer: nothing is lost and nothing is done twice."""

from __future__ import annotations

from itertools import chain
from pathlib import Path
from uuid import uuid4

from tests import drills
from tests.desks import Desk
from tests.drills import Tally
from tests.servers.cutting import Cut, Side
from tests.servers.dovecot import Dovecot


def each(side: Side, end: int, step: int) -> list[Cut]:
    """A cut after every so many octets of this side."""
    return [Cut(side, octets) for octets in range(1, end, step)]


def held(tally: Tally, broke_at_least: int) -> None:
    assert tally.wrong == []
    assert tally.broke >= broke_at_least, "the line was hardly ever cut: the drill shows nothing"


def test_f32_a_letter_survives_a_cut_anywhere_on_its_way_out(tmp_path: Path, database_url: str) -> None:
    """The server says about 300 octets for one letter, and we about 7,000."""
    held(drills.letters(tmp_path, database_url, chain(each(Side.SERVER, 300, 19), each(Side.CALLER, 7_000, 487))), 15)


def test_f13_a_mail_survives_a_cut_anywhere_on_its_way_in(desk: Desk) -> None:
    """The client says about 500 octets for one mail, and the listener about 250."""
    held(drills.arrivals(desk, chain(each(Side.CALLER, 500, 31), each(Side.SERVER, 250, 23))), 15)


def test_f15_a_mail_survives_a_cut_anywhere_on_its_way_out_of_a_mailbox(dovecot: Dovecot, sqlite_url: str) -> None:
    """One pass is about 5,000 octets of the server under TLS, and 2,000 of ours."""
    user = f"u{uuid4().hex[:12]}"
    cuts = chain(each(Side.SERVER, 5_000, 389), each(Side.CALLER, 2_200, 271))
    held(drills.mailbox(dovecot, user, sqlite_url, cuts), 12)
