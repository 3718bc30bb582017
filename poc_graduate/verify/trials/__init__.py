"""Whether a project's tests can fail: mutants of its functions, and runs of what is unchanged."""
