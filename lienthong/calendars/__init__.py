"""Office calendars: which days and hours an agency works, and reckoning in them. Pure; see ADR 31."""
