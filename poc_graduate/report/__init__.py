"""Records to text, JSON and HTML."""
