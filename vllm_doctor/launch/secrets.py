"""Secrets in launches: references in place of them in commands. What is shown is masked by `vllm_doctor.masking`.

What is a secret is told by the name that it is given (`--api-key`, `HF_TOKEN`, `*_PASSWORD`) or by its own
form (`hf_...`, `sk-...`, a bearer token, a password in a URL).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vllm_doctor.errors import LaunchError
from vllm_doctor.launch.options import canonical, is_flag
from vllm_doctor.launch.requote import Raw
from vllm_doctor.launch.writers import writer_of
from vllm_doctor.masking import has_token
from vllm_doctor.patterns import pattern
from vllm_doctor.secret_patterns import hinted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vllm_doctor.launch.types import Launch
    from vllm_doctor.text import Edit

_NO_KEY = "EMPTY"
"""What vLLM's examples and OpenAI's client write where there is no key: no secret."""
_FLAGS = {"--api-key": "VLLM_API_KEY", "--hf-token": "HF_TOKEN"}
_NAME = pattern(
    r"(?:^|_)(?:TOKEN|KEY|SECRET|PASSWORD|PASSWD|CREDENTIALS?|APIKEY)(?:$|_(?:ID|VALUE)$)|PASSWORD",
    re.IGNORECASE,
)
_NO_SECRET = pattern(r"^(?:TOKENIZERS_\w+|\w*_CACHE_KEY)$", re.IGNORECASE)
_FORMS = pattern(
    r"\b(?:hf_[A-Za-z0-9]{8,}|sk-[A-Za-z0-9_-]{8,}|gh[pousr]_[A-Za-z0-9]{16,}|nvapi-[A-Za-z0-9_-]{8,}"
    r"|AKIA[A-Z0-9]{16}|eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}(?:\.[A-Za-z0-9_-]+)?)"
)
_URL = pattern(r"(\b[a-z][a-z0-9+.-]{0,20}://[^\s/:@\"']{0,100}:)([^\s/@\"']{1,200})(?=@)")


def secret_name(name: str) -> bool:
    """Whether a variable's name says that its value is a secret."""
    return bool(_NAME.search(name)) and not _NO_SECRET.match(name)


def secret_flag(flag: str) -> str | None:
    """The variable that stands for the secret of an option (`--api-key`), or None for other options."""
    return _FLAGS.get(canonical(flag))


def secret_form(value: str) -> bool:
    """Whether a value looks like a token wherever it stands."""
    if not hinted(value):
        return False
    return bool(_FORMS.search(value) or _URL.search(value)) or has_token(value)


def reference_to(name: str) -> Raw:
    """Shell text that stands for a secret, and stops the command with an error where it is not set."""
    return Raw(f'"${{{name}:?}}"')


def reference(launch: Launch) -> tuple[Edit, ...]:
    """Edits that put references (`"${VLLM_API_KEY:?}"`) in place of the secrets of a launch.

    Values that are variables already stay. A secret that is only told by its form takes the name of the
    option, or HF_TOKEN, or `SECRET`.

    Raises:
        LaunchError: the launch does not stand in its text, or the text has no way to say a reference.
    """
    writer = writer_of(launch)
    edits: list[Edit] = []
    for index, skip, name in _secret_words(launch):
        made = next(writer.replace(index, skip, reference_to(name)), None)
        if made is None:
            raise LaunchError("a secret stands where no reference can", launch.file)
        edits += made
    for variable in launch.env:
        value = variable.value
        if value and not value.startswith("$") and (secret_name(variable.name) or secret_form(value)):
            edits.append(writer.assignment(variable, reference_to(variable.name)))
    unique = {edit.span: edit for edit in edits}
    return tuple(unique[span] for span in sorted(unique))


def _secret_words(launch: Launch) -> Iterator[tuple[int, int, str]]:
    """Each word with a secret: its index, how many characters of it are no secret, the variable's name."""
    asked: str | None = None
    for index, word in enumerate(launch.words):
        flag, glue, value = word.value.partition("=")
        if (value if glue else word.value) == _NO_KEY:
            continue
        if is_flag(word.value):
            asked = secret_flag(flag)
            if asked and glue and not (word.dynamic and value.startswith("$")):
                yield index, len(flag) + 1, asked
            elif glue and secret_form(value):
                yield index, len(flag) + 1, _name_of(value)
        elif not word.dynamic and (asked or secret_form(word.value)):
            yield index, 0, asked or _name_of(word.value)


def _name_of(value: str) -> str:
    return "HF_TOKEN" if value.startswith("hf_") else "SECRET"
