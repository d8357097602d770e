"""What operators do with dead letters: group them by cause, edit them in pairs, replay a frozen set, discard them.

Every act is written to the ledger with the name of the operator.
"""
