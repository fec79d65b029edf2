from __future__ import annotations

import json

import pytest

from vllm_doctor.launch.files import read_launches

COMMANDS = [
    'pkill -f "vllm serve"',
    "pgrep -f 'vllm serve acme/demo'",
    'echo "vllm serve acme/demo --port 1"',
    "# vllm serve acme/demo --port 1",
    "pip install vllm==0.24.0",
    "vllm bench serve --model acme/demo --port 1",
    "vllm chat --url http://localhost:8000/v1",
    "vllm-router serve --port 1",
    "python -m sglang.launch_server --model-path vllm/demo --port 1",
    "text-generation-launcher --model-id vllm/demo",
    "llama-server --model vllm.gguf --port 1",
    "ollama serve vllm",
    "docker run --rm ghcr.io/acme/router:1 --vllm-port 8000",
    "docker pull vllm/vllm-openai:v0.24.0",
    "docker logs vllm",
    "curl http://vllm:8000/v1/models",
    "systemctl restart vllm",
]


def words(command: str) -> str:
    return json.dumps(command.split(" "))


KINDS = {
    "Dockerfile": ["FROM x\nCMD {}\n", "FROM x\nRUN {}\n"],
    "a.service": ["[Unit]\nDescription=vllm serve x\n[Service]\nExecStart=/usr/bin/{}\n", "[Service]\nExecStartPre=/usr/bin/vllm serve x\n"],
    "a.container": ["[Container]\nImage=acme/tool\nExec={}\n"],
    "Makefile": ["# vllm serve\nrun:\n\t@{}\nvllm: serve\n"],
    "justfile": ["run:\n  {}\n"],
    "a.md": ["Use vllm serve --help.\n\n```bash\n{}\n```\n", "Run `vllm serve acme/demo --port 1`.\n\n    {}\n", "```python\nvllm serve x --port 1\n```\n"],
    "a.rst": ["Say ``vllm serve x``::\n\n  {}\n"],
    "a.sh.j2": ["{{# vllm serve acme/demo #}}\n{}\n"],
    "a.ps1": ["<# vllm serve acme/demo #>\n{}\n"],
}  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(("file", "frame"), [(file, frame) for file, frames in KINDS.items() for frame in frames])
def test_nothing_is_launched(file: str, frame: str, command: str) -> None:
    assert read_launches(frame.format(command.replace("$", "$$")), file) == ()


@pytest.mark.parametrize("command", COMMANDS)
def test_nothing_is_launched_by_lists(command: str) -> None:
    assert read_launches(f"FROM x\nENTRYPOINT []\nCMD {words(command)}\n", "Dockerfile") == ()
    assert read_launches(f"import subprocess\nsubprocess.run({words(command)})\n", "a.py") == ()
    assert read_launches(f"import os\nos.system({json.dumps(command)})\n", "a.py") == ()


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("a.py", 'print("vllm serve x --port 1")\nlogger.info(["vllm", "serve", "x"])\n'),
        ("a.py", '"""vllm serve x"""\nHELP = "vllm serve x"\n'),
        ("a.py", 'from langchain import LLM\nLLM(model="vllm")\n'),
        ("a.py", 'assert cmd == ["vllm", "serve", "x"]\n'),
        ("a.py", "this is no Python: vllm serve x\n"),
        (".env", "VLLM_BASE_URL=http://vllm:8000\nVLLM_API_KEY=x\nMODEL=m\n"),
        (".env", "# VLLM_ARGS=--port 1\nVLLM_PORT=1\nVLLM_USE_V1=1\n"),
        ("Dockerfile", 'FROM x\nHEALTHCHECK CMD ["vllm", "serve", "x"]\nLABEL run="vllm serve x"\n'),
        ("Dockerfile", "FROM vllm/vllm-openai:v0.24.0\nRUN pip install x\n"),
        ("Dockerfile", 'FROM x AS a\nCMD ["vllm", "serve", "x"]\nCMD ["true"]\n'),
        ("Dockerfile", 'FROM x\nENTRYPOINT true\nCMD ["vllm", "serve", "x"]\n'),
        ("a.container", "[Container]\nImage=ollama/ollama\nExec=serve vllm\n"),
        ("a.service", "[Install]\nExecStart=/usr/bin/vllm serve x\n"),
    ],
)
def test_nothing_is_launched_here(file: str, text: str) -> None:
    assert read_launches(text, file) == ()


def test_a_config_that_a_script_writes_is_no_launch_of_its_own() -> None:
    text = "cat > c.yaml <<EOF\nmodel: acme/demo\nmax-model-len: 8\ntensor-parallel-size: 2\nEOF\nvllm serve --config c.yaml\n"
    assert [launch.argv for launch in read_launches(text, "a.sh")] == [("--config", "c.yaml")]
