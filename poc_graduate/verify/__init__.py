"""Build the project, compare every value with the notebook's own run, certify."""
