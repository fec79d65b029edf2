"""Files that a launch file names: read only where they lie below its own folder."""

from __future__ import annotations

from pathlib import Path

_MOST = 1 << 20


def read_beside(file: str, name: str) -> str | None:
    """The text of the file `name`, seen from the folder of `file`; None unless it is a small regular file below it.

    Links are followed only to a place that is below the folder too.
    """
    if not file or not name or "\0" in name or "$" in name:
        return None
    try:
        folder = Path(file).resolve().parent
        path = (folder / name).resolve()
        if not path.is_relative_to(folder) or not path.is_file() or path.stat().st_size > _MOST:
            return None
        return path.read_bytes().decode("utf-8-sig")
    except (OSError, ValueError, RuntimeError):
        return None


def env_file(text: str) -> dict[str, str]:
    """The variables of a `.env` file, quotes taken off; variables in values stay as they are written."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        name, glue, value = line.strip().removeprefix("export ").partition("=")
        value = value.strip()
        if not glue or not name.strip() or name.startswith("#"):
            continue
        if len(value) > 1 and value[0] in "'\"" and value.endswith(value[0]):
            value = value[1:-1]
        else:
            value = value.partition(" #")[0].rstrip()
        found[name.strip()] = value
    return found
