"""What staff do to cases: each act one unit of work, with an event that names who did it."""
