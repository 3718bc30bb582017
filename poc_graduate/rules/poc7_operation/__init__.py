"""Not ready to be operated."""
