"""Hidden state."""
