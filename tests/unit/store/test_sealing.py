"""A sealed value opens in its own place, unchanged, with its key, and in no other way."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.errors import KeyUnusable, Tampered
from mailbot.store import sealing
from mailbot.store.sealing import (
    KEY_BYTES,
    NONCE_BYTES,
    MasterKey,
    Scratch,
    Sealer,
    new_key_file,
    read_key_file,
    sealed_size,
)

KEY, NEW_KEY = MasterKey(b"k" * KEY_BYTES), MasterKey(b"n" * KEY_BYTES)
SEALER = Sealer((KEY,))
PLACE = ("cases", 7, "content")
SEALED = SEALER.seal(*PLACE, b"a canary: 078-05-1120")


@given(st.binary(max_size=300))
def test_what_was_sealed_opens_to_the_same_bytes(plain: bytes) -> None:
    assert SEALER.open(*PLACE, SEALER.seal(*PLACE, plain)) == plain


@given(st.binary(max_size=300))
def test_what_is_sealed_without_a_second_copy_opens_as_any_other(plain: bytes) -> None:
    sealed = bytes(SEALER.seal_large(*PLACE, plain))
    assert SEALER.open(*PLACE, sealed) == plain
    assert len(sealed) == len(SEALER.seal(*PLACE, plain))


def test_a122_a124_a_large_value_is_bound_to_its_place_under_a_nonce_of_its_own() -> None:
    one, other = (bytes(SEALER.seal_large(*PLACE, b"a canary")) for _ in range(2))
    assert one[3 : 3 + NONCE_BYTES] != other[3 : 3 + NONCE_BYTES]
    assert b"canary" not in one
    with pytest.raises(Tampered):
        SEALER.open("cases", 8, "content", one)


def pieces_of(sealed: bytes, size: int) -> Iterator[bytes]:
    """As a database hands them on; what stands before the mail is in the first."""
    for begin in range(0, len(sealed), size):
        yield sealed[begin : begin + size]


@given(st.binary(max_size=300), st.integers(15, 400))
def test_what_was_sealed_at_once_opens_in_pieces(plain: bytes, size: int) -> None:
    assert SEALER.open_in_pieces(*PLACE, pieces_of(SEALER.seal(*PLACE, plain), size)) == plain


@pytest.mark.parametrize("size", [0, 1, sealing._PIECE - 1, sealing._PIECE, sealing._PIECE + 1, 3 * sealing._PIECE])
def test_what_was_sealed_in_pieces_opens_at_once(size: int) -> None:
    plain = os.urandom(size)
    sealed = b"".join(SEALER.seal_in_pieces(*PLACE, plain))
    assert len(sealed) == sealed_size(plain)
    assert SEALER.open(*PLACE, sealed) == plain


@pytest.mark.parametrize("size", [15, 16, 31, 100])
@pytest.mark.parametrize("position", range(0, len(SEALED), 5))
def test_a122_any_flipped_byte_of_any_piece_is_noticed(position: int, size: int) -> None:
    changed = bytearray(SEALED)
    changed[position] ^= 1
    with pytest.raises(Tampered):
        SEALER.open_in_pieces(*PLACE, pieces_of(bytes(changed), size))


@pytest.mark.parametrize("length", range(0, len(SEALED), 3))
def test_a122_a_piece_that_is_missing_is_noticed(length: int) -> None:
    with pytest.raises(Tampered):
        SEALER.open_in_pieces(*PLACE, pieces_of(SEALED[:length], 20))


def test_a122_pieces_of_another_place_are_noticed() -> None:
    with pytest.raises(Tampered):
        SEALER.open_in_pieces("cases", 8, "content", pieces_of(SEALED, 20))


@given(st.text(max_size=100))
def test_text_comes_back_with_lone_surrogates_replaced(text: str) -> None:
    opened = SEALER.open_text(*PLACE, SEALER.seal_text(*PLACE, text))
    assert opened == text.encode("utf-8", "replace").decode()


@pytest.mark.parametrize("position", range(len(SEALED)))
def test_a122_any_flipped_byte_is_noticed(position: int) -> None:
    changed = bytearray(SEALED)
    changed[position] ^= 1
    with pytest.raises(Tampered):
        SEALER.open(*PLACE, bytes(changed))


@pytest.mark.parametrize("length", range(len(SEALED)))
def test_a122_a_truncated_value_is_noticed(length: int) -> None:
    with pytest.raises(Tampered):
        SEALER.open(*PLACE, SEALED[:length])


@pytest.mark.parametrize(
    "place",
    [
        ("cases", 8, "content"),
        ("cases", 7, "subject"),
        ("letters", 7, "content"),
        ("cases", 71, "content"),
        ("cases|7", 7, "content"),
    ],
)
def test_a122_a_value_moved_to_another_row_column_or_table_is_noticed(place: tuple[str, int, str]) -> None:
    with pytest.raises(Tampered):
        SEALER.open(*place, SEALED)


def test_a122_the_error_names_the_place_and_tells_no_content() -> None:
    with pytest.raises(Tampered, match=r"cases\.content of row 7") as caught:
        SEALER.open(*PLACE, SEALED[:-1] + b"?")
    assert "canary" not in str(caught.value)


def test_nothing_of_the_content_shows_in_what_is_sealed() -> None:
    assert b"canary" not in SEALED
    assert "kkkk" not in repr(KEY)


def test_a123_another_key_does_not_open_it() -> None:
    with pytest.raises(Tampered):
        Sealer((NEW_KEY,)).open(*PLACE, SEALED)


def test_after_a_change_of_keys_both_open_and_the_first_seals() -> None:
    both = Sealer((NEW_KEY, KEY))
    assert both.open(*PLACE, SEALED) == SEALER.open(*PLACE, SEALED)
    assert Sealer((NEW_KEY,)).open(*PLACE, both.seal(*PLACE, b"x")) == b"x"


def test_digests_outlive_a_change_of_keys() -> None:
    assert Sealer((NEW_KEY, KEY)).blind("address", "a@b.example") == SEALER.blind("address", "a@b.example")


def test_equal_values_have_equal_digests_for_one_purpose_and_key_only() -> None:
    digest = SEALER.blind("address", "dana@broker.example")
    assert digest == SEALER.blind("address", b"dana@broker.example")
    assert digest != SEALER.blind("message-id", "dana@broker.example")
    assert digest != SEALER.blind("address", "dana@broker.exampl")
    assert digest != Sealer((NEW_KEY,)).blind("address", "dana@broker.example")


def test_a046_a_lone_surrogate_has_a_digest() -> None:
    assert SEALER.blind("message-id", "a\udcff@b") != SEALER.blind("message-id", "a?@b")


def test_a124_no_nonce_comes_twice() -> None:
    nonces = {SEALER.seal(*PLACE, b"")[3 : 3 + NONCE_BYTES] for _ in range(20_000)}
    assert len(nonces) == 20_000


def test_each_table_and_purpose_has_a_key_of_its_own() -> None:
    purposes = ["seal cases", "seal letters", "blind address", "tokens"]
    assert len({KEY.derive(purpose) for purpose in purposes} | {KEY.secret}) == len(purposes) + 1


def test_a_new_key_file_is_for_its_owner_only_and_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "mailbot.key"
    new_key_file(path)
    assert path.stat().st_mode & 0o777 == 0o600
    (key,) = read_key_file(path)
    assert len(key.secret) == KEY_BYTES
    with pytest.raises(FileExistsError):
        new_key_file(path)


@pytest.mark.parametrize(
    ("content", "mode", "sentence"),
    [
        (None, 0o600, "is missing: put back your copy"),
        (b"", 0o600, "holds no key"),
        (b"# only a comment\n", 0o600, "holds no key"),
        (b"not base64!\n", 0o600, "is damaged"),
        (base64.b64encode(b"short") + b"\n", 0o600, "is damaged"),
        (b"\xff\xfe\x00", 0o600, "is damaged"),
        ("ключ\n".encode(), 0o600, "is damaged"),
        (base64.b64encode(b"k" * 32), 0o640, "chmod 600"),
        (base64.b64encode(b"k" * 32), 0o604, "chmod 600"),
        (base64.b64encode(b"k" * 32), 0o620, "chmod 600"),
    ],
)
def test_a123_a_key_file_that_cannot_be_used_is_refused_with_the_remedy(
    tmp_path: Path, content: bytes | None, mode: int, sentence: str
) -> None:
    path = tmp_path / "mailbot.key"
    if content is not None:
        path.write_bytes(content)
        os.chmod(path, mode)
    with pytest.raises(KeyUnusable, match=sentence) as caught:
        read_key_file(path)
    assert str(path) in str(caught.value)
    assert base64.b64encode(b"k" * 32).decode() not in str(caught.value)


def test_a_folder_in_place_of_the_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KeyUnusable, match="cannot be read"):
        read_key_file(tmp_path)


@pytest.mark.parametrize("lines", [b"{a}\n{b}\n", b"# of today\n{a}\n\n# of last year\n{b}", b"{a}\r\n  \r\n{b}\r\n"])
def test_the_first_key_of_the_file_seals_and_all_open(tmp_path: Path, lines: bytes) -> None:
    path = tmp_path / "mailbot.key"
    path.write_bytes(lines.replace(b"{a}", base64.b64encode(b"a" * 32)).replace(b"{b}", base64.b64encode(b"b" * 32)))
    path.chmod(0o600)
    keys = read_key_file(path)
    assert [key.secret for key in keys] == [b"a" * 32, b"b" * 32]
    assert Sealer(keys).active_key == keys[0]


def test_a_letter_too_many_in_a_key_is_no_key(tmp_path: Path) -> None:
    """A reader that passes over what is not base64 would take another key than the one that was copied."""
    path = tmp_path / "mailbot.key"
    path.write_bytes(b"?" + base64.b64encode(b"k" * 32))
    path.chmod(0o600)
    with pytest.raises(KeyUnusable, match="is damaged"):
        read_key_file(path)


# What is put aside while it comes in.


@pytest.mark.parametrize(
    "pieces", [[], [b"x"], [b"one ", bytearray(b"and "), b"two"], [b"x" * 1_500_000, b"y" * 700_000]]
)
def test_what_was_put_aside_comes_back_whole(tmp_path: Path, pieces: list[bytes]) -> None:
    scratch = Scratch(tmp_path)
    for piece in pieces:
        scratch.write(piece)
    assert scratch.read() == b"".join(pieces)
    scratch.close()
    assert list(tmp_path.iterdir()) == []


def test_nothing_that_was_put_aside_shows_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disk = (tmp_path / "disk").open("w+b")
    monkeypatch.setattr(sealing.tempfile, "TemporaryFile", lambda dir: disk)
    scratch, again = Scratch(tmp_path), b"a canary " * 1_000
    scratch.write(again)
    assert scratch.read() == again
    disk.flush()
    on_disk = (tmp_path / "disk").read_bytes()
    scratch.close()
    assert len(on_disk) == len(again)
    assert b"canary" not in on_disk
    assert on_disk[:18] != on_disk[18:36], "the same words are not the same bytes twice"
