"""Repositories of the Hugging Face Hub whose files only a token may read; the list and its source: gated.json."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path

_LIST = Path(__file__).with_name("gated.json")


@lru_cache(maxsize=1)
def gated_repos() -> tuple[str, ...]:
    """The repositories, with `*` for the rest of a name."""
    return tuple(json.loads(_LIST.read_text("utf-8"))["repos"])


def is_gated(model: str) -> bool:
    """Whether a model as it is named is known to be gated; a revision behind `@` does not matter."""
    name = model.partition("@")[0].lower()
    return any(fnmatchcase(name, repo.lower()) for repo in gated_repos())
