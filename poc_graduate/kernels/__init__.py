"""Warm kernels: forks of processes that have imported what a notebook imports first."""
