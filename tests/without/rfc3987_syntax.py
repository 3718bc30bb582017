"""Stands in for the package of this name, which jsonschema loads where it is there.

It compiles 38 grammars when it is loaded, in each process that imports nbformat, papermill or
Ploomber: 1.4 seconds of processor time each. No schema of ours has a format that needs it.
"""

raise ImportError("tests do without it")
