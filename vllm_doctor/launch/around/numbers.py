"""Numbers and durations as files write them; anything else, a variable among it, is unknown."""

from __future__ import annotations

import re

_UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1, "m": 60, "h": 3600}
_MOST = 10**7


def count(text: str | None) -> int | None:
    """A whole number from 0 on."""
    text = (text or "").strip()
    return int(text) if re.fullmatch(r"[0-9]{1,7}", text) else None


def duration(text: str | None) -> int | None:
    """Seconds of a duration of compose (`1m30s`, `90s`), rounded down (compose-spec, "Specifying durations")."""
    text = (text or "").strip()
    if not re.fullmatch(r"(?:[0-9]{1,7}(?:\.[0-9]{1,6})?(?:us|ms|s|m|h)){1,5}", text):
        return None
    parts = re.findall(r"([0-9.]+)(us|ms|s|m|h)", text)
    return min(_MOST, int(sum(float(figure) * _UNITS[unit] for figure, unit in parts)))


def unresolved(text: str) -> bool:
    """Whether a text holds a variable, a substitution or a template."""
    return "$" in text or "`" in text or "{{" in text or "{%" in text
