"""YAML that holds launches: read with the place of every character, written back by scalars and lines."""
