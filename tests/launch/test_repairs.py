"""Breaks of a command are read as they were meant, and mended where they stand."""

from __future__ import annotations

import pytest

from vllm_doctor.launch.parser import parse_shell
from vllm_doctor.launch.repairs import repairs
from vllm_doctor.text import apply

SERVE = "vllm serve m \\\n  --port 1 \\\n"

BROKEN = [
    ("comment", f"{SERVE}  # why\n  --a 1\n", f"# why\n{SERVE}  --a 1\n"),
    ("comment", "vllm serve m \\\n  --port 1 # why \\\n  --a 1\n", f"# why\n{SERVE}  --a 1\n"),
    ("comment", "vllm serve m \\\n  --port 1 \\ # why\n  --a 1\n", f"# why\n{SERVE}  --a 1\n"),
    ("comment", "vllm serve m \\\n  --port 1 \\  # why\n  --a 1\n", f"# why\n{SERVE}  --a 1\n"),
    ("comment", "vllm serve m --port 1 \\ # why\n", "vllm serve m --port 1  # why\n"),
    ("blank-after-backslash", "vllm serve m \\\n  --port 1 \\ \n  --a 1\n", f"{SERVE}  --a 1\n"),
    ("blank-after-backslash", "vllm serve \\\t\n  m --port 1\n", "vllm serve \\\n  m --port 1\n"),
    ("blank-after-backslash", "vllm serve m --port 1 \\ \necho x\n", "vllm serve m --port 1\necho x\n"),
    ("empty-line", f"{SERVE}\n  --a 1\n", f"{SERVE}  --a 1\n"),
    ("missing-backslash", "vllm serve m \\\n  --port 1\n  --a 1\n", f"{SERVE}  --a 1\n"),
    ("missing-backslash", "vllm serve m\r\n  --a 1\r\n", "vllm serve m \\\r\n  --a 1\r\n"),
    ("comment", "docker run --gpus all \\\n  # x\n  vllm/vllm-openai m\n", "# x\ndocker run --gpus all \\\n  vllm/vllm-openai m\n"),
    ("comment", "srun -G 1 \\\n  # x\n  vllm serve m\n", "# x\nsrun -G 1 \\\n  vllm serve m\n"),
    ("comment", "A=1 \\\n# x\nvllm serve m\n", "# x\nA=1 \\\nvllm serve m\n"),
    ("dash", "vllm serve m \u2014port 1\n", "vllm serve m --port 1\n"),
    ("dash", "vllm serve m \u2013-port 1\n", "vllm serve m --port 1\n"),
    ("dash", "vllm serve m \u2011tp 2\n", "vllm serve m -tp 2\n"),
    ("quote", "vllm serve m --name \u201ca b\u201d\n", 'vllm serve m --name "a b"\n'),
    ("quote", "vllm serve m --a '{\u201cb\u201d: 1}'\n", "vllm serve m --a '{\"b\": 1}'\n"),
    ("space", "vllm serve m\u00a0--port 1\n", "vllm serve m --port 1\n"),
    ("shell-json", 'vllm serve m --a {"b": 1} -q x\n', "vllm serve m --a '{\"b\": 1}' -q x\n"),
    ("shell-json", 'vllm serve m --a={"b":1}\n', "vllm serve m --a='{\"b\":1}'\n"),
    ("shell-json", 'vllm serve m --a "{"b": 1}"\n', "vllm serve m --a '{\"b\": 1}'\n"),
    ("shell-json", 'vllm serve m --a "{"b": "$X"}"\n', 'vllm serve m --a "{\\"b\\": \\"$X\\"}"\n'),
    ("equals", "vllm serve m --port = 1\n", "vllm serve m --port=1\n"),
    ("equals", "vllm serve m --port= 1 --a 1\n", "vllm serve m --port=1 --a 1\n"),
    ("equals", "vllm serve m --port =1\n", "vllm serve m --port=1\n"),
]  # fmt: skip


@pytest.mark.parametrize(("how", "text", "mended"), BROKEN)
def test_a_break_is_told_and_mended(how: str, text: str, mended: str) -> None:
    found = repairs(text)
    assert [repair.how for repair in found] == [how]
    assert apply(text, [edit for repair in found for edit in (*repair.edits, *repair.keeps)]) == mended
    assert repairs(mended) == ()


@pytest.mark.parametrize(("how", "text", "mended"), BROKEN)
def test_the_launch_is_read_as_the_mended_text_has_it(how: str, text: str, mended: str) -> None:
    (broken,), (whole,) = parse_shell(text), parse_shell(mended)
    assert broken.argv == whole.argv
    assert [(one.name, one.value) for one in broken.env] == [(one.name, one.value) for one in whole.env]
    assert whole.argv_effective is None


SANE = [
    "srun -G 1 \\\n  ./start.sh \\\n# x\nvllm serve m\n",
    'if [ "$A" ]; then vllm serve m; fi\n',
    '[ "a" ] && vllm serve m\n',
    '{ "vllm"; }\n',
    "vllm serve m \\\n  --port 1\n",
    "vllm serve m \\\n  --port 1 \\\n\necho done\n",
    "vllm serve m \\\n  --port 1 \\\n  # --a 1\necho done\n",
    "vllm serve m --port 1 # note\n# --a 1\necho\n",
    "ARGS=(\n  --port 1 # why\n\n  # --b\n  --a 1\n)\nvllm serve m \"${ARGS[@]}\"\n",
    "vllm serve [OPTIONS]\n  --port PORT\n",
    "vllm serve m\n\n  --port 8000   the port\n",
    "vllm serve m --a '{\"b\": 1}' --c \"{\\\"d\\\": 1}\" --e '[\"x\"]'\n",
    "vllm serve m --served-model-name 'it\u2019s' \"\u201cx\u201d\"\n",
    "echo \u2014 vllm serve \u2014\nvllm serve m\n",
    "vllm serve m --api-key a= --b c==\n",
    "case $1 in\n  --vllm)\n    x;;\n  --b)\n    y;;\nesac\n",
    "vllm serve my\\ model\n",
    "export A=1\n--b\nvllm serve m\n",
    "A=1\n\n# python x \\\n#  --b \\\n\nvllm serve m\n",
    "A=1\n# why \\\nvllm serve m\n",
    "vllm serve m <<EOF\n  --a 1\nEOF\n",
    "vllm serve m --name caf\u00e9\u2014bar\n",
]  # fmt: skip


@pytest.mark.parametrize("text", SANE)
def test_a_sane_command_has_no_break(text: str) -> None:
    assert repairs(text) == ()
