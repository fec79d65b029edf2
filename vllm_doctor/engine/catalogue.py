"""The catalogue: all rules, the shipped ones and a user's own, checked or prepared.

A wheel carries the rules' data prepared as JSON (see `prepare`), because parsing YAML costs more than all else
that a small log needs. A checkout reads the YAML itself whenever it is newer than what was prepared.
"""

from __future__ import annotations

import json
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vllm_doctor.engine import yaml_file
from vllm_doctor.engine.conditions import SPANS, allowed
from vllm_doctor.engine.rule import Rule, rule_from
from vllm_doctor.errors import InputError, Problem, RuleErrors
from vllm_doctor.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PACKAGE = Path(__file__).resolve().parent.parent
PREPARED = PACKAGE / "_build" / "catalogue.json"
MAX_FILE = 1 << 20


def rules_folder() -> Path:
    """Where the shipped rules are: inside the installed package, else beside it in a checkout."""
    inside = PACKAGE / "_rules"
    return inside if inside.is_dir() else PACKAGE.parent / "rules"


@dataclass(frozen=True)
class Catalogue:
    """All rules by id, and the vocabulary of causes (id -> definition)."""

    rules: dict[str, Rule]
    causes: dict[str, str]

    @cached_property
    def of_logs(self) -> tuple[Rule, ...]:
        """The rules that look at logs."""
        return tuple(rule for rule in self.rules.values() if rule.signatures)

    @cached_property
    def of_launches(self) -> tuple[Rule, ...]:
        """The rules that look at launches."""
        return tuple(rule for rule in self.rules.values() if rule.launch)


def load(folders: Iterable[Path] = ()) -> Catalogue:
    """The shipped catalogue, and the rules of a user's folders.

    Raises:
        RuleErrors: a rule of the user's is wrong; every problem with its place.
        InputError: a folder does not exist.
    """
    data = _shipped()
    SPANS.update({span: frozenset(found) for span, found in data.get("spans", {}).items()})
    rules = {item["data"]["id"]: rule_from(item["data"], item["file"]) for item in data["rules"]}
    for folder in folders:
        for rule in read_folder(folder, data["causes"], own=True):
            rules[rule.id] = rule
    return Catalogue(rules, data["causes"])


def read_folder(folder: Path, causes: dict[str, str], own: bool = False) -> list[Rule]:
    """The rules of a folder's YAML files, checked.

    `own`: they are a user's, so their ids need a prefix that no shipped rule has.

    Raises:
        RuleErrors: what is wrong with any of them, all at once.
        InputError: the folder does not exist.
    """
    from vllm_doctor.engine import schema
    from vllm_doctor.vllm import history

    if not folder.is_dir():
        raise InputError("this folder of rules does not exist", str(folder), "Give a folder of YAML files.")
    documents = [_read(path, _shown(path, folder)) for path in _files(folder)]
    for document in documents:
        if document.data is not None and not document.problems:
            schema.check(document, causes, lambda flag: history(flag) is not None)
        if own and isinstance(document.data, dict) and "/" not in str(document.data.get("id", "/")):
            document.problem(("id",), f"your own rules have a prefix: acme/{document.data['id']}")
    problems = [problem for document in documents for problem in document.problems]
    problems += _twice(documents) + _dangling(documents, causes)
    if problems:
        raise RuleErrors(problems)
    return [rule_from(with_literals(document.data), document.file) for document in documents]


def with_literals(data: dict[str, Any]) -> dict[str, Any]:
    """A rule's data with the literal of each signature written down."""
    from vllm_doctor.engine.literal import literal_of

    seen = [
        {**item, "literal": item.get("literal") or literal_of(item.get("message") or "")}
        for item in data.get("signatures") or []
    ]
    return {**data, "signatures": seen}


def _files(folder: Path) -> Iterator[Path]:
    root = folder.resolve()
    for path in sorted(folder.rglob("*.y*ml")):
        inside = path.resolve().is_relative_to(root) and path.is_file()
        if inside and path.suffix in (".yaml", ".yml") and path.name != "causes.yaml":
            yield path


def _shown(path: Path, folder: Path) -> str:
    return str(Path(folder.name) / path.relative_to(folder))


def _read(path: Path, shown: str) -> yaml_file.Document:
    if path.stat().st_size > MAX_FILE:
        document = yaml_file.Document(shown)
        document.problem((), "a rule file is at most 1 MiB")
        return document
    try:
        return yaml_file.parse(path.read_text("utf-8"), shown)
    except UnicodeDecodeError as error:
        document = yaml_file.Document(shown)
        document.problem((), f"this is no UTF-8 text (byte {error.start})")
        return document


def _twice(documents: list[yaml_file.Document]) -> list[Problem]:
    seen: dict[str, str] = {}
    found = []
    for document in documents:
        id_ = document.data.get("id") if isinstance(document.data, dict) else None
        if id_ in seen:
            found.append(Problem(document.file, 1, 1, f"the id {id_} is taken by {seen[id_]}"))
        elif id_:
            seen[str(id_)] = document.file
    return found


def _dangling(documents: list[yaml_file.Document], causes: dict[str, str]) -> list[Problem]:
    """What `excludes` and `excluded_by` name and nobody has: neither a rule read here nor a cause of the vocabulary."""
    known = {
        document.data["id"] for document in documents if isinstance(document.data, dict) and "id" in document.data
    } | set(causes)
    found = []
    for document in documents:
        for key in ("excludes", "excluded_by"):
            names = document.data.get(key) if isinstance(document.data, dict) else None
            for index, name in enumerate(names if isinstance(names, list) else []):
                if name not in known:
                    line, col = document.places.get((key, index), (1, 1))
                    found.append(Problem(document.file, line, col, f"{key} names {name!r}, and there is no such rule"))
    return found


def _shipped() -> dict[str, Any]:
    folder = rules_folder()
    try:
        prepared = json.loads(PREPARED.read_text("utf-8"))
        if folder.name == "_rules" or prepared["stamp"] == stamp(folder):
            return prepared  # type: ignore[no-any-return]
    except (OSError, ValueError, KeyError):
        pass
    return gather(folder)


def stamp(folder: Path) -> str:
    """What changes whenever a rule file of a checkout changes: names, sizes and times."""
    found = ((str(path.relative_to(folder)), path.stat()) for path in sorted(folder.rglob("*.yaml")))
    return ";".join(f"{name}:{stat.st_size}:{stat.st_mtime_ns}" for name, stat in found)


def gather(folder: Path) -> dict[str, Any]:
    """The shipped rules' data, unchecked (tests check them), and the vocabulary."""
    rules = []
    for path in _files(folder):
        document = _read(path, _shown(path, folder))
        if document.problems:
            raise RuleErrors(document.problems)
        rules.append({"file": document.file, "data": with_literals(document.data)})
    families = yaml_file.parse((folder / "causes.yaml").read_text("utf-8"), "causes.yaml").data
    causes = {id_: about for family in families.values() for id_, about in family.items()}
    return {"stamp": stamp(folder), "rules": rules, "causes": causes}


def _spans(data: Any) -> Iterator[str]:
    """Every release specifier in the rules' data."""
    if isinstance(data, dict):
        if isinstance(data.get("vllm"), str):
            yield data["vllm"]
        for value in data.values():
            yield from _spans(value)
    elif isinstance(data, list):
        for item in data:
            yield from _spans(item)


def prepare(folder: Path, target: Path) -> None:
    """Write the shipped rules' data as JSON, and beside it which file makes which fact; the build calls this."""
    from vllm_doctor.facts.registry import INDEX, make_index

    target.parent.mkdir(parents=True, exist_ok=True)
    gathered = gather(folder)
    gathered["spans"] = {span: sorted(allowed(span)) for span in _spans(gathered["rules"])}
    for path, data in ((target, gathered), (target.with_name(INDEX.name), make_index())):
        path.write_text(json.dumps(data, ensure_ascii=False, separators=(",", ":")), "utf-8")
