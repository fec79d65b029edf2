"""A baseline: findings that a repository has already, so that only new ones are told.

A JSON file, one finding a line, sorted: it is committed, and read by people in diffs. A finding is known by its file
(from the baseline's own folder), its id and the fingerprint of its launch; lines do not matter.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from typing import TYPE_CHECKING, Any

from vllm_doctor.errors import InputError
from vllm_doctor.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

MAX_FILE = 64 << 20
_DO = "Write it with --write-baseline."


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """What a baseline knows a finding by."""

    file: str
    id: str
    fingerprint: str


class Baseline:
    """The findings of one file, and which of them a run has met."""

    def __init__(self, path: Path, counts: dict[Entry, int] | None = None) -> None:
        self.path = path
        self.counts = dict(counts or {})
        self._left = Counter(self.counts)
        self._seen: set[str] = set()

    def known_in(self, file: str) -> Callable[[str, str, int], bool]:
        """What tells whether so many findings of an id, in a launch of a fingerprint, are listed for a file."""
        name = self._name(file)
        self._seen.add(name)

        def known(id_: str, fingerprint: str, number: int) -> bool:
            entry = Entry(name, id_, fingerprint)
            if self._left[entry] < number:
                return False
            self._left[entry] -= number
            return True

        return known

    def stale(self) -> int:
        """How many listed findings are there no more: of files that were looked at, or have gone."""
        left = +self._left
        return sum(number for entry, number in left.items() if entry.file in self._seen or self._gone(entry.file))

    def with_findings(self, found: Iterable[tuple[str, str, str]], seen: Iterable[str]) -> Baseline:
        """A baseline of what was found (file, id, fingerprint), and of what is listed for files not `seen`."""
        names = {self._name(file) for file in seen}
        kept = {
            entry: number
            for entry, number in self.counts.items()
            if entry.file not in names and not self._gone(entry.file)
        }
        new = Counter(Entry(self._name(file), id_, fingerprint) for file, id_, fingerprint in found)
        return Baseline(self.path, kept | new)

    def text(self) -> str:
        """The file's text."""
        rows = [
            json.dumps({"file": one.file, "id": one.id, "fingerprint": one.fingerprint, "count": self.counts[one]})
            for one in sorted(self.counts)
        ]
        inside = "\n" + ",\n".join(rows) + "\n" if rows else ""
        return f'{{"schema_version": 1, "findings": [{inside}]}}\n'

    def _name(self, file: str) -> str:
        return os.path.relpath(file, self.path.parent).replace(os.sep, "/")

    def _gone(self, name: str) -> bool:
        return not (self.path.parent / name).exists()


def read_baseline(path: Path) -> Baseline:
    """The baseline of a file.

    Raises:
        InputError: it cannot be read, or is none.
    """
    try:
        if path.stat().st_size > MAX_FILE:
            raise InputError("is larger than 64 MiB, too large for a baseline", str(path))
        data = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or error}", str(path), _DO) from error
    except json.JSONDecodeError as error:
        raise InputError(f"is no JSON: {error.msg}", f"{path}:{error.lineno}:{error.colno}", _DO) from error
    except (UnicodeDecodeError, RecursionError) as error:
        raise InputError("is no baseline of vllm-doctor", str(path), _DO) from error
    if not isinstance(data, dict) or data.get("schema_version") != 1 or not isinstance(data.get("findings"), list):
        raise InputError("is no baseline of vllm-doctor", str(path), _DO)
    return Baseline(path, dict(_entry(item, path) for item in data["findings"]))


def _entry(item: Any, path: Path) -> tuple[Entry, int]:
    texts = [item.get(key) for key in ("file", "id", "fingerprint")] if isinstance(item, dict) else []
    given = [text for text in texts if isinstance(text, str)]
    count = item.get("count", 1) if texts else 0
    if len(given) != 3 or type(count) is not int or count < 1:
        raise InputError(f"has a finding that is none: {json.dumps(item)[:80]}", str(path), _DO)
    return Entry(*given), count
