"""What a text was read as is remembered, within bounds."""

from __future__ import annotations

from vllm_doctor.memo import LONGEST, TEXTS, remembered


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
