"""Lets a desk have many cases: one was opened each minute, so that a larger desk is an older one."""

from __future__ import annotations

import random
import secrets
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailbot.app import App
from mailbot.cases import number, tokens
from mailbot.cases.people import Person, Role
from mailbot.cases.tokens import Purpose, TokenKey
from mailbot.mail import Address, Envelope
from mailbot.store.arrivals import NewArrival
from mailbot.store.sealing import MasterKey, read_key_file
from tests.mails import mail
from tests.past.patterns import Place, Rows
from tests.past.scenes import SHARES, Cast, Played, played
from tests.past.writing import writer

#: The newest copy is so old: nothing of them counts in the budgets of today.
_YOUNGEST = timedelta(days=20)
#: Cases whose rows are written at once.
_PAGE = 2_000
#: One entry of the directory to so many cases, and a batch of exports to so many: those of a day.
_CASES_A_PERSON, _CASES_A_BATCH = 50, 1_440
_HELD = 5
#: Out of a hundred cases so many are of one of these firms, and of one of these people.
_FIRMS, _FROM_FIRMS = 20, 5
_REGULARS, _FROM_REGULARS = 40_000, 30
_DOMAINS = 40


@dataclass(frozen=True)
class Grown:
    """The desk as it was when its past was written."""

    app: App
    scenes: list[Played]
    now: datetime
    key: TokenKey
    chance: random.Random


def grow(app: App, url: str, cases: int, *, variants: int = 5) -> None:
    """Add about so many cases, of `variants` categories; the app loses its connections and makes new ones."""
    (key, *_) = read_key_file(app.config.keys.file)
    grown = Grown(app, list(_scenes(app, variants)), app.clock.now(), _token_key(key), random.Random(1))
    app.store.close()
    with writer(url) as add:
        for rows in _pages(grown, cases):
            add(rows)
    _add_the_rest(app, cases)


def firm(which: int) -> str:
    """One of those who wrote about many cases."""
    return f"office@firm{which}.example.net"


def _token_key(key: MasterKey) -> TokenKey:
    return TokenKey(key.key_id, key.derive("tokens"))


def _scenes(app: App, variants: int) -> Iterator[Played]:
    categories = [code for code, rules in app.playbook.categories.items() if not rules.redirect]
    casts = (Cast(each, categories[each % variants * 7 % len(categories)]) for each in range(variants * len(SHARES)))
    return (played(app, next(casts), play) for play in SHARES for _ in range(variants))


def _pages(grown: Grown, cases: int) -> Iterator[Rows]:
    weights = [share for share in SHARES.values() for _ in range(len(grown.scenes) // len(SHARES))]
    made = 0
    while made < cases:
        rows: Rows = defaultdict(list)
        end = min(cases, made + _PAGE)
        while made < end:
            (scene,) = grown.chance.choices(grown.scenes, weights)
            scene.pattern.copy(_place(grown, scene, made, cases - made), rows)
            made += scene.pattern.cases
        yield rows


def _place(grown: Grown, scene: Played, made: int, minutes: int) -> Place:
    """So many minutes ago, with a sender, a member, a group, numbers and ids of its own."""
    earlier = _YOUNGEST + timedelta(minutes=minutes)
    day = (grown.now - earlier).date()
    sender = _sender(grown.chance, made)
    cast, own = scene.cast, secrets.token_hex(8)
    names = {
        cast.id_of(1): f"m.{own}.1@mails.example.net",
        cast.id_of(2): f"m.{own}.2@mails.example.net",
        cast.sender: sender,
        cast.domain: sender.partition("@")[2],
        cast.member: f"{grown.chance.randrange(10**9):09d}",
        cast.group: f"{3_000_000 + grown.chance.randrange(5_000)}",
    }
    # Serials of one day: as many as were given on it at most, each once.
    numbers = {old: number.mint(day, (made + place) % number.SERIALS) for place, old in enumerate(scene.numbers)}
    signed = {old: tokens.mint(grown.key, Purpose.MESSAGE_ID, new) for old, new in numbers.items()}
    letters = {old: _letter_id(old, signed[of]) for old, of in scene.letters.items()}
    renamed = {old.encode(): new.encode() for old, new in (names | numbers | letters).items()}
    return Place(earlier, renamed, grown.now + timedelta(days=1, seconds=made % 300_000))


def _sender(chance: random.Random, made: int) -> str:
    drawn = chance.randrange(100)
    if drawn < _FROM_FIRMS:
        return firm(chance.randrange(_FIRMS))
    if drawn < _FROM_FIRMS + _FROM_REGULARS:
        regular = chance.randrange(_REGULARS)
        return f"person.m{regular // _DOMAINS:06d}@mail{1 + regular % _DOMAINS}.example.net"
    return f"writer.c{made:07d}@mail{1 + made % _DOMAINS}.example.net"


def _letter_id(old: str, token: str) -> str:
    return f"o.{secrets.token_hex(8)}.{token}@{old.rpartition('@')[2]}"


def _add_the_rest(app: App, cases: int) -> None:
    """What there is beside cases, written as the service writes it: the directory, batches, some held mail."""
    people = [
        Person(Address(firm(which)), Role.PRODUCER, f"Firm {which}", npn=f"{9_000_000 + which}")
        for which in range(_FIRMS)
    ]
    people += [
        Person(
            Address(f"agent{each}@agency{each % 500}.example.net", f"Agent {each}"),
            Role.PRODUCER,
            f"Agency {each % 500}",
        )
        for each in range(cases // _CASES_A_PERSON)
    ]
    with app.store.writing() as transaction:
        transaction.directory.put(people, "import")
    with app.store.writing() as transaction:
        for each in range(cases // _CASES_A_BATCH):
            transaction.exports.begin(f"batch {each}")
            transaction.exports.written(f"batch {each}")
        for _ in range(_HELD):
            held = NewArrival(mail("Too large."), Envelope("large@files.example.net", ()), "imap:desk", transaction.now)
            transaction.arrivals.refuse(held, "it is too large")
