"""The catalogue: all rules, the shipped ones and a user's own, read from their YAML or as the build prepared them."""

from __future__ import annotations

from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vllm_doctor.engine import prepared
from vllm_doctor.engine.asked import Asked
from vllm_doctor.engine.conditions import PREPARED_SPANS
from vllm_doctor.engine.rule import Rule, rule_from
from vllm_doctor.errors import InputError, Problem, RuleErrors
from vllm_doctor.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vllm_doctor.engine import yaml_file

PACKAGE = Path(__file__).resolve().parent.parent
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
        return tuple(rule for rule in self.rules.values() if rule.literals)

    @cached_property
    def asked(self) -> Asked:
        """Which of the rules that look at logs to try on a text."""
        return Asked(self.of_logs)

    @cached_property
    def of_launches(self) -> tuple[Rule, ...]:
        """The rules that look at launches."""
        return tuple(rule for rule in self.rules.values() if rule.by_launch)


def load(folders: Iterable[Path] = ()) -> Catalogue:
    """The shipped catalogue, and the rules of a user's folders.

    Raises:
        RuleErrors: a rule of the user's is wrong; every problem with its place.
        InputError: a folder does not exist.
    """
    shipped = _shipped(rules_folder())
    own = [rule for folder in folders for rule in read_folder(folder, shipped.causes, own=True)]
    return Catalogue({**shipped.rules, **{rule.id: rule for rule in own}}, shipped.causes) if own else shipped


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
    """A rule's data with the literal of each signature written down, or those of its pattern's alternatives."""
    return {**data, "signatures": [_with_literal(item) for item in data.get("signatures") or []]}


def _with_literal(item: dict[str, Any]) -> dict[str, Any]:
    from vllm_doctor.engine.literal import all_of, any_of, literal_of

    message = item.get("message") or ""
    literal = item.get("literal") or literal_of(message)
    if not message:
        return {**item, "literal": literal}
    if not literal:
        return {**item, "any_of": list(any_of(message))}
    return {**item, "literal": literal, "words": [word for word in all_of(message) if word.strip() != literal]}


def _files(folder: Path) -> Iterator[Path]:
    root = folder.resolve()
    for path in sorted(folder.rglob("*.y*ml")):
        inside = path.is_file() and path.resolve().is_relative_to(root)
        if inside and path.suffix in (".yaml", ".yml") and path.name != "causes.yaml":
            yield path


def _shown(path: Path, folder: Path) -> str:
    return str(Path(folder.name) / path.relative_to(folder))


def _read(path: Path, shown: str) -> yaml_file.Document:
    from vllm_doctor.engine import yaml_file

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


@lru_cache(maxsize=1)
def _shipped(folder: Path) -> Catalogue:
    """The shipped rules, made once for all logs that a process reads."""
    ready = prepared.read(None if folder.name == "_rules" else stamp(folder))
    if ready:
        PREPARED_SPANS.update(ready.spans)
        return Catalogue({rule.id: rule for rule in ready.rules}, ready.causes)
    read = gather(folder)
    rules = (rule_from(data, file) for file, data in read.rules)
    return Catalogue({rule.id: rule for rule in rules}, read.causes)


def stamp(folder: Path) -> str:
    """What changes whenever a rule file of a checkout changes: names, sizes and times."""
    found = ((str(path.relative_to(folder)), path.stat()) for path in sorted(folder.rglob("*.yaml")))
    return ";".join(f"{name}:{stat.st_size}:{stat.st_mtime_ns}" for name, stat in found)


def gather(folder: Path) -> prepared.Gathered:
    """The shipped rules' data, unchecked (tests check them), and the vocabulary.

    Raises:
        RuleErrors: a file cannot be read.
    """
    rules = []
    for path in _files(folder):
        document = _read(path, _shown(path, folder))
        if document.problems:
            raise RuleErrors(document.problems)
        rules.append((document.file, with_literals(document.data)))
    from vllm_doctor.engine import yaml_file

    families = yaml_file.parse((folder / "causes.yaml").read_text("utf-8"), "causes.yaml").data
    causes = {id_: about for family in families.values() for id_, about in family.items()}
    return prepared.Gathered(stamp(folder), rules, causes)
