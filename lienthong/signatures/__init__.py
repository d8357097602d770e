"""Judging signatures: bytes, a trust folder and a moment in, a verdict in the words of ETSI EN 319 102-1 out.

The room is pure: it reads no clock, no network and no file but those of the trust folder. Parsers of others read the
structures; every decision of a verdict is made here, with its clause beside it (ADR 29).
"""
