"""An option that an older release took as it stands, in the words of the release that refuses it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from vllm_doctor import vllm
from vllm_doctor.vllm.moving.types import Words
from vllm_doctor.vllm.spelling import dashed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vllm_doctor.vllm import ArgumentError, Program
    from vllm_doctor.vllm.moving import Put


def moved_option(
    error: ArgumentError, argv: Sequence[str], release: str, program: Program
) -> tuple[Words, tuple[Put, ...]] | None:
    """The option that an error is about, as it is written, and what says the same; None where nothing surely does."""
    at = next((place for place in range(min(error.index, len(argv) - 1), -1, -1) if argv[place].startswith("-")), None)
    if at is None:
        return None
    written, glue, glued = argv[at].partition("=")
    flag = dashed(written) + "".join(written.partition(".")[1:])
    takes = vllm.arity(flag)
    count = takes if isinstance(takes, int) else 1
    values = tuple(word for word in argv[at + 1 : at + 1 + count] if not word.startswith("--"))
    values = (glued,) if glue else values
    puts = _puts(flag, values, release, program)
    return (Words(written, values), puts) if puts else None


@lru_cache(maxsize=256)
def _puts(flag: str, values: tuple[str, ...], release: str, program: Program) -> tuple[Put, ...]:
    from vllm_doctor.vllm.moving import Launched, plan

    every = vllm.releases()
    model = ("org/model",) if program == "vllm serve" else ()
    argv = (*model, flag, *values)
    older = [one for one in every[: every.index(release)] if vllm.has_serve(one)] if release in every else []
    old = next((one for one in reversed(older) if not vllm.check(argv, one, program, suggest=False)), None)
    if old is None:
        return ()
    made = plan(Launched(argv, (Words(flag, values),), program=program, later=program), old, release)
    sure = len(made.moves) == 1 and not made.stuck and made.moves[0].effect == "same"
    return made.moves[0].puts if sure and made.moves[0].takes == (flag,) else ()
