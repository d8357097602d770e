"""The report on the province's indicators of serving citizens and businesses."""
