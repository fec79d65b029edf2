"""Fuzzing of all that reads strangers' text; see `python -m tools.fuzz --help`."""
