from hypothesis import given
from hypothesis import strategies as st

from vllm_doctor.engine.yaml_file import parse


def test_scalars_are_not_guessed() -> None:
    data = parse("a: 0.10\nb: no\nc: 12:30:00\nd: true\ne: 7\nf: '7'\ng:\n", "r.yaml").data
    assert data == {"a": "0.10", "b": "no", "c": "12:30:00", "d": True, "e": 7, "f": "7", "g": None}


def test_equal_keys_are_an_error_with_the_place_of_the_second() -> None:
    document = parse("a: 1\nb:\n  c: 2\n  c: 3\n", "r.yaml")
    assert [str(problem) for problem in document.problems] == ["r.yaml:4:3: the key 'c' stands here twice"]


def test_broken_yaml_names_its_place() -> None:
    (problem,) = parse("a: [1,\nb: 2\n", "r.yaml").problems
    assert problem.line in (2, 3)
    assert problem.message.startswith("no YAML")


def test_an_alias_of_what_holds_it_ends() -> None:
    document = parse("a: &x\n  b: *x\n", "r.yaml")
    assert any("alias" in problem.message for problem in document.problems)


def test_deep_nesting_ends() -> None:
    assert parse("[" * 60 + "]" * 60, "r.yaml").problems


@given(st.text(max_size=200))
def test_any_text_gives_a_document(text: str) -> None:
    document = parse(text, "r.yaml")
    assert document.problems or document.data is not ...
