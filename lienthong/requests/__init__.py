"""Requests: a route that is asked. Question and answer are one event, in the ledger before the answer is sent."""
