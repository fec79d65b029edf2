"""Secrets that stand in a launch in the clear. Their values are looked at here, and never become facts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vllm_doctor.facts.types import Fact, declare
from vllm_doctor.launch.secrets import secret_flag, secret_form, secret_name
from vllm_doctor.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vllm_doctor.launch.types import Launch, Option, Variable

IN_OPTION = declare("option.secret", "text", "the variable that may hold the secret which an option spells out")
IN_VARIABLE = declare("variable.secret", "flag", "whether a file spells out the secret that a variable holds")

_STAND_INS = pattern(
    r"x{3,}|\*{3,}|\.{3,}|<|>|\[|your|my[-_ ]|replace|change[-_ ]?me|change[-_ ]?this|example|placeholder|dummy|fake"
    r"|insert|todo|fixme|redact|hidden|secret[-_]?here|no[-_ ]?key|not[-_ ]?(?:needed|used|required|set)|abc-?123"
    r"|123-?abc|1234|test|demo|sample|here$|0{6,}",
    re.IGNORECASE,
)
_SHORTEST = 12
_TURNS = 4
"""Words that people make up have fewer changes from letters to figures than a key that a program made."""


def of_secret_option(option: Option) -> Iterator[Fact]:
    """The fact of an option that spells a secret out."""
    if name := secret_option(option):
        yield Fact(IN_OPTION, name)


def of_secret_variable(variable: Variable, launch: Launch) -> Iterator[Fact]:
    """The fact of a variable whose secret the file spells out."""
    if secret_variable(variable, launch):
        yield Fact(IN_VARIABLE, True)


def secret_option(option: Option) -> str | None:
    """The variable that may hold what an option spells out, where that is a secret."""
    if any(sign in value for value in option.values for sign in ("{{", "$")):
        return None
    name = secret_flag(option.flag)
    given = [value for value in option.values if _real(value)]
    if name and given:
        return name
    return "HF_TOKEN" if any(secret_form(value) and _real(value) for value in option.values) else None


def secret_variable(variable: Variable, launch: Launch) -> bool:
    """Whether the file spells a secret out where it sets a variable. A `.env` file, and one beside, is for secrets."""
    value = variable.value or ""
    if not launch.file or launch.kind == "env" or not (secret_name(variable.name) or secret_form(value)):
        return False
    return _real(value) and value in variable.span.of(launch.text)


def _real(value: str) -> bool:
    """Whether a value is neither a reference nor a stand-in: random letters and figures, no words."""
    plain = value.strip().strip("\"'")
    if len(plain) < _SHORTEST or any(sign in plain for sign in ("$", "{{", "`", "/")) or _STAND_INS.search(plain):
        return False
    return _turns(plain) >= _TURNS


def _turns(text: str) -> int:
    """How often letters and figures, or small letters within a word and capitals, follow one another."""
    return len(re.findall(r"(?<=[A-Za-z])(?=[0-9])|(?<=[0-9])(?=[A-Za-z])|(?<=[a-z])(?=[A-Z])", text))
