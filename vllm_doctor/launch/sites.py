"""Finds the launches of a shell text, with the places at which each may be edited."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from vllm_doctor.launch.commands import Arg, Command, commands
from vllm_doctor.launch.docker import Container, entry_program, is_vllm_image, read_container
from vllm_doctor.launch.frame import Frame, Site
from vllm_doctor.launch.programs import API_SERVER, SERVE, Found, locate
from vllm_doctor.launch.quoting import pieces
from vllm_doctor.launch.repairs import meant
from vllm_doctor.launch.scope import Scope
from vllm_doctor.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vllm_doctor.launch.source import Source
    from vllm_doctor.launch.types import Variable
    from vllm_doctor.text import Span

_MOST_DEPTH = 4
_MOST_LAUNCHES = 500
_MOST_WITHIN = 20
_MOST_NESTED = 400_000
_MOST_WORDS = 100_000
_SCRIPT_SUFFIXES = (".sh", ".bash", ".sbatch", ".slurm")


def find_sites(source: Source, file: str = "", env: Sequence[Variable] = ()) -> list[Site]:
    """Every launch of vLLM in a shell text, in the order of the text; nothing is executed.

    `env` is the environment in which the text runs.
    """
    if "vllm" not in source.inner.lower() and "api_server" not in source.inner:
        return []
    found, mended = _found(source, file, env, mends=True)
    if not mended:
        return found
    literal, _ = _found(source, file, env, mends=False)
    return [_with_effective(site, literal) for site in found]


def _found(source: Source, file: str, env: Sequence[Variable], *, mends: bool) -> tuple[list[Site], bool]:
    """The launches of the text as it was meant (`mends`) or as it stands, and whether the two differ."""
    finder = _Finder(file, mends)
    finder.read(source, Scope(env={variable.name: [variable] for variable in env}), None)
    unique: dict[tuple[Span, int], Site] = {}
    for site in finder.sites:
        unique.setdefault((site.own, site.tail), site)
    return [unique[key] for key in sorted(unique)], finder.mended


def _with_effective(site: Site, literal: Sequence[Site]) -> Site:
    """A launch of the meant text with what vLLM gets of the text as it stands: nothing where that starts no vLLM."""
    launch = site.launch
    alike = [one.launch for one in literal if one.own.overlaps(site.own) and one.launch.program == launch.program]
    if any(one.argv == launch.argv and one.argv_effective == launch.argv_effective for one in alike):
        return site
    given = next((one.argv if one.argv_effective is None else one.argv_effective for one in alike), ())
    return replace(site, launch=replace(launch, argv_effective=given))


@dataclass(frozen=True, slots=True)
class _Boxed:
    """The container in which a script runs, and the command that starts it."""

    frame: Frame
    box: Container


class _Finder:
    """Gathers launches; how many, of how many words, and from how much nested text is bounded."""

    def __init__(self, file: str, mends: bool) -> None:
        self.file, self.mends, self.mended = file, mends, False
        self.sites: list[Site] = []
        self.characters = _MOST_NESTED
        self.words = _MOST_WORDS
        self.within = 0

    def read(self, source: Source, scope: Scope, within: _Boxed | None) -> None:
        """Go through the commands of a text; `within` is the container in which it runs.

        A variable's text may run the variable itself (`run="$run -v"` in a function), so texts in texts are counted.
        """
        if self.within <= _MOST_WITHIN:
            self.within += 1
            self._read(source, scope, within)
            self.within -= 1

    def _read(self, source: Source, scope: Scope, within: _Boxed | None) -> None:
        self.characters -= len(source.inner) if source.depth else 0
        if source.depth > _MOST_DEPTH or self.characters < 0:
            return
        if self.mends:
            text = meant(source)
            self.mended |= text is not source
            source = text
        for command in commands(source):
            if len(self.sites) >= _MOST_LAUNCHES or self.words < 0:
                return
            if not scope.note(command):
                self._command(command, scope, within)
            for text in _written(command):
                self.read(text, Scope(), None)

    def _command(self, command: Command, scope: Scope, within: _Boxed | None) -> None:
        text = scope.text_of(command.args[0]) if len(command.words) == 1 else None
        if text:
            self.read(text, scope.child(), within)
            return
        args = scope.splice(command.args)
        if not self.mends:
            args = [word for arg in args for word in _braced(arg)]
        found = locate(args)
        if not found:
            return
        self.words -= len(args) + len(scope.env)
        frame = Frame(command.args, args, found, self.file)
        if found.kind == "program":
            self._add(frame.site(found.program, args[found.at :], scope, found), within)
        elif found.kind == "engine":
            self._container(frame, command, scope)
        else:
            inner = scope.child()
            inner.enter(found.assigned, found.dropped, found.cleared)
            for text in _scripts(command, args, found, scope):
                self.read(text, inner, within)

    def _add(self, site: Site, within: _Boxed | None) -> None:
        self.sites.append(within.frame.around(site, within.box) if within else site)

    def _container(self, frame: Frame, command: Command, scope: Scope) -> None:
        """What `docker run` starts: a program, a script, or the image's own entry point."""
        box = read_container(frame.found.program, frame.args, frame.found.at)
        if not box:
            return
        rest = frame.args[box.image_at + 1 :]
        entry = [box.entrypoint] if box.entrypoint else []
        words = [*entry, *rest]
        inner = locate(words)
        outer = Scope(env={variable.name: [variable] for variable in box.env})
        known = entry_program(box.image) if box.verb != "exec" and not box.overrides else None
        if inner and inner.kind == "program":
            effective = tuple(arg.value for arg in rest) if known else None
            site = frame.site(inner.program, words[inner.at :], outer, inner, effective)
            self._add(site, _Boxed(frame, box))
        elif inner and inner.kind != "engine":
            outer.enter(inner.assigned, inner.dropped, inner.cleared)
            for text in _scripts(command, words, inner, scope):
                self.read(text, outer, _Boxed(frame, box))
        elif box.verb != "exec" and not box.overrides:
            self._by_image(frame, box, rest, outer)

    def _by_image(self, frame: Frame, box: Container, rest: list[Arg], outer: Scope) -> None:
        program = entry_program(box.image)
        if not rest and box.arguments:
            rest = [arg for command in commands(box.arguments)[:1] for arg in command.args]
        if program is None and not (is_vllm_image(box.image) and rest and rest[0].value.startswith("-")):
            return
        if rest and rest[0].value == "serve":
            site = frame.site(SERVE, rest[1:], outer, Found(), tuple(arg.value for arg in rest))
        else:
            site = frame.site(program or API_SERVER, rest, outer, Found())
        launch = replace(site.launch, program_source="image-entrypoint")
        self._add(replace(site, launch=launch), _Boxed(frame, box))


def _braced(arg: Arg) -> Iterator[Arg]:
    """What the shell makes of a word with braces, where nothing has put them in quotes."""
    from vllm_doctor.launch.braces import expanded

    raws = expanded(arg.token.raw)
    if len(raws) == 1:
        yield arg
        return
    for raw in raws:
        yield Arg(arg.source, replace(arg.token, value="".join(piece.value for piece in pieces(raw))))


def _scripts(command: Command, args: Sequence[Arg], found: Found, scope: Scope) -> Iterator[Source]:
    """The texts that a shell (`bash -c`, `bash <<EOF`) or the like (`tmux send-keys`, `ssh`, `eval`) runs."""
    if found.kind == "strings":
        for arg in args[found.at :]:
            text = scope.text_of(arg) or (arg.nested() if any(map(str.isspace, arg.value)) else None)
            if text:
                yield text
        yield from (command.source.within(body) for body in command.heredocs if found.program == "ssh")
        return
    at = found.at
    while at < len(args) and args[at].value[:1] in ("-", "+"):
        option = args[at].value
        if "c" in option and not option.startswith("--"):
            at += 1 + ("o" in option)
            if at < len(args):
                yield scope.text_of(args[at]) or args[at].nested()
            return
        at += 2 if option.endswith(("o", "O")) and not option.startswith("--") else 1
    yield from (command.source.within(body) for body in command.heredocs)


def _written(command: Command) -> Iterator[Source]:
    """The shell scripts that a command such as `cat > start.sh <<EOF` writes."""
    if not command.heredocs or not command.words or command.words[0].value not in ("cat", "tee", "sudo"):
        return
    names = [target.value for operator, target in command.redirects if ">" in operator.raw]
    names += [token.value for token in command.words[1:] if not token.value.startswith("-")]
    for body in command.heredocs:
        if body.value.startswith("#!") or any(name.endswith(_SCRIPT_SUFFIXES) for name in names):
            yield command.source.within(body)
