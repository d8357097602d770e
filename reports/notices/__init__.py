"""The report of notices: what was sent, what is in doubt, and what was not sent, of a month."""
