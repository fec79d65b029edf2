"""The rule file's schema: its shape, and what must hold between its parts. All errors at once, each with its place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from vllm_doctor.engine.literal import LEAST, literal_of
from vllm_doctor.engine.pattern_size import too_large
from vllm_doctor.engine.rule_parts import PLACEHOLDER, VERBS
from vllm_doctor.engine.shape import ListOf, Map, MapOf, OneOf, Path, Scalar, Text, Wanted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from vllm_doctor.engine.yaml_file import Document

LINTS = frozenset(
    """
    needless-flag ineffective-flag ineffective-env deprecated-flag changed-default duplicate-flag abbreviated-flag
    broken-continuation one-word-args repeated-program typographic-dash yaml-quoting config-ignored
    gpu-count-mismatch shm-missing probe-too-short service-name-collision floating-tag secret-in-arguments
    gated-without-token
    """.split()
)
SYMPTOMS = frozenset(
    """
    engine-died worker-died init-failed port-never-opened shm-leaked group-not-destroyed restarted
    """.split()
)

_CONDITIONS = MapOf(Wanted())
_SENTENCE = Text({"when": _CONDITIONS})
_SEVERITY = OneOf(("error", "warning", "note"))
_CONFIDENCE = OneOf(("certain", "likely", "possible"))
_VALUE = Scalar((str, int))
_SIGNATURE = Map(
    {
        "id": Scalar(),
        "vllm": Scalar(),
        "exception": ListOf(Scalar(), single=True),
        "message": Scalar(),
        "literal": Scalar(),
        "frames": ListOf(Scalar()),
        "without_frames": ListOf(Scalar()),
        "level": ListOf(Scalar(), single=True),
        "file": Scalar(),
        "facts": _CONDITIONS,
        "confidence": _CONFIDENCE,
    },
    ("id",),
)
_LAUNCH = Map(
    {
        "id": Scalar(),
        "vllm": Scalar(),
        "facts": _CONDITIONS,
        "at": ListOf(Scalar()),
        "each": OneOf(("option", "variable", "flaw")),
        "severity": _SEVERITY,
        "confidence": _CONFIDENCE,
    },
    ("id", "facts"),
)
_EDIT = Map({**{verb: Scalar() for verb in VERBS}, "to": Scalar((str, int))})
_FIX = Map(
    {
        "id": Scalar(),
        "edits": ListOf(_EDIT),
        "steps": ListOf(Map({"run": Scalar(), "where": OneOf(("server", "host", "client"))}, ("run",))),
        "release": Scalar(),
        "when": _CONDITIONS,
        "vllm": Scalar(),
        "effect": OneOf(("same", "costs", "exposes")),
        "allow": Scalar(),
        "why": Text({}),
        "checks": ListOf(_SENTENCE),
    },
    ("id", "effect", "why"),
)
_EXAMPLE = Map(
    {
        "log": Scalar(),
        "command": Scalar(),
        "file": Scalar(),
        "signature": Scalar(),
        "figures": MapOf(Scalar((str, int, bool))),
        "fixed": Scalar(),
        "options": Map({"gpu": Scalar(), "vllm_version": Scalar()}),
    }
)
RULE = Map(
    {
        "id": Scalar(),
        "kind": OneOf(("cause", "lint", "symptom")),
        "cause": Scalar(),
        "severity": _SEVERITY,
        "transient": Scalar((bool,)),
        "runtime": Scalar((bool,)),
        "title": Text({}),
        "figures": MapOf(Scalar()),
        "signatures": ListOf(_SIGNATURE),
        "launch": ListOf(_LAUNCH),
        "explanation": ListOf(_SENTENCE),
        "fixes": ListOf(_FIX),
        "needs": ListOf(_SENTENCE),
        "options": ListOf(_SENTENCE),
        "avoid": ListOf(_SENTENCE),
        "excludes": ListOf(Scalar()),
        "excluded_by": ListOf(Scalar()),
        "references": ListOf(Scalar()),
        "examples": ListOf(_EXAMPLE),
        "near_misses": ListOf(_EXAMPLE),
    },
    ("id", "kind", "title", "explanation", "references", "examples", "near_misses"),
)


def json_schema() -> dict[str, Any]:
    """The shape of a rule file as JSON Schema, for editors."""
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "A rule of vllm-doctor"}
    return head | RULE.schema()


def check(document: Document, causes: dict[str, str], known_flag: Callable[[str], bool]) -> None:
    """Note in `document.problems` all that is wrong with a rule file.

    `causes` are the ids of the vocabulary; `known_flag` tells whether any vLLM release has an option.
    """
    before = len(document.problems)
    RULE.check(document.data, (), document)
    if len(document.problems) > before:
        return
    data = document.data
    _check_names(document, data, causes)
    _check_signatures(document, data)
    _check_launch(document, data)
    _check_fixes(document, data, known_flag)
    _check_facts(document, data)
    _check_placeholders(document, data)
    _check_examples(document, data)


def _check_names(document: Document, data: dict[str, Any], causes: dict[str, str]) -> None:
    from pathlib import PurePath

    kind, id_ = data["kind"], data["id"]
    prefix, _, name = id_.rpartition("/")
    if name != PurePath(document.file).stem:
        document.problem(("id",), f"the id is the file's name: {PurePath(document.file).stem!r}, not {id_!r}")
    if not re.fullmatch(r"(?:[a-z0-9][a-z0-9-]*/)?[a-z0-9][a-z0-9-]*", id_):
        document.problem(
            ("id",), "an id is lower-case words joined by dashes, with at most one prefix: acme/license-down"
        )
    if kind == "cause" and data.get("cause") not in causes and not (prefix and data.get("cause") == id_):
        document.problem(
            ("cause",) if "cause" in data else (),
            f"cause must be an id of causes.yaml, not {data.get('cause')!r}",
        )
    if kind != "cause" and "cause" in data:
        document.problem(("cause",), f"a {kind} has no cause")
    known = {"lint": LINTS, "symptom": SYMPTOMS}.get(kind)
    if known and not prefix and id_ not in known:
        document.problem(("id",), f"no {kind} of this name is known; known are {', '.join(sorted(known))}")
    if not data.get("signatures") and not data.get("launch"):
        document.problem((), "a rule needs signatures (for logs) or launch (for commands)")


def _check_signatures(document: Document, data: dict[str, Any]) -> None:
    figures = data.get("figures") or {}
    _check_unique(document, data, "signatures")
    for index, item in enumerate(data.get("signatures") or []):
        path: Path = ("signatures", index)
        literal = item.get("literal", "")
        if message := item.get("message"):
            literal = _check_pattern(document, (*path, "message"), message, figures, literal)
        anchored = len(literal) >= LEAST or item.get("facts") or (item.get("exception") and item.get("frames"))
        if not anchored:
            document.problem(
                path,
                f"a signature needs a literal of {LEAST} characters, a fact, or an exception with a frame",
            )
        _check_specifier(document, (*path, "vllm"), item.get("vllm"))


def _check_pattern(document: Document, path: Path, pattern: str, figures: dict[str, Any], literal: str) -> str:
    import regex

    if large := too_large(pattern):
        document.problem(path, f"no pattern: {large}")
        return "x" * LEAST
    try:
        groups = regex.compile(pattern).groupindex
        found = literal or literal_of(pattern)
    except (regex.error, re.error, OverflowError) as error:
        document.problem(path, f"no pattern: {error}")
        return "x" * LEAST
    for name in groups:
        if name not in figures:
            document.problem(path, f"the group {name!r} is no figure of this rule")
    return found


def _check_launch(document: Document, data: dict[str, Any]) -> None:
    _check_unique(document, data, "launch")
    for index, item in enumerate(data.get("launch") or []):
        _check_specifier(document, ("launch", index, "vllm"), item.get("vllm"))
        if not item["facts"]:
            document.problem(("launch", index, "facts"), "a launch signature needs at least one fact")


def _check_unique(document: Document, data: dict[str, Any], key: str) -> None:
    seen: set[str] = set()
    for index, item in enumerate(data.get(key) or []):
        if item["id"] in seen:
            document.problem((key, index, "id"), f"two {key} are called {item['id']!r}")
        seen.add(item["id"])


def _check_specifier(document: Document, path: Path, text: str | None) -> None:
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    try:
        SpecifierSet(text or "")
    except InvalidSpecifier:
        document.problem(path, f"{text!r} is no release specifier such as '>=0.8.5,<0.10'")


def _check_fixes(document: Document, data: dict[str, Any], known_flag: Callable[[str], bool]) -> None:
    from packaging.version import InvalidVersion, Version

    for index, item in enumerate(data.get("fixes") or []):
        path: Path = ("fixes", index)
        _check_specifier(document, (*path, "vllm"), item.get("vllm"))
        if "release" in item:
            try:
                Version(item["release"])
            except InvalidVersion:
                document.problem((*path, "release"), f"{item['release']!r} is no release")
        if not item.get("edits") and not item.get("steps"):
            document.problem(path, "a fix needs edits or steps")
        if (item["effect"] == "exposes") != ("allow" in item):
            document.problem(path, "allow names what a fix of effect exposes opens, and only that")
        for number, edit in enumerate(item.get("edits") or []):
            _check_edit(document, (*path, "edits", number), edit, known_flag)


def _check_edit(document: Document, path: Path, edit: dict[str, Any], known_flag: Callable[[str], bool]) -> None:
    verbs = [verb for verb in VERBS if verb in edit]
    if len(verbs) != 1:
        document.problem(path, f"an edit has one of: {', '.join(VERBS)}")
        return
    name = edit[verbs[0]]
    if verbs[0] in ("setenv", "rename", "give") and edit.get("to") is None:
        document.problem(path, f"{verbs[0]} needs `to`")
    if verbs[0] in ("remove", "once", "apart", "drop", "mend", "unsetenv") and "to" in edit:
        document.problem((*path, "to"), f"{verbs[0]} takes no `to`")
    from vllm_doctor.launch.around.edit import GIVEN

    if verbs[0] == "give" and name not in GIVEN:
        document.problem((*path, "give"), f"a container may be given: {', '.join(GIVEN)}")
    if (
        verbs[0] in ("set", "remove", "once", "apart", "rename")
        and not PLACEHOLDER.fullmatch(name)
        and not known_flag(name)
    ):
        document.problem((*path, verbs[0]), f"no vLLM release has the option {name}")


def _check_facts(document: Document, data: dict[str, Any]) -> None:
    import vllm_doctor.facts as facts

    for name, fact in (data.get("figures") or {}).items():
        if facts.declared(fact) is None:
            document.problem(("figures", name), f"no fact is called {fact!r}")
    for path, conditions in _all_conditions(data, ()):
        for fact in conditions:
            if facts.declared(fact) is None:
                document.problem((*path, fact), f"no fact is called {fact!r}")


def _all_conditions(data: Any, path: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    if isinstance(data, dict):
        for key, value in data.items():
            if key in ("facts", "when") and isinstance(value, dict):
                yield (*path, key), value
            elif key not in ("examples", "near_misses"):
                yield from _all_conditions(value, (*path, key))
    elif isinstance(data, list):
        for index, item in enumerate(data):
            yield from _all_conditions(item, (*path, index))


def _check_placeholders(document: Document, data: dict[str, Any]) -> None:
    figures = data.get("figures") or {}
    for key in ("title", "explanation", "fixes", "needs", "options", "avoid"):
        for path, text in _all_texts(data.get(key), (key,)):
            for name in PLACEHOLDER.findall(text):
                if name not in figures and path[-1] not in ("id", "release", "vllm"):
                    document.problem(path, f"{{{name}}} is no figure of this rule")


def _all_texts(data: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(data, str):
        yield path, data
    elif isinstance(data, dict):
        for key, value in data.items():
            yield from _all_texts(value, (*path, key))
    elif isinstance(data, list):
        for index, item in enumerate(data):
            yield from _all_texts(item, (*path, index))


def _check_examples(document: Document, data: dict[str, Any]) -> None:
    logs = {item["id"] for item in data.get("signatures") or []}
    launches = {item["id"] for item in data.get("launch") or []}
    shown = set()
    for index, item in enumerate(data["examples"]):
        name = item.get("signature")
        if not item.get("log") and not item.get("command"):
            document.problem(("examples", index), "an example has a log or a command")
        if name not in logs | launches:
            document.problem(
                ("examples", index),
                f"signature must name one of this rule's: {', '.join(sorted(logs | launches))}",
            )
        shown.add(name)
    for name in sorted((logs | launches) - shown):
        document.problem(("examples",), f"the signature {name!r} has no example")
    if not data["near_misses"]:
        document.problem(("near_misses",), "a rule needs a near miss: a text like it on which it stays silent")
