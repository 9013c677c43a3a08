"""What is handed to the administration system, and what comes back from it."""
