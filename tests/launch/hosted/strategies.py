"""Files of every kind that hosts a launch, with the argument list that it must be read as."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass

from hypothesis import strategies as st

VALUES = st.sampled_from(
    ["1", "0.90", "a b", '{"a": 1}', "it's", "-1", "$HOME", "x\\y", "é", "😀", "a=b", "#x", "a, b", "", "a #b", "50%", "%h",
     "`w`", "*", "'q'", '"q"', "$(X)", "$$", "${X}", "a;b", ";", "a&b", "|", "~", "(x)", "@x", "x\\", "!x", "{x}", "[1, 2]"]
)  # fmt: skip
FLAGS = st.sampled_from(["--max-model-len", "--max_num_seqs", "--on", "-tp", "--config.key_a", "--x"])


@dataclass(frozen=True)
class Case:
    """A file with one launch: its name, its text, the argv that it must be read as."""

    file: str
    text: str
    argv: tuple[str, ...]


@st.composite
def argvs(draw: st.DrawFn) -> tuple[str, ...]:
    """A model and some options."""
    words = ["org/model"]
    for flag in draw(st.lists(FLAGS, max_size=4)):
        value = draw(VALUES)
        if flag == "--on":
            words.append(flag)
        elif flag.startswith("--") and draw(st.booleans()) and value:
            words.append(f"{flag}={value}")
        else:
            words += [flag, value]
    return tuple(words)


def unit(value: str, quote: str) -> str:
    """A word of a unit."""
    said = value.replace("\\", "\\\\").replace("$", "$$").replace("%", "%%")
    return quote + said.replace(quote, "\\" + quote) + quote


def powershell(value: str, double: bool) -> str:
    """A word of PowerShell."""
    if not double:
        return "'" + value.replace("'", "''") + "'"
    return '"' + "".join("`" + char if char in '`"$' else char for char in value) + '"'


def python(value: str, style: int) -> str:
    """A string literal."""
    if style == 1:
        return json.dumps(value)
    if style == 2:
        return '"""' + value.replace("\\", "\\\\").replace('"', '\\"') + '"""'
    if style == 3:
        return "f" + repr(value).replace("{", "{{").replace("}", "}}")
    return repr(value)


@st.composite
def shell(draw: st.DrawFn, argv: tuple[str, ...], lead: str) -> str:
    """A shell command on one line or several, whose lines begin with `lead`."""
    gaps = [draw(st.sampled_from([" ", " ", f" \\\n{lead}  "])) for _ in argv]
    return "vllm serve" + "".join(gap + shlex.quote(word) for gap, word in zip(gaps, argv, strict=True))


@st.composite
def rows(draw: st.DrawFn, words: list[str], broken: str) -> str:
    """Words between commas, on one line or several; `broken` is a line break."""
    gaps = [draw(st.sampled_from([", ", ",", "," + broken])) for _ in words]
    return "".join(gap + word for gap, word in zip(gaps, words, strict=True))[len(gaps[0]) :]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A file of some kind."""
    argv = draw(argvs())
    kind = draw(st.sampled_from(sorted(MADE)))
    file, text = draw(MADE[kind](argv))
    newline = draw(st.sampled_from(["\n", "\n", "\r\n"]))
    return Case(file, text.replace("\n", newline), argv)


@st.composite
def _dockerfile(draw: st.DrawFn, argv: tuple[str, ...]) -> tuple[str, str]:
    if draw(st.booleans()):
        command = draw(shell(argv, "# note\n" if draw(st.booleans()) else ""))
        return "Dockerfile", f"FROM x\nENV A=1 B='b c'\nCMD {command}\nEXPOSE 1\n"
    words = [json.dumps(word, ensure_ascii=draw(st.booleans())) for word in ("vllm", "serve", *argv)]
    listed = draw(rows(words, " \\\n    "))
    return "x/Containerfile", f"FROM x\nRUN true && \\\n  false\nENTRYPOINT [ {listed} ]\n"


@st.composite
def _unit(draw: st.DrawFn, argv: tuple[str, ...]) -> tuple[str, str]:
    words = [unit(word, draw(st.sampled_from("\"'"))) for word in argv]
    gaps = [draw(st.sampled_from([" ", " \\\n  ", " \\\n# note\n "])) for _ in words]
    line = "".join(gap + word for gap, word in zip(gaps, words, strict=True))
    if draw(st.booleans()):
        return "vllm.service", f"[Service]\nExecStart=/opt/vllm serve{line}\nRestart=always\n"
    return "vllm.container", f"[Container]\nImage=x\nExec=vllm serve{line}\nEnvironment=A=1\n"


@st.composite
def _recipe(draw: st.DrawFn, argv: tuple[str, ...]) -> tuple[str, str]:
    command = draw(shell(argv, "\t"))
    return "Makefile", f"X = 1\nrun: dep\n\t@{command.replace('$', '$$')}\nother:\n\techo\n"


@st.composite
def _just(draw: st.DrawFn, argv: tuple[str, ...]) -> tuple[str, str]:
    return "justfile", f"run:\n    {draw(shell(argv, '    '))}\nother:\n    echo {{{{ x }}}}\n"


@st.composite
def _page(draw: st.DrawFn, argv: tuple[str, ...]) -> tuple[str, str]:
    lead = draw(st.sampled_from(["", "   ", "> "]))
    prompt, goes_on = draw(st.sampled_from([("", ""), ("$ ", "> "), ("$ ", "")]))
    command = draw(shell(argv, lead + goes_on))
    return "README.md", f"# T\n\n{lead}```bash\n{lead}{prompt}{command}\n{lead}```\n\nvllm serve is good.\n"


@st.composite
def _python(draw: st.DrawFn, argv: tuple[str, ...]) -> tuple[str, str]:
    words = [python(word, draw(st.integers(0, 3))) for word in ("vllm", "serve", *argv)]
    listed = draw(rows(words, "  # é\n    "))
    if draw(st.booleans()):
        return "x.py", f"é = 1; run([{listed}])\n"
    command = python(draw(shell(argv, "")), draw(st.integers(0, 3)))
    return "x.py", f"é = 1; os.system({command})\n"


@st.composite
def _powershell(draw: st.DrawFn, argv: tuple[str, ...]) -> tuple[str, str]:
    words = [powershell(word, draw(st.booleans())) for word in argv]
    if draw(st.booleans()):
        return "x.ps1", f"$a = @(\n  {draw(rows(words, chr(10) + '  '))}\n)\n& vllm serve @a\n"
    gaps = [draw(st.sampled_from([" ", " `\n  "])) for _ in words]
    line = "".join(gap + word for gap, word in zip(gaps, words, strict=True))
    return "x.ps1", f"$x = 1\n& vllm serve{line}; echo\n"


MADE = {
    "dockerfile": _dockerfile,
    "unit": _unit,
    "makefile": _recipe,
    "justfile": _just,
    "page": _page,
    "python": _python,
    "powershell": _powershell,
}
