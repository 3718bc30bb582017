"""Hard to read."""
