"""Only works in a notebook."""
