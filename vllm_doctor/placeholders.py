"""Words that stand for a value which the reader of a page puts in: `<model>`, `{model}`, `YOUR_KEY`, `...`.

Nobody knows what will stand there, so nothing is said of it. JSON never has these shapes: an object holds a colon or
nothing, and a list no bare word.
"""

from __future__ import annotations

import re

from vllm_doctor.patterns import pattern

_BRACKETED = pattern(
    r"""(?:<[A-Za-z_](?:[\w./:|@+-]|[ ](?=[\w(])){0,60}(?:\.{3}|\u2026)?>      # <model>, <your org>, <args...>
        |\{[A-Za-z_]\w*(?:-\w+)*(?:[ ][\w-]+){1,6}\})                # {your model directory}
    """,
    re.VERBOSE,
)
_ENDS = pattern(r"(?=[\s;&|)\"'`,]|\\\r?\n|[/:@.=-](?:<|\d)|\Z)")
_WITHIN = pattern(
    r"""<[A-Za-z_](?:[\w./:|@+-]|[ ](?=[\w(])){0,60}(?:\.{3}|\u2026)?>
        |(?<![\w$"'}{])\{[A-Za-z_]\w*(?:[ -][\w-]+){0,6}\}(?![\w"'{])
        |(?<![A-Za-z0-9])(?:YOUR|[Yy]our|CHANGE|REPLACE|[Rr]eplace)[_-]\w
        |(?<![A-Za-z0-9])(?:CHANGEME|changeme|XXX+)(?![A-Za-z0-9])
    """,
    re.VERBOSE,
)
_WHOLE = pattern(
    r"""\.{3,}|\u2026|\[\.{3,}\]|\[-*[A-Za-z][\w |=.-]*\]?(?:\.{3})?      # ..., [OPTIONS]
        |[A-Z]|[TPD]P|(?:[A-Z][A-Z0-9]*_)*                              # N, PORT, MAX_MODEL_LEN
         (?:LEN|LENGTH|SIZE|PATH|DIR|NAME|ID|KEY|TOKEN|PORT|HOST|IP|ADDR|ADDRESS|GPUS|MODEL|DTYPE|VALUE|NUM|COUNT|TAG)
    """,
    re.VERBOSE,
)
_OWN = "[ngram]"
"""A value of vLLM's own that looks like one: --speculative-model up to 0.8.2 (vllm/config.py, SpeculativeConfig)."""
_LONGEST = 300


def bracketed(text: str, at: int) -> int | None:
    """The end of a `<name>` or `{a few words}` at this place of a shell text, None where the shell's own marks stand.

    `sort <in >out`, `<in>out` and `<in>/a/out` are redirections: something follows the second mark at once.
    """
    found = _BRACKETED.match(text, at)
    return found.end() if found and _ENDS.match(text, found.end()) else None


def is_placeholder(text: str) -> bool:
    """Whether a word is, or holds, a stand-in for a value."""
    if len(text) > _LONGEST or text == _OWN:
        return False
    return _WHOLE.fullmatch(text) is not None or _WITHIN.search(text) is not None


def is_open(text: str) -> bool:
    """Whether what a word will say is not known: it refers to a variable, or is a placeholder."""
    return "$" in text or is_placeholder(text)
