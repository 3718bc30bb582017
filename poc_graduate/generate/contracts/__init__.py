"""Contracts of an exported project: what was learnt about a table, as files that stand alone."""

from poc_graduate.generate.contracts.emit import Field, Table, files, table

__all__ = ["Field", "Table", "files", "table"]
