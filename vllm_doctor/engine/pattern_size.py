"""How large a pattern grows: `regex` writes repetitions of groups out, and a short one may so take all memory.

Read off the text and not off a parse tree: the standard library's parser does not know all that `regex` does.
"""

from __future__ import annotations

from vllm_doctor.patterns import pattern

MOST_STEPS = 3_000
"""The steps that a rule's pattern may have; those that are shipped have some hundred."""
_CHEAP = 100
"""A repetition of one character costs a step for so many."""
MOST_CHARACTERS = 4_000
MOST_DEPTH = 50
_HIDES = pattern(r"\(\?(?:#|[a-zA-Z]*[xV])")
_PIECE = pattern(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\((?:\?P?[<=!:>|a-zA-Z-]*)?|\)|\{(\d{0,20})(,?)(\d{0,20})\}|.", 16)


def too_large(text: str) -> str:
    """Why a pattern is not taken: too long, too deep, too large, or written so that this cannot be told; else ""."""
    if len(text) > MOST_CHARACTERS:
        return f"longer than {MOST_CHARACTERS} characters"
    if _HIDES.search(text):
        return "comments, and the flags x and V, are not taken in a pattern"
    sizes, last = [0], 0  # of each open group, and of the group that was closed just now
    for found in _PIECE.finditer(text):
        piece = found[0]
        if piece.startswith("("):
            sizes.append(0)
            last = 0
            if len(sizes) > MOST_DEPTH:
                return "nested too deep"
        elif piece == ")" and len(sizes) > 1:
            last = max(1, sizes.pop())
            sizes[-1] += last
        elif found[1] is not None and (found[1] or found[3]):
            times = max(1, int(found[3] or found[1]))
            more = last * (times - 1) if last else times // _CHEAP
            last += more
            sizes[-1] += more
        elif piece not in "*+?|":
            last = 0
            sizes[-1] += 1
        if sum(sizes) > MOST_STEPS:
            return f"larger than {MOST_STEPS} steps, its repetitions written out"
    return ""
