"""Plan to files: pure functions from records to text, and one atomic publish."""
