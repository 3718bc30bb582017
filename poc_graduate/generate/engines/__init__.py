"""Files by which an engine runs an exported project: one node a task, nothing of ours in them."""
