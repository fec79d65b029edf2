"""What bash makes of a command is what the reader says: generated commands, run with a stub in place of vLLM."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vllm_doctor.launch.broken.flaws import flaws, mended
from vllm_doctor.launch.parser import parse_shell
from vllm_doctor.launch.types import Launch

COMMANDS_EACH, EXAMPLES = 30, 20
"""20 runs of bash with 30 commands each: 600 commands."""

VALUES = {"BARE": "org/model-7B", "QUOTED": "a b  c", "EMPTY": "", "STAR": "x*y"}
ARRAYS = {"ARR": ["--list", "one", "two words", "it's"], "NONE": []}
PREAMBLE = (
    "BARE=org/model-7B\nQUOTED='a b  c'\nEMPTY=\nSTAR='x*y'\nARR=(--list one \"two words\" 'it'\\''s')\nNONE=()\n"
)
DRIVER = r"""
vllm() { printf '\002'; printf '%s\0' "$@"; printf '\003'; }
for one in "$@"; do ( . "$one" ) 2>/dev/null </dev/null; printf '\004'; done
"""
_REFERENCE = re.compile(r"\$(?:([A-Z]+)|\{([A-Z]+)(?::?-([^}]*))?\})")


@dataclass
class Said:
    """A generated command: its text, and whether something in it is broken."""

    text: str
    broken: str = ""


TEXT = st.text(alphabet="abzAZ09_./:@%+,=^é~-", min_size=1, max_size=8).filter(
    lambda text: not text.startswith(("~", "="))
)
INSIDE = st.text(alphabet="ab \t#;|&<>()*?[]{}!x=é'\n", max_size=8)


@st.composite
def piece(draw: st.DrawFn) -> str:
    """A part of a word, in one of the shell's quotings."""
    kind = draw(st.sampled_from(["bare", "bare", "single", "double", "escape", "ansi", "variable", "default"]))
    if kind == "single":
        return "'" + draw(INSIDE).replace("'", "") + "'"
    if kind == "double":
        inner = draw(INSIDE).replace("!", "")
        return '"' + inner + draw(st.sampled_from(["", "$QUOTED", "${BARE}", '\\"', "\\\\", "\\x", "\\\n"])) + '"'
    if kind == "escape":
        return "\\" + draw(st.sampled_from(list(" '\"\\#;&|<>()*x-")))
    if kind == "ansi":
        return "$'" + draw(st.sampled_from(["a b", "\\n", "\\t\\'", "\\x41", "\\u00e9", "it\\'s"])) + "'"
    if kind == "variable":
        return draw(st.sampled_from(["${BARE}", '"$QUOTED"', '"${STAR}"', '"$EMPTY"']))
    if kind == "default":
        return draw(st.sampled_from(["${BARE:-other}", "${UNSET:-fallback}", '"${UNSET:-a b}"', "${EMPTY:-full}"]))
    return draw(TEXT)


@st.composite
def word(draw: st.DrawFn) -> str:
    """A word: an option, a value in pieces, a literal with dollars, or an array."""
    kind = draw(st.sampled_from(["option", "pieces", "pieces", "glued", "literal", "array"]))
    if kind == "option":
        return draw(st.sampled_from(["--max-model-len", "-tp", "--port", "--served_model_name"]))
    if kind == "literal":
        return draw(st.sampled_from(["'$HOME `x`'", "\\$HOME", '"\\$HOME \\`x\\`"', "''", '""', "'{\"a\": [1, 2]}'"]))
    if kind == "array":
        return draw(st.sampled_from(['"${ARR[@]}"', '"${NONE[@]}"']))
    made = "".join(draw(st.lists(piece(), min_size=1, max_size=3)))
    return f"--x={made}" if kind == "glued" else made


BREAKS = {
    "comment": " \\\n  # note\n  ",
    "comment-behind": " # note \\\n  ",
    "stray-comment": " \\ # note\n  ",
    "blank": " \\ \n  ",
    "empty": " \\\n\n  ",
    "missing": "\n  ",
    "dash": " \u2014q 1 ",
    "short-dash": " \u2013tp 2 ",
    "curly": " --name \u201ca b\u201d ",
    "no-break": " x\u00a0",
    "equals": " --b = 2 ",
    "glued": " --b= 2 ",
    "json": ' --j {"a": 1} ',
    "braces": ' --j {"a":1,"b":{"c":"x","d":2}} ',
    "quoted-json": ' --j "{"a": 1}" ',
}
"""What stands before `--port 8001` in a broken command: up to `missing` the command ends there."""


@st.composite
def commands(draw: st.DrawFn) -> Said:
    """A script with one launch, whole or broken at one place before an option."""
    words = draw(st.lists(word(), max_size=6))
    gaps = st.sampled_from([" ", " ", "  ", "\t", " \\\n  ", " \\\n"])
    text = "vllm serve" + "".join(draw(gaps) + one for one in words)
    broken = draw(st.sampled_from(["", "", *BREAKS]))
    if broken:
        text += " --a 1" + BREAKS[broken] + "--port 8001" + draw(st.sampled_from(["", " x", " \\\n  --b"]))
    before = draw(st.sampled_from(["", "# note\n", "true && ", "cat >/dev/null <<'E'\nvllm serve '\nE\n", "VX=1 "]))
    after = draw(st.sampled_from(["", "", " # note", "; true", " && true", " || false", " 2>/dev/null", " \\\n"]))
    if not broken and draw(st.integers(0, 5)) == 0 and "\\\n" not in text:
        text = "eval '" + text.replace("'", "'\\''") + "'"
    return Said(PREAMBLE + before + text + after + "\n", broken)


def received(folder: Path, said: list[Said]) -> list[list[list[str]]]:
    """The arguments of each `vllm` that bash starts, for each command."""
    files = []
    for number, one in enumerate(said):
        files.append(folder / f"{number}.sh")
        files[-1].write_bytes(one.text.encode())
    bash = shutil.which("bash")
    assert bash
    run = subprocess.run([bash, "-c", DRIVER, "x", *map(str, files)], capture_output=True, timeout=120, check=False)
    parts = run.stdout.decode("utf-8", "replace").split("\4")[:-1]
    return [[one.split("\0")[:-1] for one in re.findall("\2([^\2\3]*)\3", part)] for part in parts]


def expanded(words: tuple[str, ...], dynamic: list[bool]) -> list[str]:
    """Words with the variables of the preamble filled in."""

    def value(found: re.Match[str]) -> str:
        name, default = found[1] or found[2], found[3]
        return VALUES.get(name, "") or (default or "")

    return [_REFERENCE.sub(value, one) if refers else one for one, refers in zip(words, dynamic, strict=True)]


def mended_text(launch: Launch) -> str:
    """The script with all that is broken in it mended."""
    while found := flaws(launch):
        launch = mended(launch, found[0].how)
    return launch.text


def said_of(launch: Launch) -> list[str]:
    """What the reader says that vLLM receives."""
    if launch.argv_effective is None:
        return expanded(launch.argv, [one.dynamic for one in launch.words])
    known = {one.value: one.dynamic for one in launch.words}
    return expanded(launch.argv_effective, [known.get(one, False) for one in launch.argv_effective])


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash")
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(said=st.lists(commands(), min_size=COMMANDS_EACH, max_size=COMMANDS_EACH))
def test_bash_gives_the_arguments_that_the_reader_says(said: list[Said], tmp_path: Path) -> None:
    whole: list[Said] = []
    for one, runs in zip(said, received(tmp_path, said), strict=True):
        found = parse_shell(one.text)
        assert len(found) == 1, one.text
        assert [["serve", *said_of(found[0])]] == runs, one.text
        assert (found[0].argv_effective is not None) == bool(one.broken), one.text
        whole.append(Said(mended_text(found[0])))
        assert bool(one.broken) == (whole[-1].text != one.text), one.text
    for one, other, runs in zip(said, whole, received(tmp_path, whole), strict=True):
        launch = parse_shell(one.text)[0]
        meant = expanded(launch.argv, [word.dynamic for word in launch.words])
        assert [["serve", *meant]] == runs, other.text
