"""The life of a report: drafts, approvals, editions, and what was sent to whom."""
