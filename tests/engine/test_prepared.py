"""The rules as the build prepares them."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from vllm_doctor.engine import catalogue, prepared
from vllm_doctor.engine.rule import rule_from

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_what_is_prepared_is_what_was_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every rule comes back as its YAML gives it, but for the bounds of its patterns."""
    monkeypatch.setattr(prepared, "BUILD", tmp_path)
    prepared._bodies.cache_clear()
    gathered = catalogue.gather(catalogue.rules_folder())
    prepared.write(gathered, tmp_path)
    ready = prepared.read(gathered.stamp)
    assert ready
    assert ready.causes == gathered.causes
    assert len(ready.rules) == len(gathered.rules)
    for made, (file, data) in zip(ready.rules, gathered.rules, strict=True):
        read = rule_from(data, file)
        for item in fields(read):
            if item.name not in ("source", "blind"):
                assert getattr(made, item.name) == getattr(read, item.name), item.name
        assert (made.title, made.explanation, made.fixes) == (read.title, read.explanation, read.fixes)
        assert [one.message for one in made.signatures] == [one.message for one in read.signatures]
        assert [one.any_of for one in made.signatures] == [one.any_of for one in read.signatures]
        assert made.launch == read.launch
    prepared._bodies.cache_clear()


def test_an_older_build_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither for another stamp, nor where a file is missing or broken."""
    monkeypatch.setattr(prepared, "BUILD", tmp_path)
    assert prepared.read(None) is None
    prepared.write(prepared.Gathered("now", [], {"a": "b"}), tmp_path)
    assert prepared.read("then") is None
    assert prepared.read("now") == prepared.Ready([], {"a": "b"}, {})
    (tmp_path / prepared.HEADS).write_text("{", "utf-8")
    assert prepared.read(None) is None
