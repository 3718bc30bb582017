"""Manual cleaning."""
