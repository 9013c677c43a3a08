"""A desk with years of cases behind it: the service works a few, and the others are copies of these."""
