"""The ways in, and the reading of what came in."""
