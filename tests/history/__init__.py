"""A history with planted differences, for the replay of history: how it was delivered, and what it should become."""
