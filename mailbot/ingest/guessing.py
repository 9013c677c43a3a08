"""Which charset unlabelled bytes are in, told by how often the letters that they would give occur."""

from __future__ import annotations

import re

_SAMPLE = 4096
_FEWEST = 4
_RUN = re.compile(rb"[\x80-\xff]+")
_LETTER = re.compile(rb"[A-Za-z]")
# Signs in the western charsets, letters in few others: where most high bytes are these, it is another script.
_SIGNS = re.compile(rb"[\xa0-\xbf]")
_BESIDE_LETTERS = re.compile(rb"(?<=[A-Za-z])[\x80-\xff]+|[\x80-\xff]+(?=[A-Za-z])")
_FREQUENT_CYRILLIC = frozenset("оеаинтсрвлкмдпуяы")
# The 60 characters that make up a good third of ordinary Chinese text, simplified and traditional.
_FREQUENT_CHINESE = frozenset(
    "的一是不了人我在有他这中大来上个国到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可里后小"
    "這來個國說們為時會過學對裡後請您好公司企業业管理员員"
)
_FREQUENT_KOREAN = frozenset("이다의는에을가하고지한은를도로기사대인자어서시과리해요니아습입")


def guess(raw: bytes) -> str:
    """The likeliest codec of bytes that are neither ASCII nor UTF-8; Windows-1252 when nothing speaks for another."""
    sample = raw[:_SAMPLE]
    if _is_western(sample):
        return "cp1252"
    scores = {codec: _score(sample, codec, measure) for codec, measure in _MEASURES.items()}
    best = max(scores, key=lambda codec: scores[codec])
    return best if scores[best] >= _ENOUGH else "cp1252"


_ENOUGH = 0.3


def _score(sample: bytes, codec: str, measure: str) -> float:
    """How much of the non-ASCII text, read so, is of the kind that this charset is used for (0 to 1)."""
    text = _read(sample, codec)
    if text is None:
        return 0.0
    letters = [character for character in text if character > "\x7f"]
    if not letters:
        return 0.0
    return sum(map(_KINDS[measure], letters)) / len(letters)


def _read(sample: bytes, codec: str) -> str | None:
    """The sample as text; the last bytes may be cut in the middle of a letter."""
    for cut in range(4):
        try:
            return sample[: len(sample) - cut].decode(codec)
        except UnicodeError:
            continue
    return None


def _is_western(sample: bytes) -> bool:
    """Accented letters are few and stand among plain ones; other scripts fill whole words with high bytes."""
    high = sum(map(len, _RUN.findall(sample)))
    letters = len(_LETTER.findall(sample))
    if high < _FEWEST or high * 4 < letters:
        return True
    if 2 * len(_SIGNS.findall(sample)) > high:
        return False
    beside = sum(map(len, _BESIDE_LETTERS.findall(sample)))
    return high <= letters and beside * 10 >= high * 8


def _cyrillic(character: str) -> float:
    if character in _FREQUENT_CYRILLIC:
        return 1.0
    return 0.5 if "а" <= character <= "я" else 0.1 if "А" <= character <= "Я" else -1.0


def _japanese(character: str) -> float:
    if "\u3041" <= character <= "\u30fe":
        return 1.0
    return 0.35 if "\u4e00" <= character <= "\u9fff" else 0.3 if "\u3000" <= character <= "\u303f" else -0.5


def _chinese(character: str) -> float:
    if character in _FREQUENT_CHINESE:
        return 1.0
    return 0.4 if "\u4e00" <= character <= "\u9fff" else 0.3 if _is_wide_sign(character) else -1.0


def _korean(character: str) -> float:
    if character in _FREQUENT_KOREAN:
        return 1.0
    return 0.4 if "\uac00" <= character <= "\ud7a3" else 0.1 if "\u4e00" <= character <= "\u9fff" else -1.0


def _is_wide_sign(character: str) -> bool:
    return "\u3000" <= character <= "\u303f" or "\uff00" <= character <= "\uff5e"


_KINDS = {"cyrillic": _cyrillic, "japanese": _japanese, "chinese": _chinese, "korean": _korean}
_MEASURES = {
    "cp1251": "cyrillic",
    "koi8-r": "cyrillic",
    "cp866": "cyrillic",
    "cp932": "japanese",
    "euc_jp": "japanese",
    "gb18030": "chinese",
    "cp950": "chinese",
    "cp949": "korean",
}


_JIS_SHIFT = re.compile(rb"\x1b(\$[@B]|\$\([DOPQ]|\([BJI])")


def from_iso_2022_jp(raw: bytes) -> str:
    """ISO-2022-JP with the vendors' extra characters (NEC row 13 and the like), by way of Shift-JIS.

    Never raises: what is no pair of a double-byte set is read as Windows-1252.
    """
    pieces = _JIS_SHIFT.split(raw)
    text = [pieces[0].decode("cp1252", "replace")]
    for shift, piece in zip(pieces[1::2], pieces[2::2], strict=True):
        if shift in (b"$@", b"$B"):
            text.append(_from_pairs(piece))
        elif shift == b"(I":
            text.append(bytes(byte | 0x80 for byte in piece).decode("cp932", "replace"))
        else:
            text.append(piece.decode("cp1252", "replace"))
    return "".join(text)


def _from_pairs(piece: bytes) -> str:
    """JIS X 0208 pairs of seven-bit bytes, moved to where Shift-JIS has them."""
    moved = bytearray()
    position = 0
    while position < len(piece):
        first = piece[position]
        second = piece[position + 1] if position + 1 < len(piece) else 0
        if 0x21 <= first <= 0x7E and 0x21 <= second <= 0x7E:
            moved += _to_shift_jis(first, second)
            position += 2
        else:
            moved.append(first & 0x7F)
            position += 1
    return moved.decode("cp932", "replace")


def _to_shift_jis(first: int, second: int) -> bytes:
    lead = (first + 1) // 2 + (0x70 if first < 0x5F else 0xB0)
    odd_row_trail = second + (0x20 if second > 0x5F else 0x1F)
    return bytes((lead, odd_row_trail if first % 2 else second + 0x7E))
