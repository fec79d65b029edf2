"""Broken launches of every kind of file: what is told, where it stands, and the text without it."""

from __future__ import annotations

from textwrap import dedent

import pytest

from vllm_doctor.errors import LaunchError
from vllm_doctor.launch.broken.flaws import flaws, mended
from vllm_doctor.launch.files import read_launches
from vllm_doctor.launch.types import Launch

POD = """\
apiVersion: v1
kind: Pod
spec:
  containers:
    - name: server
      image: {image}
      {what}
"""
NEW, OLD, OWN = "vllm/vllm-openai:v0.11.2", "vllm/vllm-openai:v0.9.1", "registry/own:1"


def pod(what: str, image: str = OLD) -> str:
    """A pod whose container has this as well."""
    return POD.format(image=image, what=what.replace("\n", "\n      "))


def compose(what: str, image: str = OLD) -> str:
    """A service that has this as well."""
    return "services:\n  a:\n    image: " + image + "\n    " + what.replace("\n", "\n    ") + "\n"


CASES = [
    ("justfile", "a:\n    vllm serve m \\\n      --port 1\n      --x 2\n", "missing-backslash", "1",
     "a:\n    vllm serve m \\\n      --port 1 \\\n      --x 2\n"),
    ("compose.yaml", compose("command: |\n  --model m\n  # --x 2\n  --port 1"), "comment-in-text", "# --x 2",
     compose("# --x 2\ncommand: |\n  --model m\n  --port 1")),
    ("compose.yaml", compose("command: >\n  --model m # why\n  --port 1"), "comment-in-text", "# why",
     compose("# why\ncommand: >\n  --model m\n  --port 1")),
    ("pod.yaml", pod("command: [sh, -c]\nargs:\n  - >\n    vllm serve m\n    # --x 2\n    --port 1", OWN),
     "comment-in-text", "# --x 2", pod("command: [sh, -c]\nargs:\n  # --x 2\n  - >\n    vllm serve m\n    --port 1", OWN)),
    ("pod.yaml", pod("args: [--model, m, --port = 1]"), "equals", "--port = 1", pod("args: [--model, m, --port=1]")),
    ("pod.yaml", pod("args:\n  - --model m\n  - --port=1"), "option-and-value", "--model m",
     pod("args:\n  - --model\n  - m\n  - --port=1")),
    ("pod.yaml", pod('args: ["--model m", "--port", "1"]'), "option-and-value", '"--model m"',
     pod('args: ["--model", "m", "--port", "1"]')),
    ("pod.yaml", pod("args:\n  - '--hf-overrides {\"a\": 1}'\n  - --model=m"), "option-and-value",
     "'--hf-overrides {\"a\": 1}'", pod("args:\n  - '--hf-overrides'\n  - '{\"a\": 1}'\n  - --model=m")),
    ("pod.yaml", pod('args: ["vllm serve m --port 1"]', OWN), "whole-command", '"vllm serve m --port 1"',
     pod('args: ["vllm", "serve", "m", "--port", "1"]', OWN)),
    ("pod.yaml", pod("args:\n  - vllm\n  - serve\n  - m", NEW), "repeated", "vllm\n        - serve",
     pod("args:\n  - m", NEW)),
    ("pod.yaml", pod("args:\n  - serve\n  - m", OLD), "repeated", "serve", pod("args:\n  - --model\n  - m", OLD)),
    ("pod.yaml", pod('args: ["python3", "-m", "vllm.entrypoints.openai.api_server", "--model", "m"]', NEW),
     "repeated", '"python3", "-m", "vllm.entrypoints.openai.api_server"', pod('args: ["--model", "m"]', NEW)),
    ("pod.yaml", pod("args: [--model, m, --port, 1]"), "not-text", "1", pod('args: [--model, m, --port, "1"]')),
    ("pod.yaml", pod("args: [--model, m, --x, on]"), "not-text", "on", pod('args: [--model, m, --x, "on"]')),
    ("pod.yaml", pod("args: [--model, m]\nenv:\n  - name: A\n    value: 1"), "variable-not-text", "1",
     pod('args: [--model, m]\nenv:\n  - name: A\n    value: "1"')),
    ("pod.yaml", pod("args:\n  - --model=m\n  - --served-model-name: a"), "mapping", "--served-model-name: a",
     pod("args:\n  - --model=m\n  - --served-model-name=a")),
    ("pod.yaml", pod('args:\n  - --model=m\n  - --hf-overrides={"a": 1}'), "mapping", '--hf-overrides={"a": 1}',
     pod("args:\n  - --model=m\n  - '--hf-overrides={\"a\": 1}'")),
    ("pod.yaml", pod('args:\n  - --model=m\n  - --hf-overrides\n  - {"a": 1}'), "flow-map", '{"a": 1}',
     pod("args:\n  - --model=m\n  - --hf-overrides\n  - '{\"a\": 1}'")),
    ("pod.yaml", pod("args:\n  - --model=m\n  - --chat-template='x.jinja'"), "quotes-kept",
     "--chat-template='x.jinja'", pod("args:\n  - --model=m\n  - --chat-template=x.jinja")),
    ("pod.yaml", pod("args:\n  - \u2014model\n  - m"), "dash", "\u2014model", pod("args:\n  - --model\n  - m")),
    ("pod.yaml", pod("command: [sh, -c]\nargs:\n  - |\n    vllm serve m \\\n      # x\n      --port 1", OWN), "comment",
     "# x", pod("command: [sh, -c]\nargs:\n  - |\n    # x\n    vllm serve m \\\n      --port 1", OWN)),
    ("pod.yaml", pod("command: [sh, -c]\nargs:\n  - |\n    vllm serve m\n      --port 1", OWN), "missing-backslash",
     "m", pod("command: [sh, -c]\nargs:\n  - |\n    vllm serve m \\\n      --port 1", OWN)),
    ("pod.yaml", pod("command: [sh, -c]\nargs:\n  - >-\n    vllm serve m\n      --port 1", OWN), "folded-lines",
     "m", pod("command: [sh, -c]\nargs:\n  - >-\n    vllm serve m \\\n      --port 1", OWN)),
    ("pod.yaml", pod("command: [sh, -c]\nargs:\n  - >-\n    vllm serve m \\\n    --port 1", OWN), "folded-backslash",
     "\\", pod("command: [sh, -c]\nargs:\n  - >-\n    vllm serve m\n    --port 1", OWN)),
    ("compose.yaml", compose("command: >\n  --model m \\\n  --port 1"), "folded-backslash", "\\",
     compose("command: >\n  --model m\n  --port 1")),
    ("compose.yaml", compose("command: |\n  --model m \\\n  --port 1"), "folded-backslash", "\\",
     compose("command: |\n  --model m\n  --port 1")),
    ("compose.yaml", compose("command: vllm serve m --port 1"), "repeated", "vllm serve",
     compose("command: --model m --port 1")),
    ("compose.yaml", compose("command: --model m --hf-overrides {\"a\":1}"), "shell-json", '{"a":1}',
     compose("command: --model m --hf-overrides '{\"a\":1}'")),
    ("compose.yaml", compose("command: --model m \u2013port 1"), "dash", "\u2013", compose("command: --model m --port 1")),
    ("compose.yaml", compose('command: ["--model", "m", "--port", 1]'), "not-text", "1",
     compose('command: ["--model", "m", "--port", "1"]')),
    ("compose.yaml", compose('entrypoint: [sh, -c]\ncommand: ["vllm serve m --port $(cat p)"]', OWN), "dollar", "$",
     compose('entrypoint: [sh, -c]\ncommand: ["vllm serve m --port $$(cat p)"]', OWN)),
    ("compose.yaml", compose('environment: {M: m}\nentrypoint: [sh, -c]\ncommand: ["vllm serve ${M}"]', OWN),
     "outer-variable", "${M}",
     compose('environment: {M: m}\nentrypoint: [sh, -c]\ncommand: ["vllm serve $${M}"]', OWN)),
    ("Dockerfile", f'FROM {OLD}\nCMD ["--model", "m", "--port 1"]\n', "option-and-value", '"--port 1"',
     f'FROM {OLD}\nCMD ["--model", "m", "--port", "1"]\n'),
    ("Dockerfile", f'FROM {OWN}\nENTRYPOINT ["vllm serve m --port 1"]\n', "whole-command", '"vllm serve m --port 1"',
     f'FROM {OWN}\nENTRYPOINT ["vllm", "serve", "m", "--port", "1"]\n'),
    ("Dockerfile", f'FROM {NEW}\nCMD ["vllm", "serve", "m"]\n', "repeated", '"vllm", "serve"', f'FROM {NEW}\nCMD ["m"]\n'),
    ("Dockerfile", f"FROM {NEW}\nCMD vllm serve m --port 1\n", "shell-form", "vllm serve m --port 1",
     f'FROM {NEW}\nCMD ["m", "--port", "1"]\n'),
    ("Dockerfile", f"FROM {OWN}\nCMD vllm serve m \\\n  --port 1\n  --x 2\n", "missing-backslash", "1",
     f"FROM {OWN}\nCMD vllm serve m \\\n  --port 1 \\\n  --x 2\n"),
    ("Makefile", "a:\n\tvllm serve m \\\n\t  --port 1\n\t  --x 2\n", "missing-backslash", "1",
     "a:\n\tvllm serve m \\\n\t  --port 1 \\\n\t  --x 2\n"),
    ("Makefile", "a:\n\tvllm serve m \\\n\t  # why\n\t  --x 2\n", "comment", "# why",
     "a:\n\t# why\n\tvllm serve m \\\n\t  --x 2\n"),
    ("Makefile", "a:\n\tvllm serve m \\ \n\t  --x 2\n", "blank-after-backslash", "\\ ",
     "a:\n\tvllm serve m \\\n\t  --x 2\n"),
    ("a.service", "[Service]\nExecStart=vllm serve m \\\n  --port 1\n  --x=2\n", "missing-backslash", "1",
     "[Service]\nExecStart=vllm serve m \\\n  --port 1 \\\n  --x=2\n"),
    ("a.container", f"[Container]\nImage={NEW}\nExec=m --port 1\n  --x 2\n", "missing-backslash", "1",
     f"[Container]\nImage={NEW}\nExec=m --port 1 \\\n  --x 2\n"),
    ("a.ps1", "vllm serve m `\n  --port 1 ` \n  --x 2\n", "blank-after-backslash", "` ",
     "vllm serve m `\n  --port 1 `\n  --x 2\n"),
    ("a.ps1", "vllm serve m `\n  # why\n  --x 2\n", "comment", "# why", "# why\nvllm serve m `\n  --x 2\n"),
    ("a.ps1", "vllm serve m `\n\n  --x 2\n", "empty-line", "m", "vllm serve m `\n  --x 2\n"),
    ("a.ps1", "vllm serve m `\n  --port 1\n  --x 2\n", "missing-backslash", "1",
     "vllm serve m `\n  --port 1 `\n  --x 2\n"),
    ("a.ps1", "vllm serve m \\\n  --x 2\n", "backslash-in-powershell", "\\", "vllm serve m `\n  --x 2\n"),
    ("a.py", 'import subprocess\nsubprocess.run(["vllm", "serve", "m", "--port 1"])\n', "option-and-value",
     '"--port 1"', 'import subprocess\nsubprocess.run(["vllm", "serve", "m", "--port", "1"])\n'),
    ("a.md", "```bash\nvllm serve m \\\n  --port 1 \\  # why\n  --x 2\n```\n", "comment", "# why",
     "```bash\n# why\nvllm serve m \\\n  --port 1 \\\n  --x 2\n```\n"),
    ("a.sh", f"docker run {NEW} vllm serve m\n", "repeated", "vllm serve", f"docker run {NEW} m\n"),
    ("a.sh", f"docker run \\\n  # why\n  -p 1:1 \\\n  {NEW} m\n", "comment", "# why",
     f"# why\ndocker run \\\n  -p 1:1 \\\n  {NEW} m\n"),
    ("a.sh", "bash -c 'vllm serve m\n  --port 1'\n", "missing-backslash", "m",
     "bash -c 'vllm serve m \\\n  --port 1'\n"),
    ("a.sh", "cat > p.yaml <<'E'\n" + pod('args: ["--model m"]') + "E\n", "option-and-value", '"--model m"',
     "cat > p.yaml <<'E'\n" + pod('args: ["--model", "m"]') + "E\n"),
]  # fmt: skip


def only(text: str, file: str) -> Launch:
    """The one launch of a text."""
    (launch,) = read_launches(text, file)
    return launch


@pytest.mark.parametrize(("file", "text", "how", "shown", "whole"), CASES)
def test_a_flaw_is_told_with_its_place_and_mended(file: str, text: str, how: str, shown: str, whole: str) -> None:
    launch = only(text, file)
    found = flaws(launch)
    assert [flaw.how for flaw in found] == [how]
    assert found[0].span.of(text) == shown
    made = mended(launch, how)
    assert made.text == whole
    assert flaws(made) == ()
    assert made.argv_effective is None
    assert made.argv == (found[0].words or launch.argv)
    assert only(whole, file).argv == made.argv


@pytest.mark.parametrize(("file", "text", "how", "shown", "whole"), CASES)
def test_what_does_not_reach_vllm_is_said(file: str, text: str, how: str, shown: str, whole: str) -> None:
    same = how in ("variable-not-text", "dollar", "outer-variable", "not-text")
    assert (only(text, file).argv_effective is None) == same


SANE = [
    ("justfile", "a:\n    -docker rm -f vllm\n    vllm serve m \\\n      --port 1\n    @-true\n"),
    ("compose.yaml", compose("command: --model m # why")),
    ("compose.yaml", compose("command: >\n  --model m --served-model-name '#1 of all'\n  --x a#b")),
    ("pod.yaml", pod("command: [sh, -c]\nargs:\n  - |\n    # why\n    vllm serve m # what\n    # end", OWN)),
    ("pod.yaml", pod('args: ["--model", "m", "--served-model-name", "a b", "--port=1"]')),
    ("pod.yaml", pod("args: [--model, m, --note, 1:30, --when, 2024-01-01, --y, y]")),
    ("pod.yaml", pod('command: [sh, -c, "vllm serve m --port 1"]', OWN)),
    ("pod.yaml", pod("command: [vllm, serve]\nargs: [m, --port, '1']", NEW)),
    ("pod.yaml", pod('command: [sh, -c]\nargs: ["exec vllm serve m --chat-template=\'a b\'"]', OWN)),
    ("pod.yaml", pod("args: [--model, m]\nenv:\n  - {name: A, value: '1'}\n  - {name: B, value: on-call}")),
    ("compose.yaml", compose("command: >\n  --model m\n    --port 1\n  --x 2")),
    ("compose.yaml", compose("environment: {A: 1, B: true}\ncommand: --model m")),
    ("compose.yaml", compose('environment: ["M=${M}"]\nentrypoint: [sh, -c]\ncommand: ["vllm serve ${M} $$X"]', OWN)),
    ("compose.yaml", compose("entrypoint: vllm serve\ncommand: m --port 1", NEW)),
    ("values.yaml", "image:\n  repository: vllm/vllm-openai\n  tag: v0.9.1\nargs:\n  - --model='m'\n  - --port 1\n"),
    ("Dockerfile", f"FROM {OWN}\nCMD vllm serve m \\\n  # gone\n  --port 1 \\ \n\n  --x 2\n"),
    ("Dockerfile", f'FROM {NEW}\nENTRYPOINT ["vllm", "serve"]\nCMD ["m", "--served-model-name", "a b"]\n'),
    ("Makefile", "a:\n\t-docker rm -f vllm\n\tvllm serve m \\\n\t  --port 1\n\t-true\n"),
    ("a.service", "[Service]\nExecStart=vllm serve m \\\n# gone\n  --port 1\nRestart=always\n"),
    ("a.ps1", "vllm serve m `\n  --port 1\n\n--x\n"),
    ("a.py", 'import subprocess\nsubprocess.run(["vllm", "serve", "m", "--served-model-name", "a b"])\n'),
    ("a.md", "```bash\nvllm serve m \\\n  --port 1 \\\n```\n\n- --x is an option\n"),
    ("a.sh", f"docker run --entrypoint vllm {NEW} serve m --port 1\n"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "text"), SANE)
def test_a_sane_launch_has_no_flaw(file: str, text: str) -> None:
    assert [flaw for launch in read_launches(text, file) for flaw in flaws(launch)] == []


def test_a_flaw_that_no_edit_can_mend_is_told() -> None:
    launch = only(f"FROM {NEW}\nCMD vllm serve $MODEL\n", "Dockerfile")
    assert [flaw.how for flaw in flaws(launch)] == ["shell-form"]
    with pytest.raises(LaunchError):
        mended(launch, "shell-form")


def test_several_flaws_of_one_kind_are_mended_together_and_nothing_else_is() -> None:
    text = dedent(
        """\
        # before
        vllm serve a --port 1
          --x 2
          --y 3
        vllm serve b \\
          --port 2
        """
    )
    first, second = read_launches(text, "a.sh")
    made = mended(first, "missing-backslash")
    assert made.text == text.replace("--port 1\n", "--port 1 \\\n").replace("--x 2\n", "--x 2 \\\n")
    assert [one.argv for one in read_launches(made.text, "a.sh")] == [first.argv, second.argv]
