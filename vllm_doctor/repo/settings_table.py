"""The table of settings in a TOML file, checked: what is unknown or of a wrong type is told with its line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from vllm_doctor.errors import InputError
from vllm_doctor.patterns import pattern
from vllm_doctor.repo.ignored import Patterns
from vllm_doctor.repo.settings import OWN, Settings
from vllm_doctor.repo.toml_file import line_of, read_toml
from vllm_doctor.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable

    from vllm_doctor.finding import Severity

_RELEASE = pattern(r"v?\d+\.\d+[\w.+-]*")
LEVELS = ("error", "warning", "note")


def settings_of_own_file(data: bytes, file: str, folder: str) -> Settings:
    """The settings of a `vllm-doctor.toml`.

    Raises:
        InputError: it is no TOML, or a setting is wrong.
    """
    table, text = read_toml(data, file)
    return _Table(file, folder, (), text, table).settings()


def settings_of_shared_file(data: bytes, file: str, folder: str) -> Settings | None:
    """The settings of a `pyproject.toml`; None where it has no `[tool.vllm-doctor]`. Raises as the other does."""
    whole, text = read_toml(data, file)
    tool = whole.get("tool")
    table = tool.get("vllm-doctor") if isinstance(tool, dict) else None
    return None if table is None else _Table(file, folder, ("tool", "vllm-doctor"), text, table).settings()


@dataclass(frozen=True)
class _Table:
    """Makes settings from a table, and tells what is wrong in it at its line."""

    file: str
    folder: str
    path: tuple[str, ...]
    text: str
    table: Any

    def settings(self) -> Settings:
        """The settings; the first thing that is wrong is raised as an `InputError`."""
        if not isinstance(self.table, dict):
            raise self._wrong((), "tool.vllm-doctor must be a table")
        made: dict[str, Any] = {}
        named: dict[str, str] = {}
        for key, value in self.table.items():
            if key not in _KEYS:
                raise self._unknown(key)
            made[key.replace("-", "_")] = _KEYS[key](self, key, value)
            if key in ("ignore", "severity"):
                named |= self._places(key, value)
        return Settings(self.folder, self.file, named=named, **made)

    def _places(self, key: str, value: Any) -> dict[str, str]:
        """Where each id of `ignore` or `severity` stands."""
        if isinstance(value, list):
            return dict.fromkeys(value, self._where((key,)))
        found = {id_: self._where((key, id_)) for id_ in value} if key == "severity" else {}
        for glob, ids in value.items() if key == "ignore" else ():
            found |= dict.fromkeys(ids, self._where((key, glob)))
        return found

    def text_value(self, key: str, value: Any) -> str:
        """A text."""
        if not isinstance(value, str) or not value.strip():
            raise self._wrong((key,), f'{key} must be a string, as in {key} = "{_SAMPLES[key]}"')
        return value

    def release(self, key: str, value: Any) -> str:
        """A release of vLLM."""
        if not _RELEASE.fullmatch(self.text_value(key, value)):
            raise self._wrong((key,), f'{key} must be one release, as in {key} = "{_SAMPLES[key]}"')
        return str(value)

    def gpu(self, key: str, value: Any) -> str:
        """A GPU's name, or its memory in GiB."""
        return str(value) if type(value) in (int, float) else self.text_value(key, value)

    def level(self, key: str, value: Any) -> Any:
        """A severity."""
        if value not in LEVELS:
            raise self._wrong((key,), f"{key} must be one of {', '.join(LEVELS)}")
        return value

    def texts(self, key: str, value: Any, *below: str) -> list[str]:
        """A list of texts."""
        if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value):
            shown = ".".join((key, *below)) if not below else f"{key} for {below[0]!r}"
            raise self._wrong((key, *below), f"{shown} must be a list of strings")
        return value

    def patterns(self, key: str, value: Any) -> Patterns:
        """Globs."""
        return Patterns(self.texts(key, value))

    def folders(self, key: str, value: Any) -> tuple[Path, ...]:
        """Folders, from the file's own."""
        return tuple(Path(self.folder, one) for one in self.texts(key, value))

    def ids(self, key: str, value: Any) -> tuple[tuple[Patterns | None, frozenset[str]], ...]:
        """Ids for all files, or a table of ids by glob."""
        if not isinstance(value, dict):
            return ((None, frozenset(self.texts(key, value))),)
        return tuple((Patterns([glob]), frozenset(self.texts(key, ids, glob))) for glob, ids in value.items())

    def levels(self, key: str, value: Any) -> dict[str, Severity]:
        """A severity for each id."""
        if not isinstance(value, dict):
            raise self._wrong((key,), f'{key} must be a table, as in {key} = {{ floating-tag = "error" }}')
        for id_, level in value.items():
            if level not in LEVELS:
                raise self._wrong((key, id_), f"the severity of {id_} must be one of {', '.join(LEVELS)}")
        return dict(value)

    def _unknown(self, key: str) -> InputError:
        from difflib import get_close_matches

        if key == "tool" and not self.path:
            return self._wrong((key,), f"the keys of {OWN} stand at its top, without [tool.vllm-doctor]")
        near = get_close_matches(key.replace("_", "-"), list(_KEYS), 1)
        do = f"Did you mean {near[0]}?" if near else f"Keys: {', '.join(sorted(_KEYS))}."
        return self._wrong((key,), f"{key!r} is no setting", do)

    def _wrong(self, below: tuple[str, ...], what: str, do: str = "") -> InputError:
        return InputError(what, self._where(below), do)

    def _where(self, below: tuple[str, ...]) -> str:
        return f"{self.file}:{line_of(self.text, (*self.path, *below))}"


_KEYS: dict[str, Callable[[_Table, str, Any], Any]] = {
    "vllm-version": _Table.release,
    "gpu": _Table.gpu,
    "ignore": _Table.ids,
    "severity": _Table.levels,
    "rules": _Table.folders,
    "exclude": _Table.patterns,
    "fail-on": _Table.level,
}
_SAMPLES = {"vllm-version": "0.24.0", "gpu": "A10"}
