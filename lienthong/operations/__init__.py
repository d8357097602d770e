"""What operators see and do, as plain values: one room behind the command line, an HTTP interface and a console.

A face parses what was asked, calls one function here, and shows what comes back. Nothing here prints, asks, or knows
options.

Two forms of a value, on purpose. Functions return frozen dataclasses (of this room, or of the rooms below: `Entry`,
`Balance`, `LetterSummary`), because a table wants an instant and a number to format, and mypy knows their fields.
Beside them stand functions named `..._json`, which turn such a value into a dict of JSON types with stable English
keys: the form that programs read, the same in `--json`, in `balance.json` and over HTTP. A dict alone would make every
face parse instants again; a dataclass alone would leave its JSON to each face.

Numbers of persons are masked in everything that leaves this room, personal data of events too. Sentences are messages
of the catalogue, so that each face shows them in its reader's language; reasons in the ledger are in the ledger's.
"""
