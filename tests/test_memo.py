"""What a text was read as is remembered, within bounds."""

from __future__ import annotations

import pytest

from vllm_doctor import memo
from vllm_doctor.memo import LONGEST, TEXTS, once, remembered, remembering


def test_a_text_is_read_once_with_the_same_values() -> None:
    """Other values beside it are another question."""
    asked: list[tuple[str, int]] = []

    @remembered
    def read(text: str, number: int = 0) -> int:
        asked.append((text, number))
        return len(text) + number

    assert [read("a"), read("a"), read("a", 2), read("a", 2)] == [1, 1, 3, 3]
    assert asked == [("a", 0), ("a", 2)]


def test_neither_long_texts_nor_many_are_kept() -> None:
    """What is remembered is bounded in size and number."""
    asked: list[str] = []

    @remembered
    def read(text: str) -> int:
        asked.append(text)
        return len(text)

    long = "x" * (LONGEST + 1)
    assert read(long) == read(long) == LONGEST + 1
    assert asked == [long, long]
    for number in range(TEXTS + 1):
        read(str(number))
    read("0")
    assert asked.count("0") == 2


class _Reader:
    """Counts how often each text is read."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, text: str, file: str) -> str:
        self.asked.append(text)
        return text + file


def test_a_text_is_read_once_while_it_lasts() -> None:
    read = _Reader()
    assert [once(read, "a", "f"), once(read, "a", "f")] == ["af", "af"]
    with remembering():
        assert [once(read, "a", "f"), once(read, "a", "f"), once(read, "a", "g")] == ["af", "af", "ag"]
        with remembering():
            once(read, "a", "f")
        once(read, "a", "f")
    once(read, "a", "f")
    assert read.asked == ["a"] * 6


def test_the_texts_that_were_asked_for_last_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memo, "_MOST", 30)
    read = _Reader()
    with remembering():
        for text in ("a" * 10, "b" * 10, "c" * 10, "a" * 10, "d" * 10, "a" * 10, "b" * 10):
            once(read, text, "f")
    assert "".join(text[0] for text in read.asked) == "abcdb"


def test_three_texts_are_kept_however_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memo, "_MOST", 1)
    read = _Reader()
    with remembering():
        for text in "abcabc":
            once(read, text, "f")
    assert read.asked == ["a", "b", "c"]


def test_a_long_text_is_remembered_while_it_lasts() -> None:
    asked: list[str] = []

    @remembered
    def read(text: str) -> int:
        asked.append(text[0])
        return len(text)

    long = "x" * (LONGEST + 1)
    with remembering():
        assert read(long) == read(long) == LONGEST + 1
    read(long)
    assert asked == ["x", "x"]
