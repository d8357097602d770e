"""Versions that one of two systems has and the other one does not get, as alarms; see `transforms.synchronisation`."""
