"""Deadlines of dossiers, petitions and disputes, as state that facts and time drive; see ADR 34."""
