"""The shortcuts that would bite in production: one file a rule, one walk for all."""
