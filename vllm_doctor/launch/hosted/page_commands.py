"""The shell text in a block of a page: a script, commands behind prompts, or a command in running text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vllm_doctor.launch.hosted.builder import Builder
from vllm_doctor.launch.hosted.view import TextView
from vllm_doctor.patterns import pattern

if TYPE_CHECKING:
    from vllm_doctor.launch.hosted.pages import Block, PageLine

_SHELL = frozenset(
    """
    bash sh shell zsh ksh dash fish console shell-session shellsession shellscript shell-script sh-session
    bash-session session terminal commandline command cmdline cli
    """.split()
)
_UNSAID = frozenset(("", "text", "txt", "plaintext", "plain", "none", "raw"))
_PROMPT = pattern(
    r"""[ \t]*(?:\([\w.-]{1,60}\)[ ]*)?
    (?:[\w.-]{1,60}@[\w.-]{1,80}[: ][^\n#$%>`]{0,200}[#$%]
      |\[[^\]\n`]{1,200}\][ ]?[#$%]|[$%\u276f\u279c])[ \t]+(?=\S)""",
    re.VERBOSE,
)
_ROOT = pattern(r"[ \t]*#[ \t]+(?=\S)")
_GOES_ON = pattern(r"[ \t]*[>$][ \t]+(?=\S)")
"""What a shell puts before a continued line; some pages repeat the prompt there."""
_RUNS = (
    r"(?:[A-Za-z_]\w*=\S*\s+){0,20}(?:(?:sudo|nohup|exec|env|time|command|uv\s+run|uvx)\s+){0,9}"
    r"(?:[A-Za-z_]\w*=\S*\s+){0,20}(?:[\w./~$-]*/)?"
    r"(?:vllm\s+serve|python[\d.]*\s+-m\s+vllm\.entrypoints\.\S+|(?:docker|podman|nerdctl)\s+run)"
)
_COMMAND = pattern(_RUNS + r"\s+\S")
_WITH_OPTION = pattern(_RUNS + r"\s+(?:.*\s)?-{1,2}[A-Za-z]")
_ONE_WORD = pattern(_RUNS + r"\s+\S+\s*(?:[&\\]\s*)?\Z")
_SETS = pattern(r"(?:export\s+)?[A-Za-z_]\w*=\S*\s*\Z")
_SENTENCE = pattern(r".*[.:!?,;]\s*\Z|.*`")


def views_of(text: str, block: Block) -> list[TextView]:
    """The shell texts of a block; none where it is something else."""
    if block.kind == "fence" and block.language not in _SHELL | _UNSAID:
        return []
    said = [text[line.start : line.end] for line in block.lines]
    prompted = [at for at, line in enumerate(said) if _PROMPT.match(line)]
    if not prompted and block.language in ("console", "shell-session", "shellsession", "session"):
        prompted = [
            at for at, line in enumerate(said) if (root := _ROOT.match(line)) and _COMMAND.match(line, root.end())
        ]
    if prompted:
        return [_prompted(text, block, said, prompted)]
    if block.kind == "fence":
        return [_view(text, block, block.lines)]
    return [_view(text, block, run) for run in _runs(block, said)]


def _newline(text: str, block: Block) -> str:
    return ("\r\n" if text.startswith("\r\n", block.lines[0].end) else "\n") + block.lead


def _view(text: str, block: Block, lines: tuple[PageLine, ...]) -> TextView:
    out = Builder(text)
    for line in lines:
        _add_line(text, out, line.start, line.end)
    return TextView(out.source(), _newline(text, block))


def _add_line(text: str, out: Builder, start: int, end: int) -> None:
    out.copy(start, end)
    width = 2 if text.startswith("\r\n", end) else int(text[end : end + 1] in ("\n", "\r"))
    if width:
        out.put("\n", end, end + width)


def _prompted(text: str, block: Block, said: list[str], prompted: list[int]) -> TextView:
    """The commands behind the prompts; what they print is left out."""
    out = Builder(text)
    marks = ""
    starts = set(prompted)
    at = 0
    while at < len(said):
        found = (_PROMPT.match(said[at]) or _ROOT.match(said[at])) if at in starts else None
        if not found:
            at += 1
            continue
        skip = found.end()
        while True:
            line = block.lines[at]
            _add_line(text, out, line.start + skip, line.end)
            at += 1
            if at == len(said) or not said[at - 1].endswith("\\"):
                break
            goes_on = _GOES_ON.match(said[at])
            skip = goes_on.end() if goes_on else 0
            marks = goes_on[0] if goes_on else marks
    return TextView(out.source(), _newline(text, block) + marks)


def _runs(block: Block, said: list[str]) -> list[tuple[PageLine, ...]]:
    """Commands that stand in running text, each with the variables that the lines above it set."""
    found: list[tuple[PageLine, ...]] = []
    at = 0
    while at < len(said):
        if not _is_command(block, said, at):
            at += 1
            continue
        first = at
        while first and _SETS.match(said[first - 1]):
            first -= 1
        while at < len(said) and (said[at].endswith("\\") or _is_command(block, said, at)):
            while at + 1 < len(said) and said[at].endswith("\\"):
                at += 1
            at += 1
        found.append(block.lines[first:at])
    return found


def _is_command(block: Block, said: list[str], at: int) -> bool:
    """Whether a line is a command rather than a sentence about one."""
    if not _COMMAND.match(said[at]):
        return False
    last = at
    while last + 1 < len(said) and said[last].endswith("\\"):
        last += 1
    line = " ".join(one.rstrip("\\") for one in said[at : last + 1])
    alone = block.kind == "indented" and _ONE_WORD.match(line)
    return bool(alone or _WITH_OPTION.match(line)) and not _SENTENCE.fullmatch(line)
