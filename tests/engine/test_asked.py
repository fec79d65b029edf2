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
