"""The life of a report: drafts, approvals, editions, and the messages that were sent."""
