"""Learning: our training texts, the mails composed from them, fitting the category model and scoring it."""
