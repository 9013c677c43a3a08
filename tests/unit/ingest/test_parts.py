"""The tree of parts: cut where the delimiters stand, without recursion, and its text put together."""

from __future__ import annotations

import pytest

from mailbot.ingest import defects
from mailbot.ingest.defects import Defects
from mailbot.ingest.parse import parse
from mailbot.ingest.parts import MOST_DEPTH, read_tree


def multipart(kind: str, boundary: str, *parts: str) -> str:
    joined = "".join(f"--{boundary}\r\n{part}\r\n" for part in parts)
    return f'Content-Type: multipart/{kind}; boundary="{boundary}"\r\n\r\n{joined}--{boundary}--\r\n'


def text(content: str, kind: str = "plain") -> str:
    return f"Content-Type: text/{kind}\r\n\r\n{content}"


def leaves(raw: str) -> list[tuple[str, str, bytes]]:
    return [(part.path, part.content_type, part.body) for part in read_tree(raw.encode(), Defects()).leaves()]


def test_parts_are_numbered_from_the_root() -> None:
    inner = multipart("alternative", "i", text("a"), text("b", "html")).rstrip()
    assert leaves(multipart("mixed", "o", inner, text("c"))) == [
        ("1.1", "text/plain", b"a"),
        ("1.2", "text/html", b"b"),
        ("2", "text/plain", b"c"),
    ]


def test_a_mail_of_one_part_is_part_one() -> None:
    assert leaves("Subject: x\r\n\r\nbody") == [("1", "text/plain", b"body")]


def test_the_line_end_before_a_delimiter_is_not_content() -> None:
    assert leaves(multipart("mixed", "b", text("a\r\n")))[0][2] == b"a\r\n"


def test_parts_of_a_digest_are_mails() -> None:
    assert leaves(multipart("digest", "b", "\r\nSubject: x\r\n\r\ny"))[0][1] == "message/rfc822"


@pytest.mark.parametrize("declared", ["", "text", "nonsense", "text/", "text/plain/x", "text plain", "te xt/html"])
def test_a_type_that_is_none_means_plain_text(declared: str) -> None:
    assert leaves(f"Content-Type: {declared}\r\n\r\nx")[0][1] == "text/plain"


@pytest.mark.parametrize("line", ["--b ", "--b\t", "--b"])
def test_blanks_behind_a_delimiter_are_forgiven(line: str) -> None:
    raw = f'Content-Type: multipart/mixed; boundary="b"\r\n\r\n{line}\r\n\r\na\r\n--b--'
    assert [leaf[2] for leaf in leaves(raw)] == [b"a"]


@pytest.mark.parametrize("line", ["x--b", "--bb", "--b-", "-- b"])
def test_what_only_looks_like_a_delimiter_is_content(line: str) -> None:
    raw = multipart("mixed", "b", text(f"one\r\n{line}\r\ntwo"))
    assert [leaf[2] for leaf in leaves(raw)] == [f"one\r\n{line}\r\ntwo".encode()]


def test_deeper_than_the_cap_is_one_unread_leaf() -> None:
    raw = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(MOST_DEPTH + 5)) + "\nx"
    found = Defects()
    (leaf,) = read_tree(raw.encode(), found).leaves()
    assert leaf.path.count(".") == MOST_DEPTH - 1
    assert defects.TOO_DEEP in found.found()


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (multipart("alternative", "b", text("plain"), text("<p>rich</p>", "html")), "plain"),
        (multipart("alternative", "b", text(" "), text("<p>rich</p>", "html")), "rich"),
        (multipart("mixed", "b", text("one"), text("two")), "one\ntwo"),
        (multipart("mixed", "b", text("<p>one</p>", "html"), text("two")), "one\ntwo"),
        (multipart("related", "b", text("<p>one</p>", "html"), "Content-Type: image/png\r\n\r\nx"), "one"),
        (multipart("alternative", "b", text("one"), text("two")), "one\ntwo"),
        (multipart("mixed", "b", "\r\nno headers"), "no headers"),
        ("Content-Type: text/html\r\n\r\n<meta charset=koi8-r><p>\xd0</p>", "п"),
    ],
)
def test_the_text_is_put_together_over_all_parts(raw: str, shown: str) -> None:
    lines = [line.strip() for line in parse(raw.encode("latin-1")).text.splitlines() if line.strip()]
    assert "\n".join(lines) == shown
