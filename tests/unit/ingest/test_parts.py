"""The tree of parts: cut where the delimiters stand, without recursion, and its text put together."""

from __future__ import annotations

import pytest

from mailbot.ingest import defects
from mailbot.ingest.defects import Defects
from mailbot.ingest.parse import parse
from mailbot.ingest.parts import MOST_DEPTH, read_tree
from tests.unit.ingest.growth import growth


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


@pytest.mark.parametrize("quote", ['"', ""])
def test_a_boundary_that_ends_like_the_closing_one_of_its_parent_opens_parts(quote: str) -> None:
    raw = f"Content-Type: multipart/mixed; boundary={quote}b--{quote}\n\n--b--\n"
    raw += f"Content-Type: multipart/mixed; boundary={quote}b----{quote}\n\n"
    raw += "--b----\n\none\n--b----\n\ntwo\n--b------\n"
    assert [body for _, _, body in leaves(raw)] == [b"one", b"two"]


def test_many_lines_that_close_an_outer_boundary_take_linear_time() -> None:
    def made(n: int) -> bytes:
        head = b'Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/mixed; boundary="b--"\n\n'
        return head + b"--b--\n" * (n // 6)

    assert growth(parse, made, 60_000) < 3.2


@pytest.mark.parametrize(
    ("first", "second", "kind"),
    [
        ("multipart/mixed; boundary=i", "text/plain", "text/plain"),
        ("multipart/mixed; boundary=i", "text/html", "text/html"),
        ("text/html", "text/plain", "text/html"),
        ("image/png", "text/plain", "image/png"),
    ],
)
def test_a029_a_part_with_two_types_is_read_so_that_nothing_is_left_out(first: str, second: str, kind: str) -> None:
    part = f"Content-Type: {first}\r\nContent-Type: {second}\r\n\nabove\n--i\n\nbelow\n--i--"
    found = Defects()
    tree = read_tree(multipart("mixed", "o", part).encode(), found)
    assert [leaf.content_type for leaf in tree.leaves()] == [kind]
    assert defects.AMBIGUOUS_PART in found.found()


def test_a_whole_mail_with_two_types_is_read_by_the_first() -> None:
    raw = multipart("mixed", "b", text("one"), text("two")).replace(
        "\r\n\r\n", "\r\nContent-Type: text/plain\r\n\r\n", 1
    )
    assert [body for _, _, body in leaves(raw)] == [b"one", b"two"]


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_parts_and_their_text_are_the_same_with_every_line_end(end: str) -> None:
    soft = "Content-Type: text/plain\nContent-Transfer-Encoding: quoted-printable\n\nPlease add=\n my son."
    raw = multipart("mixed", "b", soft, text("Dana")).replace("\r\n", "\n").replace("\n", end)
    message = parse(raw.encode())
    assert message.text == "Please add my son.\nDana"
    assert message.attachments == ()
