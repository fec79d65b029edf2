"""What `check` found as SARIF 2.1.0, for code scanning.

A result never carries `fixes`: GitHub drops a whole report that holds an empty one (oxsecurity/megalinter
issue 8474); the way out stands in the message instead.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from vllm_doctor import __version__
from vllm_doctor.masking import mask, mask_data
from vllm_doctor.report.fixes import short_fix, why_text
from vllm_doctor.report.pen import Pen
from vllm_doctor.report.safe import clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vllm_doctor.finding import Finding, Review
    from vllm_doctor.report.words import Language

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def reviews_sarif(reviews: Sequence[Review], *, language: Language = "en") -> str:
    """One SARIF run over all files that were reviewed, as one line of ASCII JSON, without the newline."""
    pen = Pen.of(100, False, "utf-8", language)
    found = [item for review in reviews for item in _found(review)]
    rules: dict[str, dict[str, Any]] = {}
    for finding, _, _ in found:
        rules.setdefault(_rule_id(finding), _rule(finding))
    indexes = {name: index for index, name in enumerate(rules)}
    driver = {"name": "vllm-doctor", "version": __version__, "rules": list(rules.values())}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(pen, *item, indexes) for item in found],
    }
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(mask_data(log), ensure_ascii=True, allow_nan=False)


def _found(review: Review) -> Iterator[tuple[Finding, str, int]]:
    """Each finding with the file and line that it falls back to."""
    for launch in review.launches:
        for finding in launch.findings:
            yield finding, launch.file or review.file, launch.line
    for finding in review.findings:
        yield finding, review.file, 1


def _rule_id(finding: Finding) -> str:
    return clean(mask(finding.rule or finding.id))


def _rule(finding: Finding) -> dict[str, Any]:
    rule: dict[str, Any] = {
        "id": _rule_id(finding),
        "shortDescription": {"text": clean(mask(finding.title)) or finding.id},
        "defaultConfiguration": {"level": finding.severity},
    }
    address = next((one for one in finding.references if one.startswith("https://")), "")
    return rule | ({"helpUri": quote(address, safe=":/?#[]@!$&'()*+,;=%", errors="surrogatepass")} if address else {})


def _result(pen: Pen, finding: Finding, file: str, line: int, indexes: dict[str, int]) -> dict[str, Any]:
    file, line, col = _place(finding.place, file, line)
    region = {"startLine": max(line, 1)} | ({"startColumn": col} if col else {})
    if meant := finding.region:
        region = {"startLine": meant.line, "startColumn": meant.col, "endLine": meant.end_line}
        region |= {"endColumn": meant.end_col}
    physical = {"artifactLocation": {"uri": _uri(file)}, "region": region}
    return {
        "ruleId": _rule_id(finding),
        "ruleIndex": indexes[_rule_id(finding)],
        "level": finding.severity,
        "message": {"text": _message(pen, finding)},
        "locations": [{"physicalLocation": physical}],
        **({"partialFingerprints": {"launch/v1": finding.fingerprint}} if finding.fingerprint else {}),
    }


def _message(pen: Pen, finding: Finding) -> str:
    parts = [pen.say(finding.title), pen.say(finding.explanation)]
    for fix in finding.fixes[:1]:
        parts += [short_fix(pen, fix), why_text(pen, fix)]
    return "\n".join(part for part in parts if part) or finding.id


def _place(place: str | None, file: str, line: int) -> tuple[str, int, int]:
    """`file:line:col` in its parts; the launch's own place where a finding has none."""
    name, _, col = (place or "").rpartition(":")
    name, _, row = name.rpartition(":")
    return (name, int(row), int(col)) if name and row.isdecimal() and col.isdecimal() else (file, line, 0)


def _uri(file: str) -> str:
    """A relative reference, or a file address for an absolute path; standard input has a name of its own."""
    if file in ("", "-", "<stdin>"):
        return "stdin"
    path = mask(file).replace("\\", "/").removeprefix("./")
    return ("file://" if path.startswith("/") else "") + quote(path, safe="/*", errors="surrogatepass")
