"""Projects that were exported: builds with warm kernels, and builds that need not happen."""
