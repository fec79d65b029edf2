"""The flags that a mistyped or foreign one may have meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.vllm import options, versions
from vllm_doctor.vllm.env_variables import variables
from vllm_doctor.vllm.spelling import dashed
from vllm_doctor.vllm.successors import elsewhere, renamed

if TYPE_CHECKING:
    from vllm_doctor.vllm.types import Program

_LONGEST = 80
_WEIGHT_OF_PARTS = 0.65  # "--gpu-mem-util" is like "--gpu-memory-utilization" by its parts, not by its letters
_CUT = 0.9  # a part cut short counts for a little less than the whole part
_ALIKE = 0.6
_ALIKE_VARIABLE = 0.8  # all begin with VLLM_, which makes any two somewhat alike


def distance(one: str, two: str, limit: int) -> int:
    """Edits between two words (insertions, deletions, changes, swaps of neighbours); above the limit just
    more.
    """
    before: list[int] = []
    row = list(range(len(two) + 1))
    for i, left in enumerate(one, 1):
        older, before, row = before, row, [i]
        for j, right in enumerate(two, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (left != right))
            if i > 1 and j > 1 and left == two[j - 2] and one[i - 2] == right:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
    return row[-1]


def likeness(one: str, two: str) -> float:
    """How alike two flags are, 0 to 1: by letters, and by the parts between their dashes."""
    longest = max(len(one), len(two), 1)
    shared = sum(min(one.count(letter), two.count(letter)) for letter in set(one))
    limit = longest * 2 // 5
    letters = 1 - (distance(one, two, limit) if longest - shared <= limit else longest) / longest
    return max(letters, (1 - _WEIGHT_OF_PARTS) * letters + _WEIGHT_OF_PARTS * _parts(one, two))


def _parts(one: str, two: str) -> float:
    """How many of the parts between dashes both have; a part may be cut short ("mem" is "memory")."""
    left, right = set(one.split("-")) - {""}, set(two.split("-")) - {""}
    same = len(left & right)
    cut = sum(
        any(part.startswith(other) or other.startswith(part) for other in right - left if len(other) > 1)
        for part in left - right
        if len(part) > 1
    )
    return (same + _CUT * cut) / max(len(left | right) - cut, 1)


def nearest_of(flag: str, number: int, program: Program, n: int = 3) -> tuple[str, ...]:
    """`nearest` for a release number of the table."""
    known = options.flags_of(number, program)
    wanted = dashed(flag if flag.startswith("--") else "--" + flag.lstrip("-"))[:_LONGEST].lower()
    first = _told(flag, number, program)
    scored = sorted(((-likeness(wanted, name), name) for name in known if name.startswith("--")), key=lambda pair: pair)
    alike = [name for score, name in scored[: 2 * n] if -score >= _ALIKE]
    return tuple(dict.fromkeys([*first, *alike]))[:n]


def _told(flag: str, number: int, program: Program) -> list[str]:
    """What the tables of renamed and foreign flags say, where this release has it."""
    release = versions.releases()[number]
    later = renamed(flag, release)
    foreign = elsewhere(flag)
    known = options.flags_of(number, program)
    glued = [name for name in known if name[1] != "-" and flag.startswith(name)]  # -tp2
    told = [*glued[:1], later[0] if later else None, foreign.new if foreign else None]
    return [name for name in told if name and dashed(name) in known]


def nearest(flag: str, release: str, n: int = 3, program: Program = "vllm serve") -> tuple[str, ...]:
    """The flags of a release that are most like one that it lacks, the likeliest first; none where none is
    alike.
    """
    number = versions.number(release)
    if number is None:
        return ()
    return nearest_of(flag, number, options.program_at(number, program), n)


def nearest_variable(name: str, release: str, n: int = 3) -> tuple[str, ...]:
    """The variables of a release that are most like a name, the likeliest first; none where none is alike."""
    wanted = name[:_LONGEST].upper().replace("_", "-")
    known = (other for other in variables(release) if other.startswith("VLLM_") and other != name)
    scored = sorted((-likeness(wanted, other.replace("_", "-")), other) for other in known)
    return tuple(other for score, other in scored[:n] if -score >= _ALIKE_VARIABLE)
