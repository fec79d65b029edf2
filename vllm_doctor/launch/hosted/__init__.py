"""Launches inside files of another format: what the format writes, as shell text, with the way back to its places."""
