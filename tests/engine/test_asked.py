from hypothesis import given
from hypothesis import strategies as st

from tests.engine.rules import rule
from vllm_doctor.engine.asked import Asked

RULES = (
    rule("id: low\nsignatures: [{id: a, message: 'the pool is low'}, {id: b, message: 'the pool of 7 is low'}]\n"),
    rule("id: full\nsignatures: [{id: a, message: 'the pool is full'}]\n"),
)
WORDS = st.sampled_from(["the pool is low", "the pool of 7 is low", "the pool of 8 is low", "the pool is full", "x 1"])


def names(asked: Asked, text: str) -> list[tuple[str, int]]:
    """The signatures that are tried on a text and whose literal it holds."""
    return [
        (rule.id, index) for rule, indices in asked.about(text) for index in indices if rule.literals[index] in text
    ]


@given(st.lists(st.lists(WORDS, max_size=3).map(" ".join), max_size=20))
def test_what_a_text_holds_is_found_whatever_was_asked_before(texts: list[str]) -> None:
    asked = Asked(RULES)
    for text in texts:
        assert names(asked, text) == [
            (rule.id, index) for rule in RULES for index, literal in enumerate(rule.literals) if literal in text
        ]


def test_what_is_known_stays_in_bounds() -> None:
    asked = Asked(RULES)
    for number in range(3000):
        asked.about("x" * (number % 999) + "y" * (number // 999))
    assert len(asked.shapes) <= 1000


BLIND = (
    rule(
        "id: blind\nsignatures:\n"
        "  - {id: raised, exception: EOFError, frames: [torch/serialization.py]}\n"
        "  - {id: words, message: 'low (pool|pond) of', any_of: [low pool, low pond 7], facts: {gpu.count: 1}}\n"
        "  - {id: framed, frames: [xgrammar/matcher.py], facts: {gpu.count: 1}}\n"
        "  - {id: known, facts: {gpu.count: 2}}\n"
    ),
)


def tried(asked: Asked, text: str, exceptions: frozenset[str] | None) -> list[int]:
    return [index for _, indices in asked.about(text, exceptions) for index in indices]


def test_a_signature_without_a_literal_is_tried_where_the_event_has_what_it_looks_at() -> None:
    asked = Asked(BLIND)
    for _ in range(3):
        assert tried(asked, "it ended", None) == []
        assert tried(asked, "it ended", frozenset({"EOFError", "OSError"})) == [0, 2]
        assert tried(asked, "it ended", frozenset({"OSError"})) == [2]
        assert tried(asked, "a low pool", None) == [1]


def test_words_with_a_digit_are_not_told_by_the_shape() -> None:
    asked = Asked(BLIND)
    tried(asked, "low pond 6", None)
    tried(asked, "low pond 6", None)
    assert tried(asked, "low pond 7", None) == [1]


def test_signatures_of_facts_alone() -> None:
    assert [(rule.id, indices) for rule, indices in Asked(BLIND).of_facts] == [("blind", [3])]
