"""What the name of a file says of it."""

from __future__ import annotations


def last_part(file: str) -> str:
    """The file's own name."""
    return file.replace("\\", "/").rsplit("/", 1)[-1]


def in_yaml(file: str) -> bool:
    """Whether a file is YAML by its name."""
    return last_part(file).lower().endswith((".yaml", ".yml", ".yaml.j2", ".yml.j2", ".yaml.tmpl", ".yaml.tpl"))
