"""Systems that events are sent to: one file for each."""
