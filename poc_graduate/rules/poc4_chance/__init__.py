"""Randomness, time, environment."""
