"""The composition root, and everything that makes a bus run: threads, processes, signals, recordings, projects."""
