"""Breaks of a launch's text: what they look like, and the text that was meant."""
