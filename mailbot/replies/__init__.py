"""Letters: composing them, keeping them until they are due, delivering them."""
