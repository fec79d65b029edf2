"""YAML that is made to hurt: bombs of aliases, loops, depth, tags that would make objects."""

from __future__ import annotations

from pathlib import Path

import pytest

from vllm_doctor import pipeline
from vllm_doctor.engine import catalogue, yaml_file
from vllm_doctor.errors import RuleErrors
from vllm_doctor.launch.yamlfile import tree

LAUGHS = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n" + "".join(
    f"a{n}: &a{n} [" + ", ".join([f"*a{n - 1}"] * 9) + "]\n" for n in range(1, 12)
)
MERGES = "m0: &m0 {x: y}\n" + "".join(
    f"m{n}: &m{n}\n  <<: [" + ", ".join([f"*m{n - 1}"] * 9) + f"]\n  k{n}: v\n" for n in range(1, 12)
)
HOSTILE = {
    "aliases of aliases": LAUGHS,
    "merges of merges": MERGES,
    "itself": "a: &a [*a, *a]\nb: &b {c: *b, <<: *b}\n",
    "lists in lists": "a: " + "[" * 5000 + "]" * 5000,
    "maps in maps": "a: " + "{b: " * 3000 + "}" * 3000,
    "blocks in blocks": "".join(" " * n + "a:\n" for n in range(700)),
    "a key that is a list": "? [a, [b]]\n: c\n",
    "a key that is a bomb": LAUGHS + "? *a11\n: x\n",
    "python object": "a: !!python/object/apply:os.system ['touch hacked']\n",
    "python name": "a: !!python/name:os.system\nb: !!python/object/new:os.popen [x]\n",
    "a number of 5000 digits": "a: " + "9" * 5000 + "\n",
    "a base-60 number": "a: 1:" + "59:" * 4000 + "59\n",
    "an anchor that is not there": "a: *nothing\n",
    "many documents": "--- a\n" * 3000,
    "a null byte": "a: b\0c\n",
    "a directive": "%YAML 9.9\n%TAG ! tag:evil,2000:\n--- !x y\n",
}
SERVICE = (
    "services:\n  vllm:\n    image: vllm/vllm-openai:v0.24.0\n    command: --model org/m --max-model-length 4096\n"
)
each_text = pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)


@each_text
@pytest.mark.parametrize("name", ["compose.yaml", "deploy.yaml", "values.yaml", "config.yaml", "x.yaml"])
def test_a_launch_file_gives_an_answer(name: str, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With and without a launch beside it; nothing is run."""
    monkeypatch.chdir(tmp_path)
    for content in (text, SERVICE + text, text + SERVICE):
        (tmp_path / name).write_text(content, "utf-8")
        pipeline.check(tmp_path / name)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_bomb_beside_a_launch_costs_nothing_but_its_text() -> None:
    """An alias is the node that it names: the tree has no more nodes than the text has words."""
    nodes = list(tree.walk(tree.read_yaml(LAUGHS)))
    assert len(nodes) < 300


@each_text
def test_a_rule_file_is_an_error_with_its_place(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Never an object, never an expansion."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "evil.yaml").write_text(text, "utf-8")
    with pytest.raises(RuleErrors, match=r"evil\.yaml:\d+:\d+"):
        catalogue.read_folder(tmp_path, {}, own=True)
    assert [path.name for path in tmp_path.iterdir()] == ["evil.yaml"]


def test_the_values_of_a_rule_file_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bomb stops at the limit: 9**12 values would never end."""
    monkeypatch.setattr(yaml_file, "MOST_VALUES", 500)
    document = yaml_file.parse(LAUGHS, "evil.yaml")
    assert len(document.places) <= 600
    assert any("too many values" in problem.message for problem in document.problems)
