"""Stand-in servers that speak the outside systems' wire formats from a recording, with faults on demand."""
