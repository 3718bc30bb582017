"""Contracts of an exported project: what was learnt about a table, as files that stand alone."""

from poc_graduate.generate.contracts.emit import files, table
from poc_graduate.generate.contracts.model import Field, Table

__all__ = ["Field", "Table", "files", "table"]
