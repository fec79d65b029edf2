"""SARIF: places, rules by index, and no `fixes`, ever."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from vllm_doctor import __version__
from vllm_doctor.finding import Finding, Region, Review
from vllm_doctor.report.sarif import reviews_sarif

from .samples import REVIEW


def _run(*reviews: Review) -> dict[str, Any]:
    text = reviews_sarif(reviews)
    assert text.isascii()
    data = json.loads(text)
    assert (data["version"], len(data["runs"])) == ("2.1.0", 1)
    run: dict[str, Any] = data["runs"][0]
    return run


def test_results_rules_and_places() -> None:
    run = _run(REVIEW, replace(REVIEW, file="b.yaml"))
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["secret-in-arguments", "unknown-flag"]
    assert [result["ruleIndex"] for result in run["results"]] == [0, 1, 0, 1]
    first = run["results"][0]
    assert first["level"] == "warning"
    assert first["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "compose.yaml"},
                "region": {"startLine": 7, "startColumn": 12},
            }
        }
    ]
    assert first["message"]["text"] == (
        "The API key stands in the command\nAnyone who can list processes reads it.\n"
        '--api-key "${VLLM_API_KEY:?}"\nread at the start'
    )


def test_no_result_has_fixes_and_no_secret_is_in_it() -> None:
    text = reviews_sarif([REVIEW])
    assert '"fixes"' not in text
    assert "tops3cret" not in text


def test_nothing_found_is_a_whole_report() -> None:
    assert _run()["results"] == []


@pytest.mark.parametrize(
    ("place", "file", "uri", "region"),
    [
        (None, "dir/a b.sh", "dir/a%20b.sh", {"startLine": 3}),
        ("C:/x.yaml:4:5", "a", "C%3A/x.yaml", {"startLine": 4, "startColumn": 5}),
        ("./x.yaml:4:0", "a", "x.yaml", {"startLine": 4}),
        ("odd", "/abs/x", "file:///abs/x", {"startLine": 3}),
        (None, "-", "stdin", {"startLine": 3}),
    ],
)
def test_places(place: str | None, file: str, uri: str, region: dict[str, int]) -> None:
    launch = replace(
        REVIEW.launches[0],
        file=file,
        findings=(Finding("x", "X", place=place, references=("https://a/b c",)),),
    )
    run = _run(replace(REVIEW, launches=(launch,)))
    location = run["results"][0]["locations"][0]["physicalLocation"]
    assert (location["artifactLocation"]["uri"], location["region"]) == (uri, region)
    assert run["tool"]["driver"]["rules"][0]["helpUri"] == "https://a/b%20c"


def test_findings_of_the_file_itself() -> None:
    run = _run(Review("a.yaml", (), "", findings=(Finding("y", "\x1b[31m Y"),)))
    assert run["results"][0]["message"]["text"] == r"\x1b[31m Y"


def test_the_very_characters_and_a_fingerprint() -> None:
    """As the SARIF multitool's `validate` takes it: an end column is the first that is not meant."""
    meant = Finding("x", "X", place="a.sh:3:5", region=Region(3, 5, 4, 2), fingerprint="ab12")
    (result,) = _run(Review("a.sh", (replace(REVIEW.launches[0], findings=(meant,)),), ""))["results"]
    region = result["locations"][0]["physicalLocation"]["region"]
    assert region == {"startLine": 3, "startColumn": 5, "endLine": 4, "endColumn": 2}
    assert result["partialFingerprints"] == {"launch/v1": "ab12"}


def test_the_tool_has_a_version() -> None:
    assert _run()["tool"]["driver"]["version"] == __version__
