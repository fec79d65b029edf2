"""Dollars that Compose takes for its own before the container's shell sees them.

Compose fills in `$NAME` and `${NAME}` from the shell that calls it and from `.env`, refuses every other dollar
("invalid interpolation format"), and passes `$$` on as one (compose-go, template/template.go).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.launch.broken.flaws import Flaw
from vllm_doctor.launch.yamlfile.beside import env_file, read_beside
from vllm_doctor.launch.yamlfile.scalar import content
from vllm_doctor.patterns import pattern
from vllm_doctor.text import Edit, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vllm_doctor.launch.yamlfile.texts import TextHost
    from vllm_doctor.launch.yamlfile.writer import YamlWriter

DOLLAR, OUTER = "dollar", "outer-variable"

_DOLLAR = pattern(r"(?<!\$)(?:\$\$)*(?P<dollar>\$)(?!\$)(?P<name>[A-Za-z_]\w*|\{[A-Za-z_]\w*\}|\{)?")


def dollars(writer: YamlWriter) -> Iterator[Flaw]:
    """The dollars of scripts that Compose would not pass on to the shell for which they are meant.

    A variable counts only where the service itself gives it a value, and `.env` does not.
    """
    if writer.launch.kind != "compose":
        return
    entries = writer.site.env.entries if writer.site.env else ()
    own = {one.variable.name for one in entries if one.variable.value and "$" not in one.variable.value}
    own -= set(env_file(read_beside(writer.launch.file, ".env") or ""))
    for host in writer.shelled():
        if host.script.doubled:
            yield from _of_script(writer.text, host, own)


def _of_script(text: str, host: TextHost, own: set[str]) -> Iterator[Flaw]:
    read = content(text, host.script.node)
    for found in _DOLLAR.finditer(read.source.inner) if read else ():
        name = found["name"]
        how = DOLLAR if name is None else OUTER if name.strip("{}") in own else ""
        if how and read:
            place = read.source.span(Span(found.start("dollar"), found.end()))
            yield Flaw(how, place, ((Edit(Span(place.start, place.start), "$"),),))
