"""The monthly report on deadlines: met, breached, running."""
