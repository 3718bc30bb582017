"""Contracts that batches of data keep: learnt from reference batches, checked where data enters."""
