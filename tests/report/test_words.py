"""Every word of ours in every language, with the same values in each."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

from vllm_doctor import report
from vllm_doctor.report.words import LANGUAGES, WORDS, count, word

SOURCES = "\n".join(
    path.read_text("utf-8") for path in Path(report.__file__).parent.glob("*.py") if path.stem != "words"
)


@pytest.mark.parametrize("key", sorted(WORDS))
def test_each_word_has_every_language_and_the_same_values(key: str) -> None:
    texts = WORDS[key]
    assert len(texts) == len(LANGUAGES)
    assert all(texts)
    fields = [{name for _, name, _, _ in Formatter().parse(text) if name} for text in texts]
    assert fields[0] == fields[1]


@pytest.mark.parametrize("key", sorted(WORDS))
def test_each_word_is_used(key: str) -> None:
    stem = key.rpartition(".")[0] if key.endswith((".one", ".many")) else key
    dynamic = ("verdict.", "confidence.", "where.", "kind.")
    assert any(
        f"{quote}{name}{quote}" in SOURCES for name in (key, stem) for quote in "'\""
    ) or key.startswith(dynamic)


@pytest.mark.parametrize("key", sorted(set(re.findall(r'\.word\("([^"]+)"', SOURCES))))
def test_each_word_that_is_used_exists(key: str) -> None:
    assert key in WORDS


def test_counts() -> None:
    assert count("en", "lines", 1) == "1 line"
    assert count("en", "lines", 12345) == "12,345 lines"
    assert count("zh", "gpus", 8) == "8 个 GPU"


def test_values_with_braces_are_values() -> None:
    assert word("en", "was", value="{x}") == "was {x}"
