"""The report on civil servants' VNeID accounts."""
