"""Pure functions, by subject: from what a system sent to what the house understands. No I/O library comes in here."""
