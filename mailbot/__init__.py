"""mailbot is the e-mail desk of a health plan's enrollment department."""
