"""A diagnosis, a review or an error as JSON, schema 1: one object on one line, the same bytes each time.

The shapes are those of docs/design.md ("What a diagnosis says") and of the JSON Schema files beside this one.
All is ASCII, so no stream fails to encode it and no control character reaches a terminal; secrets are masked.
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from vllm_doctor.errors import DoctorError, RuleErrors
from vllm_doctor.finding import as_json
from vllm_doctor.masking import mask_data

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vllm_doctor.finding import Diagnosis, LaunchReview, Review
    from vllm_doctor.report.pages import Page

SCHEMA_VERSION = 1


def diagnosis_json(diagnosis: Diagnosis) -> str:
    """One diagnosis as one line of JSON, without the newline."""
    return _line(diagnosis_data(diagnosis))


def review_json(review: Review) -> str:
    """What `check` found in one file or command, as one line of JSON, without the newline."""
    return _line(review_data(review))


def error_json(error: DoctorError) -> str:
    """An error as one line of JSON; `problems` stands there for errors of rule files."""
    return _line(error_data(error))


def explained_json(asked: str, pages: Sequence[Page] = (), option: dict[str, Any] | None = None) -> str:
    """What one word of `explain` means, as one line of JSON: `{"schema_version": 1, "asked", "rules", "option"}`.

    `rules` are the pages of an id, `option` is the data of a flag, key or variable (`report/option_json.py`), or null.
    """
    return _line(_public({"asked": asked, "rules": as_json(tuple(pages)), "option": option}))


def diagnosis_data(diagnosis: Diagnosis) -> dict[str, Any]:
    """The same as `diagnosis_json`, as data: secrets masked, nothing that JSON lacks."""
    return _public(as_json(diagnosis))


def review_data(review: Review) -> dict[str, Any]:
    """The same as `review_json`, as data. The text that was reviewed is left out; its `fixed` form is not."""
    data = as_json(review)
    del data["text"]
    launches = [_launch(launch) for launch in review.launches]
    return _public({"launches": launches} | {key: item for key, item in data.items() if key != "launches"})


def error_data(error: DoctorError) -> dict[str, Any]:
    """The same as `error_json`, as data."""
    body: dict[str, Any] = {"what": error.what, "where": error.where, "do": error.do}
    if isinstance(error, RuleErrors):
        body["problems"] = [
            {"file": problem.file, "line": problem.line, "col": problem.col, "message": problem.message}
            for problem in error.problems
        ]
    return _public({"error": body})


def _launch(launch: LaunchReview) -> dict[str, Any]:
    data: dict[str, Any] = as_json(launch)
    for key in ("argv_effective", "argv_with_config", "region"):
        if data[key] is None:
            del data[key]
    return data


def _public(data: dict[str, Any]) -> dict[str, Any]:
    public: dict[str, Any] = _finite(mask_data({"schema_version": SCHEMA_VERSION} | data))
    return public


def _finite(value: Any) -> Any:
    """JSON has no infinity: such a figure becomes a word."""
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_finite(item) for item in value]
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def _line(data: dict[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=True, allow_nan=False)
