"""Where to cut the notebook, what crosses each cut, and which literals become parameters."""
