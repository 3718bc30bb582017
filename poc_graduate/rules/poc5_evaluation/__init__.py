"""Evaluation that flatters."""
