import pytest

from vllm_doctor.log import Source, logical_lines
from vllm_doctor.log.midline import Fronts, header_inside, is_wrapper

H = "INFO 04-07 09:53:02 [a.py:1] x"


def texts(*lines: str) -> list[str]:
    return [line.text for line in logical_lines(enumerate(lines, 1), Source())]


@pytest.mark.parametrize("front", ["host 12> ", "(base) me@h:~$ ", "words of another ", "x=1, level=info: "])
def test_a_header_after_something(front: str) -> None:
    assert header_inside(front + H) == len(front)
    assert header_inside(f"{front}(A pid=1) {H}") == len(front)


@pytest.mark.parametrize(
    "text",
    [H, "", "no INFO here", f'{{"prompt": "{H}', f"prompt: '{H}", "x" * 300 + H, "INFO 04-07 INFO 04-07"],
)
def test_no_header_inside(text: str) -> None:
    assert header_inside(text) == 0


def test_what_is_a_wrapper() -> None:
    assert is_wrapper("host 12> ")
    assert is_wrapper("  10%|#    | 1/10 [00:01<00:09, 1.0s/it]")
    assert not is_wrapper("some words of another process ")


def test_an_unknown_wrapper_is_learned_whatever_its_figures() -> None:
    lines = [f"node-{n} {n}.5 => {H}" for n in range(4)]
    assert texts("node-9 12.25 => Traceback", *lines) == ["Traceback", *[H] * 4]
    assert texts("node-9 12.25 => Traceback", lines[0])[0].startswith("node-9")


def test_words_before_a_header_are_a_line_of_their_own() -> None:
    assert texts(f"RuntimeError of another (A pid=1) {H}") == ["RuntimeError of another", H]


def test_the_shapes_are_bounded_and_hostile_ones_are_literal() -> None:
    fronts = Fronts()
    for n in range(5000):
        for _ in range(3):
            fronts.learn(f"(.*a{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}){n}: ")
    assert len(fronts.known) <= 8
    assert fronts.wrapper("x" * 50) == 0
    assert fronts.wrapper("(.*aaa)77: rest") == len("(.*aaa)77: ")
