"""The shipped rules as the build prepares them, because parsing YAML costs more than all else that a small log needs.

Two files: what every run needs of each rule (`catalogue.json`), and beside it one line of JSON for each rule with
all the rest (`rules.jsonl`), read when a rule is looked at. A checkout reads the YAML itself whenever it is newer.
"""

from __future__ import annotations

import json
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from vllm_doctor.engine.rule import Rule, head, rule_of

if TYPE_CHECKING:
    from collections.abc import Iterator

BUILD = Path(__file__).resolve().parent.parent / "_build"
HEADS = "catalogue.json"
BODIES = "rules.jsonl"


class Gathered(NamedTuple):
    """The rules' data by file, the vocabulary of causes, and a stamp that changes when any of them does."""

    stamp: str
    rules: list[tuple[str, dict[str, Any]]]
    causes: dict[str, str]


class Ready(NamedTuple):
    """What was prepared: the rules, the causes, and the releases of every specifier in the rules."""

    rules: list[Rule]
    causes: dict[str, str]
    spans: dict[str, list[str]]


def read(stamp: str | None) -> Ready | None:
    """What the build prepared; None where that is missing, or does not fit the stamp (None: a wheel's always does)."""
    try:
        found = json.loads((BUILD / HEADS).read_text("utf-8"))
        if stamp is not None and found["stamp"] != stamp:
            return None
        rules = [rule_of(known, partial(_body, start, length)) for known, start, length in found["rules"]]
    except (OSError, ValueError, KeyError):
        return None
    return Ready(rules, found["causes"], found["spans"])


def write(gathered: Gathered, folder: Path) -> None:
    """Write the two files of rules, and which file makes which fact (`facts.json`); the build calls this."""
    from vllm_doctor.engine.conditions import allowed
    from vllm_doctor.engine.cost import with_bounds
    from vllm_doctor.facts.registry import INDEX, make_index

    folder.mkdir(parents=True, exist_ok=True)
    rules, bodies, start = [], [], 0
    for file, data in gathered.rules:
        whole = with_bounds(data)
        body = _json(whole) + b"\n"
        rules.append((head(whole, file), start, len(body)))
        bodies.append(body)
        start += len(body)
    spans = {span: sorted(allowed(span)) for _, data in gathered.rules for span in _spans(data)}
    heads = {"stamp": gathered.stamp, "rules": rules, "causes": gathered.causes, "spans": spans}
    (folder / BODIES).write_bytes(b"".join(bodies))
    (folder / HEADS).write_bytes(_json(heads))
    (folder / INDEX.name).write_bytes(_json(make_index()))


def _json(data: object) -> bytes:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()


@lru_cache(maxsize=1)
def _bodies() -> bytes:
    return (BUILD / BODIES).read_bytes()


def _body(start: int, length: int) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(_bodies()[start : start + length])
    return data


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
