"""The monthly report on lateness: the office, or the synchronisation."""
