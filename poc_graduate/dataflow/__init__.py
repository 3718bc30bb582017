"""Who defines, uses, changes and shares what: from a `Notebook` to a `Dataflow`."""
