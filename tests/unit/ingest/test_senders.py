"""Whose address it is: a mail system's, a robot's, a person's; each asked for at once gives what one by one gives."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.ingest.senders import _DAEMON, _DAEMON_NAME, is_daemon, is_robot
from mailbot.mail import Address

DAEMONS = [
    Address("MAILER-DAEMON@mx.example"),
    Address("postmaster@mx.example"),
    Address("bounces+dana=broker.example@mx.example"),
    Address("symantec_gateway@mx.example"),
    Address("dsn@mx.example", "Ann Lee"),
    Address("x@mx.example", "Mail Delivery Subsystem"),
    Address("x@mx.example", "Delivery System"),
    Address("x@mx.example", "MTA"),
    Address("x@mx.example", "系统退信"),
    Address('"mail-daemon"@mx.example'),
]
PEOPLE = [
    Address("dana@broker.example", "Dana Reed"),
    Address("ann.lee@school.example", "Lee, Ann"),
    Address("pat@mta.example", "Pat of the MTA"),
    Address("dsnyder@broker.example", "D. Snyder"),
    Address("bouncer@club.example", ""),
    Address("", ""),
]


def one_by_one(person: Address) -> bool:
    """Each expression asked for by itself, as the words in the files mean it."""
    local = person.address.partition("@")[0].strip('"')
    first = local.replace("+", "-").replace("_", "-").replace(".", "-").replace("=", "-").partition("-")[0]
    named = _DAEMON_NAME.found_in(person.name[:150]) or _DAEMON_NAME.found_in(local[:150])
    return _DAEMON.fills(first) or _DAEMON.fills(local) or named


@pytest.mark.parametrize("person", DAEMONS, ids=str)
def test_a_mail_system_is_known_by_its_address_or_its_name(person: Address) -> None:
    assert is_daemon(person) and one_by_one(person)


@pytest.mark.parametrize("person", PEOPLE, ids=str)
def test_a_person_is_no_mail_system(person: Address) -> None:
    assert not is_daemon(person) and not one_by_one(person)


PIECES = [
    "mailer",
    "daemon",
    "post",
    "master",
    "bounce",
    "s",
    "dsn",
    "mta",
    "virus",
    "x",
    "-",
    "_",
    ".",
    "+",
    " ",
    "\n",
]


@given(st.lists(st.sampled_from(PIECES), max_size=6), st.lists(st.sampled_from([*PIECES, "mail system"]), max_size=5))
def test_asking_first_whether_anything_fits_loses_nothing(local: list[str], name: list[str]) -> None:
    person = Address(f"{''.join(local)}@mx.example", "".join(name))
    assert is_daemon(person) == one_by_one(person)


@pytest.mark.parametrize("address", ["no-reply@mx.example", "donotreply@mx.example", "list-request@mx.example"])
def test_nobody_reads_an_answer_to_a_robot(address: str) -> None:
    assert is_robot(Address(address))
    assert not is_robot(Address(f"dana.{address.partition('-')[0]}x@mx.example"))
