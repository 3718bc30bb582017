"""Text on disk to a `Notebook` record, and back."""
