"""Mail of our own people: logging what they write outside, taking in what they forward, doing what they command."""
