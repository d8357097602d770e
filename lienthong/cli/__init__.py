"""The command line. Every command is thin: it opens what it needs, asks the engine, and shows the answer."""
