from __future__ import annotations

from tests.report.test_option_page import MADE
from vllm_doctor.report.option_json import option_data


def test_all_that_is_known() -> None:
    data = option_data(MADE, {"cause-a": "One"}, {"cause-a": "One", "cause-c": "Three"})
    assert data["names"] == ["--level", "-l"]
    assert data["meaning"] == "How much of it."
    assert data["releases"] == [{"first": "0.4.1", "last": "0.9.2"}, {"first": "0.11.0", "last": "0.20.0"}]
    assert data["gone"]
    assert data["deprecated_since"] == "0.19.0"
    assert data["takes"][1] == {"what": "human", "several": True, "first": "0.5.1", "last": "0.20.0"}
    assert [one["value"] for one in data["defaults"]] == [1, None, ""]
    assert data["keys"] == [{"name": "key", "choices": ["x", "y"]}, {"name": "other", "choices": []}]
    assert data["instead"] == {"name": "--mode", "key": None, "since": "0.21.0", "note": "as a word"}
    assert data["before"] == [{"name": "--old-level", "until": "0.5.0"}]
    assert data["ways_out_of"] == [{"id": "cause-a", "title": "One"}]
    assert data["looked_at_by"] == [{"id": "cause-c", "title": "Three"}]


def test_one_release_and_language() -> None:
    data = option_data(MADE, {}, {}, release="0.9.0", language="zh")
    assert data["choices"] == [{"values": ("a", "b"), "first": "0.4.1", "last": "0.9.2"}]
    assert data["meaning"] == "用多少。"
