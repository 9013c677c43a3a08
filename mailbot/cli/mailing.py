"""`mailbot deliver` and `mailbot import`: mail in by a pipe and from files."""

from __future__ import annotations
