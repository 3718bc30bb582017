"""Data-frame and ML smells."""
