"""The bookkeeping of events: entries, double entry and the hash chain. Pure functions and values; SQL is elsewhere."""
