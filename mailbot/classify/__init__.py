"""From a parsed message to what it asks for, what it brings and what is missing."""
