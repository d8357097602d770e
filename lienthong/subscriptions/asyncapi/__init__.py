"""The contract of subscribers as an AsyncAPI 3 document. No I/O: what it is made of is collected elsewhere."""
