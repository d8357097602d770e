"""The canonical events, one file for each type and version. A new version is a new file; the old file stays."""
