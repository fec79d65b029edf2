"""The program written out behind an image whose entry point it is already."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from vllm_doctor.launch.broken.flaws import Flaw
from vllm_doctor.launch.docker import entry_program
from vllm_doctor.launch.programs import API_SERVER, SERVE
from vllm_doctor.text import Edit, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vllm_doctor.launch.types import Launch

REPEATED, SHELL_FORM = "repeated", "shell-form"

_BETWEEN = r"""['"]?(?:[\s,\\-]|\#[^\n]*\n)*['"]?"""
_FAR = 4_000


def repeated(launch: Launch) -> Iterator[Flaw]:
    """The program words in front of the arguments that a container's own entry point already is.

    The API server that old images start takes no model as a word: it becomes `--model`.
    """
    given = launch.argv_effective
    count = len(given or ()) - len(launch.argv)
    entry = entry_program(launch.image or "")
    if given is None or count < 1 or entry is None or given[count:] != launch.argv or not _is_program(given[:count]):
        return
    program = given[:count]
    end = launch.words[0].span.start if launch.words else launch.span.end
    pattern = _BETWEEN.join(re.escape(word) for word in program) + (_BETWEEN if launch.words else "")
    start = max(0, end - _FAR)
    found = re.search(rf"(?<![\w./:-])['\"]?{pattern}\Z", launch.text[start:end])
    if not found:
        return
    place = Span(start + found.start(), end)
    shown = Span(place.start, place.start + len(found[0].rstrip(" \t\r\n,\\-")))
    words = _words(launch, entry)
    named = (Edit(Span(end, end), _option_in_front(launch)),) if words != launch.argv else ()
    yield Flaw(REPEATED, shown, ((Edit(place, ""), *named),), words)


def _is_program(words: tuple[str, ...]) -> bool:
    if words in (("serve",), ("vllm", "serve")):
        return True
    name = words[0].rsplit("/", 1)[-1]
    return name == "vllm" or (name.startswith("python") and words[-1].endswith(("api_server", "api_server.py")))


def _words(launch: Launch, entry: str) -> tuple[str, ...]:
    """What the image's program must get to do the same."""
    bare = launch.program == SERVE and launch.argv and not launch.argv[0].startswith("-")
    return ("--model", *launch.argv) if bare and entry == API_SERVER else launch.argv


def _option_in_front(launch: Launch) -> str:
    """`--model` as the first word, in the manner of the word behind it."""
    word = launch.words[0]
    at = word.span.start
    line = launch.text[launch.text.rfind("\n", 0, at) + 1 : at]
    if line.strip() == "-":
        return f"--model\n{line}"
    quote = word.raw[:1] if word.raw[:1] in ("'", '"') else ""
    behind = launch.text[word.span.end : word.span.end + 20].lstrip()
    listed = quote and behind.startswith((",", "]"))
    return f"{quote}--model{quote}, " if listed else "--model "


def shell_form(launch: Launch) -> Iterator[Flaw]:
    """A command in Docker's shell form behind an image's own entry point, which gets `/bin/sh` and `-c`."""
    entry = entry_program(launch.image or "")
    if entry is None or (launch.argv_effective or ())[:2] != ("/bin/sh", "-c"):
        return
    words = _words(launch, entry)
    line = launch.text[: launch.span.start].rpartition("\n")[2]
    rest = launch.text[launch.span.end :].partition("\n")[0]
    plain = not any(word.dynamic for word in launch.words) and line.strip().upper() == "CMD" and not rest.strip()
    ways = ((Edit(launch.span, json.dumps(list(words), ensure_ascii=False)),),) if plain else ()
    yield Flaw(SHELL_FORM, launch.span, ways, words)
