"""What operators do with dead letters: look by cause, edit in pairs, replay a frozen set, discard.

Every act is written to the ledger with who did it.
"""
