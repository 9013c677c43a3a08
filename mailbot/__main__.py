"""`python -m mailbot` is the command `mailbot`."""

from __future__ import annotations

from mailbot.cli import main

if __name__ == "__main__":
    main()
