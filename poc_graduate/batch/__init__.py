"""One notebook or project, run for each of many parameters, with a journal that outlives a kill."""
