"""Processes that die at a named point, the mail that was under way, and what must hold afterwards."""
