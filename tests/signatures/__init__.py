"""Judging signatures: a public key infrastructure invented for it, signed files good and forged, and their verdicts."""
