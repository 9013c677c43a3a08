"""Tells from style sheets and attributes whether a person would see a piece of HTML text (ATTACKS A053)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

Colour = tuple[int, int, int]
WHITE: Colour = (255, 255, 255)
BLACK: Colour = (0, 0, 0)

_SHEET_CAP = 65_536
_RULES_CAP = 2_000
_NAMED: Mapping[str, Colour] = {
    "white": WHITE,
    "black": BLACK,
    "snow": (255, 250, 250),
    "ivory": (255, 255, 240),
    "ghostwhite": (248, 248, 255),
    "whitesmoke": (245, 245, 245),
    "silver": (192, 192, 192),
    "gray": (128, 128, 128),
    "grey": (128, 128, 128),
    "red": (255, 0, 0),
    "green": (0, 128, 0),
    "lime": (0, 255, 0),
    "blue": (0, 0, 255),
    "navy": (0, 0, 128),
    "yellow": (255, 255, 0),
    "orange": (255, 165, 0),
    "purple": (128, 0, 128),
    "maroon": (128, 0, 0),
    "teal": (0, 128, 128),
    "aqua": (0, 255, 255),
    "fuchsia": (255, 0, 255),
}
_NUMBERS = re.compile(r"\d{1,4}")
_LENGTH = re.compile(r"(-?\d{0,6}(?:\.\d{0,6})?)(px|pt|em|rem|ex|ch|%|in|cm|mm|vw|vh)?", re.IGNORECASE)
_COMMENT = re.compile(r"/\*[^*]*+(?:\*(?!/)[^*]*+)*+(?:\*/|\Z)")
_ESCAPE = re.compile(r"\\([0-9a-fA-F]{1,6})[ \t\r\n]?")
_NOTHING = re.compile(r"opacity\(0(?:\.0+\d?)?%?\)|scale[xy]?\(0(?:\.0+)?[,)]")
_CLIP_PATH = re.compile(r"inset\((?:[5-9]\d|100)%|circle\(0|polygon\(0 0, ?0 0")
_NO_ALPHA = re.compile(
    r"(?:rgb|hsl)a?\((?:(?:[^,()/]{1,12},){3}|[^,()/]{1,40}/)(?:0(?:\.0{1,4})?|\.0{1,4})%?\)|#[0-9a-f]{3}0|#[0-9a-f]{6}00"
)
_HSL = re.compile(r"hsla?\([^,%]{1,12}[, ]+[\d.]{1,6}%[, ]+([\d.]{1,6})%")
_SIMPLE_SELECTOR = re.compile(r"[a-z0-9]{0,16}(?:[.#][-\w]{1,80})?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Style:
    """What one element says of itself; None where it says nothing. `clear` is a background that cannot be known."""

    hides: bool = False
    tiny: bool | None = None
    ink: Colour | None = None
    ground: Colour | None = None
    clear: bool = False

    def over(self, other: Style) -> Style:
        """This style where it says something, else the other."""
        return Style(
            hides=self.hides or other.hides,
            tiny=other.tiny if self.tiny is None else self.tiny,
            ink=self.ink or other.ink,
            ground=self.ground or other.ground,
            clear=self.clear or other.clear,
        )


PLAIN = Style()


def colour(value: str) -> Colour | None:
    """A CSS or HTML colour, or None where it is not one of the usual forms."""
    value = value.strip().lower()
    if value.startswith("#") or (len(value) == 6 and value[:1].isdigit()):
        return _hexadecimal(value.lstrip("#"))
    if value.startswith("rgb"):
        numbers = [min(int(number), 255) for number in _NUMBERS.findall(value[:40])[:3]]
        return (numbers[0], numbers[1], numbers[2]) if len(numbers) == 3 else None
    if (tone := _HSL.match(value)) and (light := _length(tone[1])) is not None:
        return WHITE if light >= 97 else BLACK if light <= 3 else None
    return _NAMED.get(value)


def _hexadecimal(digits: str) -> Colour | None:
    if len(digits) in (3, 4):
        digits = "".join(digit * 2 for digit in digits[:3])
    try:
        return (int(digits[0:2], 16), int(digits[2:4], 16), int(digits[4:6], 16))
    except ValueError:
        return None


def alike(one: Colour, other: Colour) -> bool:
    """True when no eye tells the two apart."""
    return all(abs(a - b) <= 12 for a, b in zip(one, other, strict=True))


def read_style(declarations: str) -> Style:
    """The meaning of a style attribute, or of a rule's declarations."""
    said: dict[str, str] = {}
    for declaration in _bare(declarations[:2048]).split(";"):
        name, colon, value = declaration.partition(":")
        if colon:
            said[name.strip().lower()] = value.replace("!important", "").strip().lower()
    ground, clear = _ground(said)
    return Style(hides=_hides(said), tiny=_tiny(said), ink=_ink(said), ground=ground, clear=clear)


def _bare(declarations: str) -> str:
    """Without comments, and with what is written as an escape (CSS Syntax section 4.3.7) written out."""
    if "/*" in declarations:
        declarations = _COMMENT.sub("", declarations)
    return _ESCAPE.sub(_escaped, declarations) if "\\" in declarations else declarations


def _escaped(match: re.Match[str]) -> str:
    code = int(match[1], 16)
    return chr(code) if 0x20 <= code < 0x7F else " "


def _hides(said: Mapping[str, str]) -> bool:
    return (
        said.get("display") == "none"
        or said.get("visibility") in ("hidden", "collapse")
        or said.get("mso-hide") == "all"
        or _is_clear(said.get("color", ""))
        or _is_faint(said.get("opacity"))
        or _NOTHING.search(f"{said.get('filter', '')} {said.get('transform', '')}") is not None
        or _clipped(said)
        or _far_away(said)
    )


def _clipped(said: Mapping[str, str]) -> bool:
    """A box without height or width whose overflow is cut off, or one clipped to nothing."""
    if said.get("clip", "").replace(" ", "").startswith(("rect(0,0,0", "rect(0000", "rect(1px,1px", "rect(0px,0px")):
        return True
    if _CLIP_PATH.match(said.get("clip-path", "")):
        return True
    if "hidden" not in said.get("overflow", ""):
        return False
    return any(_is_zero(said.get(side)) for side in ("max-height", "height", "max-width", "width"))


def _far_away(said: Mapping[str, str]) -> bool:
    """Moved out of the window."""
    if any((_length(said.get(name)) or 0) <= -500 for name in ("text-indent", "margin-left", "margin-top")):
        return True
    if said.get("position") not in ("absolute", "fixed"):
        return False
    return any((_length(said.get(side)) or 0) <= -500 for side in ("left", "top", "right", "bottom"))


def _tiny(said: Mapping[str, str]) -> bool | None:
    """True for a font that nobody can read, False for one that is set and readable, None when not set."""
    value = said.get("font-size")
    if value is None and (font := said.get("font")):
        value = next((word.partition("/")[0] for word in font.split() if word[:1].isdigit()), None)
    if value is None:
        return None
    match = _LENGTH.match(value)
    size = _length(value)
    if match is None or size is None:
        return None  # a word such as "small", or "inherit"
    return size < {"em": 0.1, "rem": 0.1, "%": 10.0, "in": 0.02, "cm": 0.05}.get((match[2] or "px").lower(), 2.0)


def _ink(said: Mapping[str, str]) -> Colour | None:
    return colour(said["color"]) if "color" in said else None


def _ground(said: Mapping[str, str]) -> tuple[Colour | None, bool]:
    """The background colour, and whether a picture or a form that we do not read makes it unknown."""
    if "url(" in said.get("background", "") or "url(" in said.get("background-image", ""):
        return None, True
    value = said.get("background-color") or said.get("background")
    if not value or value in ("transparent", "none", "inherit", "initial"):
        return None, False
    ground = colour(value) or next((c for word in value.split()[:6] if (c := colour(word))), None)
    return ground, ground is None and "gradient" in value


def _length(value: str | None) -> float | None:
    match = _LENGTH.match(value) if value else None
    try:
        return float(match[1]) if match else None
    except ValueError:
        return None


def _is_clear(value: str) -> bool:
    """A colour that lets everything through."""
    return value == "transparent" or _NO_ALPHA.fullmatch(value.replace(" ", "")) is not None


def _is_faint(value: str | None) -> bool:
    size = _length(value)
    return size is not None and 0 <= size < (10 if value and "%" in value else 0.1)


def _is_zero(value: str | None) -> bool:
    return value is not None and _length(value) == 0.0


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rules of the style elements that name a tag, a class or an id; `unsure` when others paint a background."""

    rules: Mapping[str, Style]
    unsure: bool = False

    def style(self, tag: str, classes: str, id_: str) -> Style:
        """What the rules say of an element."""
        if not self.rules:
            return PLAIN
        keys = [tag]
        for name in classes.lower().split()[:8]:
            keys += (f".{name}", f"{tag}.{name}")
        if id_:
            keys += (f"#{id_.lower()}", f"{tag}#{id_.lower()}")
        style = PLAIN
        for key in keys:
            if key in self.rules:
                style = self.rules[key].over(style)
        return style


def read_sheet(sheets: Iterable[str]) -> Sheet:
    """Reads rules with simple selectors; what stands inside @media and its like is left out, as it rarely applies."""
    rules: dict[str, Style] = {}
    unsure = False
    for selectors, declarations in _rules("\n".join(sheets)[:_SHEET_CAP]):
        style = read_style(declarations)
        for selector in selectors.lower().split(",")[:50]:
            selector = selector.strip()
            if _SIMPLE_SELECTOR.fullmatch(selector):
                rules[selector] = style.over(rules.get(selector, PLAIN))
            elif style.ground or style.clear:
                unsure = True
    return Sheet(rules, unsure)


def _rules(css: str) -> Iterable[tuple[str, str]]:
    """The (selectors, declarations) of a style sheet, in one pass."""
    at, nested = 0, 0
    for _ in range(_RULES_CAP):
        opening = css.find("{", at)
        if opening < 0:
            return
        before = css[at:opening]
        nested -= min(nested, before.count("}"))
        selectors = before.rpartition("}")[2].rpartition("*/")[2].rpartition("<!--")[2].strip()
        at = opening + 1
        if selectors.startswith("@") and not selectors.startswith(("@font-face", "@page")):
            nested += 1
            continue
        closing = css.find("}", at)
        if closing < 0:
            return
        if not nested and not selectors.startswith("@"):
            yield selectors, css[at:closing]
        at = closing + 1
