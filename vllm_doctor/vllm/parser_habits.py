"""How a release's parser reads words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vllm_doctor.vllm import versions
from vllm_doctor.vllm.options import program_at
from vllm_doctor.vllm.table import at, load

if TYPE_CHECKING:
    from vllm_doctor.vllm.types import Program


def habit(name: str, number: int, program: Program) -> Any:
    """A habit of the parser of a release number (tools/flag_table/habits.py has the names)."""
    return at(load("options")["habits"][program].get(name), number)


def habits(release: str, program: Program = "vllm serve") -> dict[str, Any]:
    """Every habit of a release's parser by name; none for a release that cannot be read.

    `underscores`: --max_model_len is --max-model-len. `abbreviations`: unambiguous ones are taken.
    `human-integers`: 32k for --max-model-len. `dotted`: --option.key value; `dotted-json`: the value is read
    as JSON; `dotted-list`: --option.key+; `dotted-human`: 1k. `O`: what -O3 becomes ("glued": a value of -O).
    `config`: --config FILE is read, `config-glued` also as --config=FILE, `config-first` also as the first
    word, `config-model` may bring the model, `config-list`, `config-nested` may hold lists and maps,
    `config-false`: `false` switches off. `model`: what the positional takes (None: there is none).
    `model-option`: --model is taken by `vllm serve` in the positional's place; `model-option-refused`: not
    beside it. `served-name-needs-model`: --served-model-name wants the model as the first word.
    """
    number = versions.number(release)
    if number is None:
        return {}
    program = program_at(number, program)
    return {name: habit(name, number, program) for name in load("options")["habits"][program]}
