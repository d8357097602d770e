"""Notices to citizens and officers: who hears what, by which channel, and when. Pure: no clock, no database."""
