import pytest
from hypothesis import given
from hypothesis import strategies as st

from vllm_doctor.log.ansi import plain, states


@pytest.mark.parametrize(
    "text",
    [
        "\x1b[1;36m(EngineCore pid=1)\x1b[0;0m x",
        "\x1b]0;a title\x07(EngineCore pid=1) x",
        "\x1b]8;;http://x\x1b\\(EngineCore pid=1) x",
        "\x1bP1$r0m\x1b\\(EngineCore pid=1) x",
        "\x1b[2K\x1b[1G(EngineCore pid=1)\x1b[K x",
        "\x9b36m(EngineCore pid=1) x",
        "#033[36m(EngineCore pid=1)#033[0m x",
        "^[[36m(EngineCore pid=1)^[[0m x",
        "\\u001b[36m(EngineCore pid=1)\\u001b[0m x",
        "\\x1b[36m(EngineCore pid=1)\\033[0m x",
        "ESC[36m(EngineCore pid=1)ESC[0m x",
        "\x1b(B(EngineCore pid=1) x",
        "\x00(EngineCore pid=1) x\x00",
        "\ufeff(EngineCore pid=1) x\r",
    ],
)
def test_escapes_go(text: str) -> None:
    assert plain(text) == "(EngineCore pid=1) x"


@pytest.mark.parametrize("text", ["a[0m", "x^[y", "list[0] and dict[1m]", "DESC[36] x"])
def test_brackets_of_text_stay(text: str) -> None:
    assert plain(text) == text


def test_escapes_never_eat_lines() -> None:
    assert plain("\x1b]0;no end\nsecond") == "\nsecond"
    assert plain("\x1b[\nsecond").endswith("\nsecond")


def test_line_ends() -> None:
    assert plain("a\r\nb^M\nc\rd") == "a\nb\nc\rd"


@given(st.text(alphabet="\x1b\x9b[]P0;mAZ \n\r\x07\\^M#3"))
def test_any_text_keeps_its_lines_and_loses_its_escapes(text: str) -> None:
    cleaned = plain(text)
    assert "\x1b" not in cleaned
    assert cleaned.count("\n") == text.count("\n")


def test_states_of_a_bar() -> None:
    assert states("\r 10%\r 20%\r") == [" 10%", " 20%"]
    assert states("\r\r") == [""]
