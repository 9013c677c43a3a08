"""What a client sends between DATA and the dot is kept to the byte, however it is cut and however large it is."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailbot.ingest import gathering
from mailbot.ingest.gathering import Gathering
from mailbot.store.sealing import Scratch

CONTENT = b".one\r\n..two\r\n\r\n.\r\nthree .\r\n\r.\r\n\n.\r\n....\r\nend\r\n"


def stuffed(content: bytes) -> bytes:
    """As a client sends it (RFC 5321 section 4.5.2)."""
    return (b"\r\n" + content).replace(b"\r\n.", b"\r\n..")[2:]


def cut(raw: bytes, seed: int) -> Iterator[bytes]:
    """The same bytes in pieces of any size, empty ones too."""
    chance, begin = random.Random(seed), 0
    while begin < len(raw):
        size = chance.randrange(5)
        yield raw[begin : begin + size]
        begin += size


@pytest.fixture(params=["memory", "disk"])
def empty(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Gathering:
    if request.param == "disk":
        monkeypatch.setattr(gathering, "LARGE", 3)
    return Gathering(1000, lambda: Scratch(tmp_path))


@pytest.mark.parametrize("seed", range(30))
def test_dots_are_unstuffed_wherever_the_pieces_are_cut(empty: Gathering, seed: int) -> None:
    for piece in cut(stuffed(CONTENT), seed):
        empty.add(piece)
    assert empty.content() == CONTENT
    assert empty.size == len(CONTENT)
    empty.close()


def test_what_is_too_much_is_forgotten_at_once(empty: Gathering, tmp_path: Path) -> None:
    empty.add(b"x" * 1000)
    assert not empty.too_much
    empty.add(b"x")
    assert empty.too_much
    assert empty.content() == b""
    empty.add(b"x" * 500)
    assert (empty.content(), empty.size) == (b"", 1501)


def test_large_mail_lies_on_disk_where_nobody_can_read_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathering, "LARGE", 10)
    made: list[Scratch] = []

    def scratch() -> Scratch:
        made.append(Scratch(tmp_path))
        return made[-1]

    kept = Gathering(1000, scratch)
    kept.add(b"the number ")
    kept.add(b"is 078-05-1120")
    assert kept.large
    assert list(tmp_path.iterdir()) == []
    made[0]._file.seek(0)
    on_disk = made[0]._file.read()
    assert len(on_disk) == 25
    assert b"078-05" not in on_disk
    assert kept.content() == b"the number is 078-05-1120"
    kept.close()
    assert made[0]._file.closed


def test_two_mails_on_disk_share_no_key(tmp_path: Path) -> None:
    both = [Scratch(tmp_path), Scratch(tmp_path)]
    for each in both:
        each.write(b"\0" * 64)
        each._file.seek(0)
    first, second = (each._file.read() for each in both)
    assert first != second
    for each in both:
        each.close()
