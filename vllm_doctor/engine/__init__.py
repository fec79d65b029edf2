"""ROOM 6: rules meet facts. Schema, catalogue, matching, deciding (decide.py alone ranks) and repair."""
