"""The database: rows, seals and the units of work that change them."""
