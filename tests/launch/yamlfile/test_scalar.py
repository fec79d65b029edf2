from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from vllm_doctor.launch.yamlfile.scalar import content
from vllm_doctor.launch.yamlfile.tree import Node, read_yaml, walk

PIECES = st.sampled_from(
    ["a", "b c", " ", "\n", "\n\n", "\n  ", "\\n", '\\"', "''", "#", "é", "😀", ": ", "- ", "\\\n"]
)
STYLES = st.sampled_from(["|", "|-", "|+", ">", ">-", ">+", "|2", ">2-", "'", '"', ""])


def scalars(text: str) -> list[Node]:
    found = [one for _, node in walk(read_yaml(text)) for one in [node, *(key for key, _ in node.pairs)]]
    return sorted((node for node in found if node.kind == "scalar"), key=lambda node: node.start)


@given(STYLES, st.lists(PIECES, max_size=10), st.sampled_from(["\n", "\r\n"]))
def test_what_a_scalar_says_is_what_pyyaml_reads(style: str, pieces: list[str], newline: str) -> None:
    body = "".join(pieces)
    if style[:1] in ("|", ">"):
        text = f"k:\n  z: {style}\n" + "\n".join("    " + line for line in body.split("\n")) + "\n  y: 1\n"
    else:
        text = f"k:\n  z: {style}" + body.replace("\n", "\n    ") + f"{style}\n"
    text = text.replace("\n", newline)
    try:
        values = [
            event.value for event in yaml.parse(text, Loader=yaml.SafeLoader) if isinstance(event, yaml.ScalarEvent)
        ]
    except yaml.YAMLError:
        assert read_yaml(text) == []
        return
    nodes = scalars(text)
    assert [node.value for node in nodes] == values
    for node in nodes:
        read = content(text, node)
        if read is None:
            continue
        source = read.source
        assert source.inner == node.value
        assert list(source.starts) == sorted(source.starts)
        for char, start, end in zip(source.inner, source.starts, source.ends, strict=True):
            if end - start == 1 and char not in " \n":
                assert text[start] == char


@pytest.mark.parametrize(
    ("text", "inner"),
    [
        ("k: >\n  a\n  b\n\n  c\n   d\n  e\n", "a b\nc\n d\ne\n"),
        ("k: |2-\n    a\n   b\n", "  a\n b"),
        ('k: "a\\\n   b \\x41 \\u00e9"\n', "ab A é"),
        ("k: a\n  b\n\n  c\n", "a b\nc"),
        ("k: 'it''s\n  x'\n", "it's x"),
    ],
)
def test_styles(text: str, inner: str) -> None:
    read = content(text, scalars(text)[-1])
    assert read is not None
    assert read.source.inner == inner


def test_a_line_break_takes_in_the_indentation_that_follows() -> None:
    text = "k: |\n    a\n    b\n"
    read = content(text, scalars(text)[-1])
    assert read is not None
    at = read.source.inner.index("\n")
    assert text[read.source.starts[at] : read.source.ends[at]] == "\n    "
