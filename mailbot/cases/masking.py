"""How people and ids appear where their full form may not: in letters, and in views without the right to more."""

from __future__ import annotations


def initials(name: str) -> str:
    """ "Maria Lopez Ruiz" as "M. L. R."; a name in a script without blanks as its first sign."""
    return " ".join(f"{word[0].upper()}." for word in name.split() if word[0].isalpha())


def last_four(number: str) -> str:
    """The last four letters and digits behind dots; all of it is hidden where there are not more than four."""
    plain = [sign for sign in number if sign.isalnum()]
    return "\u2026" + "".join(plain[-4:]) if len(plain) > 4 else ""
