"""Launches in YAML of every style, with what they must be read as."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from hypothesis import strategies as st

VALUES = st.sampled_from(
    ["1", "0.90", "a b", '{"a": 1}', "it's", "-1", "$HOME", "x\\y", "true", "null", "é", "😀", "a=b", "#x", "a: b", "", "a #b",
     "- x", "[1, 2]", "%d", "@x", "`w`", "*", "&a", "!x", "1:30", "~", "a\tb", "'q'", '"q"', "{{ x }}", "$(X)", "$$"]
)  # fmt: skip
FLAGS = st.sampled_from(["--max-model-len", "--max_num_seqs", "--on", "-tp", "--config.key_a", "--x"])
NEWLINES = st.sampled_from(["\n", "\n", "\r\n"])


@dataclass(frozen=True)
class Case:
    """A file with one launch: its name, its text, the argv that it must be read as, the environment."""

    file: str
    text: str
    argv: tuple[str, ...]
    env: dict[str, str]


@st.composite
def argvs(draw: st.DrawFn, values: st.SearchStrategy[str] = VALUES) -> tuple[str, ...]:
    """A model and some options."""
    words = ["org/model"]
    for flag in draw(st.lists(FLAGS, max_size=4)):
        value = draw(values)
        if flag == "--on":
            words.append(flag)
        elif flag.startswith("--") and draw(st.booleans()) and value and value[0] not in "'\"":
            words.append(f"{flag}={value}")
        else:
            words += [flag, value]
    return tuple(words)


def double(value: str) -> str:
    """A value in YAML's double quotes."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t") + '"'


@st.composite
def scalar(draw: st.DrawFn, value: str) -> str:
    """One of the ways to write a string."""
    ways = [double(value), "'" + value.replace("'", "''") + "'"]
    if (
        value.replace("-", "a").replace("/", "a").replace("=", "a").isalnum()
        and value[:1].isalpha()
        and value not in ("true", "null")
    ):
        ways += [value, value]
    if value.startswith("--") and value[2:].replace("-", "").replace("_", "").isalnum():
        ways += [value, value]
    return draw(st.sampled_from(ways))


@st.composite
def listed(draw: st.DrawFn, words: tuple[str, ...], indent: str) -> str:
    """A list under a key: in brackets, on one line or several, or an item on each line."""
    items = [draw(scalar(word)) for word in words]
    shape = draw(st.sampled_from(["flow", "lines", "block", "outdented", "comments"]))
    if shape == "flow":
        return " [" + ", ".join(items) + "]\n"
    if shape == "lines":
        return " [\n" + ",\n".join(f"{indent}  {item}" for item in items) + f"\n{indent}]\n"
    if shape == "outdented":
        return "\n" + "".join(f"{indent}- {item}\n" for item in items)
    note = "  # why" if shape == "comments" else ""
    return "\n" + "".join(f"{indent}  - {item}{note}\n" for item in items)


@st.composite
def scripts(draw: st.DrawFn, words: tuple[str, ...], indent: str, doubled: bool) -> str:
    """A script under a key, as a block of either kind or a string."""
    dollar = "$$" if doubled else "$"
    quoted = [shlex.quote(word).replace("$", dollar) for word in words]
    style = draw(st.sampled_from(["|", "|-", ">", ">-", "|2", '"', "plain"]))
    if style == "plain":
        text = " ".join(["exec vllm serve", *quoted])
        safe = not any(part in text for part in (": ", " #", "\t")) and not text.endswith((":", " "))
        return f" {text}\n" if safe else f" {double(text)}\n"
    if style == '"':
        return " " + double("set -e; vllm serve " + " ".join(quoted)) + "\n"
    if style.startswith(">"):
        joined = f"\n{indent}  ".join(["vllm serve", *quoted])
        return f" {style}\n{indent}  {joined}\n"
    header = f" {style}\n"
    gap = draw(st.sampled_from([" ", f" \\\n{indent}    "]))
    body = (
        f"{indent}  set -eu\n\n{indent}  vllm serve "
        + gap.join(quoted)
        + draw(st.sampled_from(["", " &", " > log 2>&1"]))
    )
    return f"{header}{body}\n{indent}  wait\n"


@st.composite
def environments(draw: st.DrawFn, indent: str, form: str) -> tuple[str, dict[str, str]]:
    """The variables VX and VY, or none, in the form of a kind of file."""
    if not draw(st.booleans()):
        return "", {}
    values = {name: draw(st.sampled_from(["1", "a b", "x=y", "it's", "on"])) for name in ("VX", "VY")}
    if form == "map":
        lines = [f"{indent}  {name}: {double(value)}" for name, value in values.items()]
    elif form == "strings":
        lines = [
            f"{indent}  - {draw(st.sampled_from([double, lambda one: one]))(f'{name}={value}')}"
            for name, value in values.items()
        ]
    else:
        lines = [f"{indent}  - name: {name}\n{indent}    value: {double(value)}" for name, value in values.items()]
    return "\n".join(lines) + "\n", values


@st.composite
def compose(draw: st.DrawFn) -> Case:
    """A service of a compose file."""
    argv = draw(argvs(VALUES.filter(lambda value: "$" not in value and "{{" not in value)))
    form = draw(st.sampled_from(["map", "strings"]))
    env, values = draw(environments("    ", form))
    shape = draw(st.sampled_from(["list", "string", "script"]))
    if shape == "list":
        command = "    command:" + draw(listed(argv, "    "))
    elif shape == "string":
        command = "    command:" + draw(scripts(argv, "    ", True)).replace("set -e; ", "").replace("exec ", "")
        lines = command.splitlines(keepends=True)
        command = "".join(line for line in lines if line.strip() not in ("set -eu", "wait"))
        command = (
            command.replace(" \\\n", "\n")
            .replace(" &\n", "\n")
            .replace(" > log 2>&1\n", "\n")
            .replace("vllm serve ", "", 1)
        )
        command = command.replace("vllm serve\n", "\n", 1)
    else:
        command = "    entrypoint: [bash, -c]\n    command:\n      -" + draw(scripts(argv, "      ", True))
    head = "# a file\nservices:\n  other:\n    image: nginx # web\n  one:\n    image: vllm/vllm-openai:v0.12.0\n"
    text = head + (f"    environment:\n{env}" if env else "") + command + "    ports: ['8000:8000']\n\n# end\n"
    return Case("compose.yaml", text.replace("\n", draw(NEWLINES)), argv, values)


@st.composite
def kubernetes(draw: st.DrawFn) -> Case:
    """A container of a Deployment."""
    argv = draw(argvs(VALUES.filter(lambda value: "$" not in value and "{{" not in value)))
    env, values = draw(environments("        ", "pairs"))
    if draw(st.booleans()):
        command = '        command: ["vllm", "serve"]\n        args:' + draw(listed(argv, "        "))
    else:
        command = "        command: [/bin/sh, -c]\n        args:\n          -" + draw(
            scripts(argv, "          ", False)
        )
    head = "apiVersion: apps/v1\nkind: Deployment\nspec:\n  template:\n    spec:\n      containers:\n      - name: vllm\n        image: org/llm:1 # own\n"
    text = head + (f"        env:\n{env}" if env else "") + command + "        ports:\n        - containerPort: 8000\n"
    return Case("deploy.yaml", text.replace("\n", draw(NEWLINES)), argv, values)


@st.composite
def workflows(draw: st.DrawFn) -> Case:
    """A step of a workflow."""
    argv = draw(argvs(VALUES.filter(lambda value: "{{" not in value)))
    env, values = draw(environments("        ", "map"))
    script = "      - run:" + draw(scripts(argv, "        ", False))
    text = (
        "on: push\njobs:\n  a:\n    steps:\n"
        + script
        + (f"        env:\n{env}" if env else "")
        + "      - uses: x/y@v1\n"
    )
    return Case(".github/workflows/ci.yml", text.replace("\n", draw(NEWLINES)), argv, values)


@st.composite
def configs(draw: st.DrawFn) -> Case:
    """vLLM's config file."""
    values = {"model": "org/model", "max-model-len": "4096", "dtype": draw(st.sampled_from(["auto", "bfloat16"]))}
    values |= {"served-model-name": draw(VALUES.filter(lambda value: "{{" not in value))}
    keys = draw(st.permutations(list(values)))
    words = tuple(word for key in keys for word in (f"--{key}", values[key]))
    lines = [f"{key}: {values[key] if key in ('max-model-len', 'dtype') else double(values[key])}" for key in keys]
    text = "# config\n" + "\n".join(lines) + "\n"
    return Case("config.yaml", text.replace("\n", draw(NEWLINES)), words, {})


def cases() -> st.SearchStrategy[Case]:
    """A launch of any kind."""
    return st.one_of(compose(), kubernetes(), workflows(), configs())
