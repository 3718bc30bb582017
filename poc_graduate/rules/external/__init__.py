"""What other linters find in the notebooks, as findings like ours."""
