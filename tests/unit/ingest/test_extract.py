"""Attachments get their texts; what is dangerous or broken does not stop the others (A032, A033, A058)."""

from __future__ import annotations

import email.message
import gc
import os
import weakref
from collections.abc import Iterator
from contextlib import suppress

import pytest

from mailbot.ingest.contain import Child, ChildFailed
from mailbot.ingest.extract import ChildReader, read_texts
from mailbot.ingest.filetexts import Reading
from mailbot.ingest.parse import parse
from mailbot.mail import Message
from tests.unit.ingest import files


@pytest.fixture(scope="module")
def child() -> Iterator[Child]:
    pool = Child(workers=1, seconds=5.0)
    yield pool
    pool.close()


def mail_with(*attached: tuple[str, bytes]) -> Message:
    mail = email.message.EmailMessage()
    mail["From"] = "dana@broker.example"
    mail.set_content("See the files.")
    for name, content in attached:
        mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return parse(mail.as_bytes())


class Content:
    """Stands in for the bytes of a file: of this one can be told whether anybody still holds it."""


def is_there(content: Content) -> bool:
    return isinstance(content, Content)


def fails(content: Content) -> None:
    raise ValueError(type(content).__name__)


def test_what_was_read_is_not_kept(child: Child) -> None:
    """The pool remembers its last tasks: with a mail of 25 MB that would be 18 MB until the next file comes."""
    content = Content()
    gone = weakref.ref(content)
    assert child.run(is_there, content)
    del content
    gc.collect()
    assert gone() is None


def test_what_could_not_be_read_is_not_kept(child: Child) -> None:
    content = Content()
    gone = weakref.ref(content)
    with suppress(ChildFailed):
        child.run(fails, content)
        raise AssertionError("it cannot be read")
    del content
    gc.collect()
    assert gone() is None


def never(content: bytes, content_type: str) -> Reading:
    raise AssertionError(f"{content_type} must not be read")


def test_texts_and_forms_are_read_in_the_child(child: Child) -> None:
    message = read_texts(
        mail_with(("form.pdf", files.pdf(["Change form"], {"Name": "Ana"})), ("a.xlsx", files.excel([["x", 1]]))),
        ChildReader(child),
    )
    assert [(file.filename, file.text, file.form) for file in message.attachments] == [
        ("form.pdf", "Change form", (("Name", "Ana"),)),
        ("a.xlsx", "x\t1", ()),
    ]


def test_a_mail_without_files_never_starts_the_child() -> None:
    message = parse(b"From: a@b.example\n\nhello")
    assert read_texts(message, never) is message


def test_plain_text_files_need_no_child() -> None:
    message = read_texts(mail_with(("list.csv", "Zoë;1\n".encode("cp1252"))), never)
    assert message.attachments[0].text == "Zoë;1\n"


def test_a032_winmail_dat_is_opened_in_the_child_only(child: Child) -> None:
    parsed = mail_with(("winmail.dat", files.winmail("../roster.txt", b"Ana Ruiz")))
    assert [file.filename for file in parsed.attachments] == ["winmail.dat"]
    message = read_texts(parsed, ChildReader(child))
    assert [(f.part, f.filename, f.text) for f in message.attachments][1] == ("2/1", "roster.txt", "Ana Ruiz")


def test_a033_a_file_that_breaks_its_reader_is_flagged_and_the_rest_is_read(child: Child) -> None:
    broken = files.word(["x"], [["y"]])
    cut = broken[: len(broken) // 2] + b"PK\x05\x06" + broken[broken.rfind(b"PK\x05\x06") + 4 :]
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    message = read_texts(mail_with(("broken.msg", ole + cut), ("b.pdf", files.pdf(["B"]))), ChildReader(child))
    assert "unreadable" in message.attachments[0].flags
    assert message.attachments[1].text == "B"


def test_a033_a_child_that_dies_hangs_or_eats_memory_fails_alone(child: Child) -> None:
    with pytest.raises(ChildFailed):
        child.run(os._exit, 1)
    with pytest.raises(ChildFailed, match="MemoryError"):
        child.run(bytes, 3 << 30)
    assert child.run(len, b"still there") == 11


def test_a033_f28_a_child_past_its_deadline_is_killed() -> None:
    hasty = Child(workers=1, seconds=0.5)
    try:
        with pytest.raises(ChildFailed):
            hasty.run(sum, range(10**12))
        assert hasty.run(len, b"abc") == 3
    finally:
        hasty.close()


def test_a033_after_two_failures_the_rest_of_a_mail_is_left_unread() -> None:
    tried = []

    def failing(content: bytes, content_type: str) -> Reading:
        tried.append(content_type)
        return Reading(flags=("unreadable",))

    pdf = files.pdf(["x"])
    message = read_texts(mail_with(*((f"{n}.pdf", pdf + b"%" * n) for n in range(6))), failing)
    assert len(tried) == 2
    assert len(message.attachments) == 6


def test_a058_a_workbook_that_would_unpack_to_far_too_much_is_never_opened() -> None:
    bomb = bytearray(files.excel([["x"]]))
    entry = bomb.find(b"PK\x01\x02")
    bomb[entry + 24 : entry + 28] = (1 << 31).to_bytes(4, "little")
    message = read_texts(mail_with(("bomb.xlsx", bytes(bomb))), never)
    assert "zip_bomb" in message.attachments[0].flags
    assert message.attachments[0].text == ""
