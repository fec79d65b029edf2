import pytest

from vllm_doctor.text import place, unified


def test_a_diff_ends_lines_where_patch_does() -> None:
    found = unified("a\x0cb\nc\rd\n", "a\x0cb\ne\n", "/x/run.sh")
    assert found == "--- a/x/run.sh\n+++ b/x/run.sh\n@@ -1,2 +1,2 @@\n a\x0cb\n-c\rd\n+e\n"


def test_a_missing_last_newline_is_told() -> None:
    assert unified("a", "b", "f").endswith("-a\n\\ No newline at end of file\n+b\n\\ No newline at end of file\n")


@pytest.mark.parametrize(
    ("text", "offset", "line", "col"),
    [
        ("", 0, 1, 1),
        ("ab", 2, 1, 3),
        ("ab\n", 3, 2, 1),
        ("a\r\nb\rc", 3, 2, 1),
        ("a\r\nb\rc", 5, 3, 1),
        ("a\x0cb\u2028c\x85d", 6, 1, 7),
    ],
)
def test_lines_are_those_of_an_editor(text: str, offset: int, line: int, col: int) -> None:
    assert str(place(text, offset, "f")) == f"f:{line}:{col}"
