"""A desk with years of cases behind it, made in minutes: a few are worked by the service, the others are their copies."""
