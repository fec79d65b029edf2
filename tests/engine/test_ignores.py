"""Comments that silence: in every comment syntax, and for which lines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vllm_doctor.engine.ignores import Ignores
from vllm_doctor.text import Span


def _lines(text: str, file: str = "run.sh") -> list[tuple[tuple[str, ...], int, int]]:
    return [(one.ids, one.first, one.last) for one in Ignores(text, file).items]


@pytest.mark.parametrize(
    "comment",
    [
        "# vllm-doctor: ignore[a-b,c] because",
        "#vllm-doctor:ignore[ a-b , c ]",
        "// vllm-doctor: ignore[a-b c]",
        "<!-- vllm-doctor: ignore[a-b, c] why -->",
        "% vllm-doctor: ignore[a-b, c]",
        "REM vllm-doctor: ignore[a-b, c]",
        "@rem vllm-doctor: ignore[a-b, c]",
        ":: vllm-doctor: ignore[a-b, c]",
        "; vllm-doctor: ignore[a-b, c]",
        "-- vllm-doctor: ignore[a-b, c]",
        "/* vllm-doctor: ignore[a-b, c] */",
        "{# vllm-doctor: ignore[a-b, c] #}",
        "{{/* vllm-doctor: ignore[a-b, c] */}}",
        "{{- /* vllm-doctor: ignore[a-b, c] */ -}}",
        "<# vllm-doctor: ignore[a-b, c] #>",
        ".. vllm-doctor: ignore[a-b, c]",
        "[//]: # (vllm-doctor: ignore[a-b, c])",
    ],
)
def test_every_comment_syntax(comment: str) -> None:
    assert _lines(f"first\n  {comment}\nx\n") == [(("a-b", "c"), 3, 3)]
    assert _lines(f"first {comment}\nx\n") == [(("a-b", "c"), 1, 1)]


@pytest.mark.parametrize(
    "line",
    [
        "vllm-doctor: ignore[a]",
        "echo x#vllm-doctor: ignore[a]",
        "# vllm-doctor: see the docs",
        "# vllm-doctor: ignored[a]",
        "# vllm-doctor: ignore-file[a]",
        "# see vllm-doctor: ignore[a]",
    ],
)
def test_what_is_no_ignore(line: str) -> None:
    assert _lines(f"x\n{line}\n") == []


@pytest.mark.parametrize("said", ["ignore", "ignore[]", "ignore because", "ignore[ ]"])
def test_one_without_an_id_is_kept_to_be_told(said: str) -> None:
    assert _lines(f"x\n# vllm-doctor: {said}\ny\n") == [((), 3, 3)]


@pytest.mark.parametrize(
    ("before", "file"),
    [
        ("", "run.sh"),
        ("#!/bin/bash\n", "run.sh"),
        ("# syntax=docker/dockerfile:1\n# escape=`\n", "Dockerfile"),
        ("%YAML 1.2\n---\n", "a.yaml"),
        ("@echo off\n", "run.bat"),
        ("# -*- coding: utf-8 -*-\n", "run.py"),
        ("# vllm-doctor: ignore[b]\n", "run.sh"),
    ],
)
def test_on_the_first_line_it_is_for_the_file(before: str, file: str) -> None:
    text = f"{before}# vllm-doctor: ignore[a]\nx\n\ny"
    assert _lines(text, file)[-1] == (("a",), 1, text.count("\n") + 1)


def test_behind_something_on_the_first_line_it_is_for_the_line() -> None:
    assert _lines("vllm serve m # vllm-doctor: ignore[a]\nx\n") == [(("a",), 1, 1)]


def test_comments_may_stand_between_and_an_empty_line_may_not() -> None:
    head = "x\n# vllm-doctor: ignore[a]\n"
    assert _lines(f"{head}# more\n#SBATCH -n 1\nvllm\n") == [(("a",), 5, 5)]
    assert _lines(f"{head}\nvllm\n") == [(("a",), 2, 2)]
    assert _lines(head) == [(("a",), 2, 2)]


def test_in_yaml_it_is_for_the_block() -> None:
    text = "services:\n  # vllm-doctor: ignore[a]\n  one:\n    image: x\n\n    command: y\n  two:\n    image: z\n"
    assert _lines(text, "compose.yaml") == [(("a",), 3, 6)]
    assert _lines(text, "values.yaml.j2") == [(("a",), 3, 6)]
    assert _lines(text, "run.sh") == [(("a",), 3, 3)]
    listed = "x:\n# vllm-doctor: ignore[a]\nargs:\n- --a\n- --b\nenv: 1\n"
    assert _lines(listed, "a.yml") == [(("a",), 3, 5)]
    items = "x:\n# vllm-doctor: ignore[a]\n- name: one\n  image: x\n- name: two\n"
    assert _lines(items, "a.yml") == [(("a",), 3, 4)]


def test_in_a_page_it_is_for_the_fence() -> None:
    text = "# T\n\n<!-- vllm-doctor: ignore[a] -->\n\n```bash\nvllm serve m\n\nvllm serve n\n```\n\nvllm serve o\n"
    assert _lines(text, "a.md") == [(("a",), 5, 8)]
    rst = "T\n\n.. vllm-doctor: ignore[a]\n\n.. code-block:: sh\n\n   vllm serve m\n\nend\n"
    assert _lines(rst, "a.rst") == [(("a",), 5, 8)]


def test_what_is_meant_by_place_and_name() -> None:
    text = "a\n# vllm-doctor: ignore[x, y]\nvllm serve m \\\n  --b\nvllm serve n\n"
    comments = Ignores(text, "run.sh")
    launch = Span(text.index("vllm serve m"), text.index("vllm serve n") - 1)
    (one,) = comments.items
    assert comments.meant({"x", "z"}, [launch]) == [(one, "x")]
    assert comments.meant({"z"}, [launch]) == []
    other = Span(text.index("vllm serve n"), len(text))
    assert comments.meant({"x"}, [other]) == []


@given(st.text(alphabet="# vllm-doctor: ignore[]\n`-'ab", max_size=200), st.sampled_from(["a.sh", "a.md", "a.yaml"]))
def test_any_text_has_lines_within_it(text: str, file: str) -> None:
    for one in Ignores(f"# vllm-doctor: ignore[a]\n{text}", file).items:
        assert 1 <= one.first <= one.last <= text.count("\n") + 2
