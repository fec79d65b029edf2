"""A repository as `check` meets it: which of its files are looked at, and what it says of itself.

Beside `run`: nothing here knows of launches, rules or reports.
"""
