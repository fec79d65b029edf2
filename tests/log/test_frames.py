import pytest
from hypothesis import given
from hypothesis import strategies as st

from vllm_doctor.log.frames import bare, frame, is_marker, is_other, raised, unmargined
from vllm_doctor.log.types import Frame


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('  File "/a/b.py", line 3, in f', Frame("/a/b.py", 3, "f")),
        ('File ".../b.py", line 3, in <lambda>', Frame(".../b.py", 3, "<lambda>")),
        ('  File "/a/b.py"', Frame("/a/b.py", 0, "")),
        ('  File "<string>", line 1', Frame("<string>", 1, "")),
        ('  File "/a/b', Frame("/a/b", 0, "")),
    ],
)
def test_frames(text: str, wanted: Frame) -> None:
    assert frame(text) == wanted


@pytest.mark.parametrize("text", ["    code()", 'the File "x" is missing', "", 'open("File")'])
def test_no_frames(text: str) -> None:
    assert frame(text) is None


@pytest.mark.parametrize(
    ("text", "name", "message"),
    [
        ("ValueError: a: b", "ValueError", "a: b"),
        ("AssertionError", "AssertionError", ""),
        ("KeyError: 'x'", "KeyError", "'x'"),
        ("torch.OutOfMemoryError: CUDA out of memory.", "torch.OutOfMemoryError", "CUDA out of memory."),
        (
            "ray.exceptions.RayTaskError(ValueError): ray::f()",
            "ray.exceptions.RayTaskError(ValueError)",
            "ray::f()",
        ),
        (
            "pydantic_core._pydantic_core.ValidationError: 1 error",
            "pydantic_core._pydantic_core.ValidationError",
            "1 error",
        ),
        ("torch._dynamo.exc.Unsupported: x", "torch._dynamo.exc.Unsupported", "x"),
        ("Exception: x", "Exception", "x"),
        ("SystemExit: 1", "SystemExit", "1"),
        ("RuntimeError:", "RuntimeError", ""),
    ],
)
def test_exceptions_alone_and_after_frames(text: str, name: str, message: str) -> None:
    assert bare(text) == (name, message)
    assert raised(text) == (name, message)


@pytest.mark.parametrize(
    "text",
    [
        "Error: x",
        "INFO: x",
        "Value error, x",
        "ValueErrors are bad",
        "ValueError is raised: x",
        "  ValueError: x",
        "the ValueError: x",
        "UserWarning: x",
        "error: x",
        "http://x: y",
        "",
        "NotAnErrorAtAll: x",
    ],
)
def test_words_are_no_exception(text: str) -> None:
    assert bare(text) is None


@pytest.mark.parametrize("text", ["queue.Empty", "Weird: x", "triton.compiler.errors.CompilationError: at 1:0:"])
def test_other_names_count_after_frames(text: str) -> None:
    assert raised(text) is not None


@pytest.mark.parametrize("text", ["dir", "ce", "    code", "return x", "a: b"])
def test_fragments_are_no_exceptions_after_frames(text: str) -> None:
    assert raised(text) is None


def test_markers() -> None:
    assert is_marker("           ^^^^^^")
    assert is_marker("    ~~~^^^~~~")
    assert not is_marker("    a ^ b")
    assert not is_marker("")


def test_margins_of_groups() -> None:
    assert unmargined("  + Exception Group Traceback (most recent call last):").startswith("Exception Group")
    assert unmargined("  |   File x") == "  File x"
    assert unmargined("plain") == "plain"


@given(st.text(max_size=80))
def test_any_line_is_looked_at(text: str) -> None:
    frame(text), bare(text), raised(text), is_marker(text), is_other(text), unmargined(text)
