"""The values that a release's parser would give the options of a command."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vllm_doctor.vllm import options, versions
from vllm_doctor.vllm.checking import matcher
from vllm_doctor.vllm.reading import value_of, word_text
from vllm_doctor.vllm.values import RefusedError
from vllm_doctor.vllm.words import UNKNOWN, prepare

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from vllm_doctor.vllm.types import Program


def parsed(argv: Sequence[str], release: str, program: Program = "vllm serve") -> Mapping[str, Any]:
    """The value of each option that the arguments set, by its name in vLLM (`max_model_len`); the model is
    `model_tag`.

    Values are those of the release: 32k is 32000, `--no-X` is False, dotted keys are one object, the last of several
    counts. What the release refuses, what a variable decides and what a `--config` file brings is left out; so is
    everything for a release that cannot be read. An object of a class is told by the keys that were given.
    """
    number = versions.number(release)
    if number is None:
        return {}
    program = options.program_at(number, program)
    matched = matcher(number, program).match(prepare(argv, number, program).items)
    found: dict[str, Any] = {} if matched.model is None else {"model_tag": word_text(matched.model)}
    for given in matched.given:
        info = options.info(options.flags_of(number, program)[given.spelling], number, program)
        try:
            value = value_of(given, info, number, program)
        except RefusedError:
            continue
        if info.action == "_AppendAction":
            value = _appended(found.get(info.dest, info.default), value)
        if info.action != "_HelpAction":
            found[info.dest] = value
    return {name: value for name, value in found.items() if value is not UNKNOWN}


def _appended(before: Any, value: Any) -> Any:
    """A list and one more; not known where one of them is not."""
    return UNKNOWN if before is UNKNOWN or value is UNKNOWN else [*(before or ()), value]
