"""Pure functions, by subject: they turn what a system sent into canonical events. No I/O library is imported here."""
