"""A command that starts vLLM, as it stands in its text, and the launch made of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from vllm_doctor.launch.commands import ASSIGNMENT, Arg
from vllm_doctor.launch.types import Launch, Variable
from vllm_doctor.text import Span
from vllm_doctor.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vllm_doctor.launch.docker import Container
    from vllm_doctor.launch.programs import Found
    from vllm_doctor.launch.scope import Scope


@dataclass(frozen=True, slots=True)
class Site:
    """A launch and where it may be edited, as offsets in its text.

    Options go to `tail`; `NAME=value ` goes to `set_at` and `env -u NAME ` to `unset_at`; in a container
    `-e NAME=value ` goes to `option_at`, just before the image. `own` is the part of the text that is this
    command. `repeated` are variables that the text sets more than once for it.
    """

    launch: Launch
    tail: int
    set_at: int
    unset_at: int
    own: Span
    option_at: int | None = None
    engine: str = ""
    repeated: frozenset[str] = frozenset()
    script: str = ""
    """The text in which the command stands when all quotes around it are undone."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A command: its `own` words, and all words with arrays put in (`args`)."""

    own: list[Arg]
    args: list[Arg]
    found: Found
    file: str

    def site(
        self,
        program: str,
        rest: Sequence[Arg],
        scope: Scope,
        found: Found,
        effective: tuple[str, ...] | None = None,
    ) -> Site:
        """The launch of `program` with the arguments `rest`, run in the environment of `scope`."""
        text = self.own[0].source.outer
        span, env = self._span(), _environment(scope, found)
        launch = Launch(
            program=program,
            words=tuple(arg.word for arg in rest),
            text=text,
            span=span,
            file=self.file,
            line=text.count("\n", 0, span.start) + 1,
            env=tuple(places[-1] for places in env.values()),
            argv_effective=effective,
        )
        repeated = frozenset(name for name, places in env.items() if len(places) > 1)
        tail = self.own[-1].word.span.end
        return Site(launch, tail, *self._prefix(), span, repeated=repeated, script=self.own[0].source.inner)

    def around(self, site: Site, box: Container) -> Site:
        """The same launch, told that it runs in a container which this command starts."""
        launch = replace(
            site.launch,
            kind="docker",
            image=box.image if box.verb != "exec" else None,
            container=dict(box.options),
            span=self._span(),
            line=site.launch.text.count("\n", 0, self._span().start) + 1,
        )
        if box.verb != "exec":
            from vllm_doctor.launch.around.containers import of_options

            direct = site.own == self._span()
            launch = replace(launch, around=of_options(box.options, "docker", launch.span, alone=direct))
        option_at = self.args[box.image_at].word.span.start
        return replace(site, launch=launch, own=launch.span, option_at=option_at, engine=box.engine)

    def _span(self) -> Span:
        spans = [arg.word.span for arg in self.own]
        return Span(min(span.start for span in spans), max(span.end for span in spans))

    def _prefix(self) -> tuple[int, int]:
        """Where assignments and `env -u` may stand; before the first own word if that is elsewhere."""
        plain = next((arg for arg in self.own if not ASSIGNMENT.match(arg.token.raw)), self.own[-1])
        wanted = [self.args[at] if at < len(self.args) else plain for at in (self.found.set_at, self.found.unset_at)]
        first, second = (arg if arg in self.own else plain for arg in wanted)
        return first.word.span.start, second.word.span.start


def _environment(scope: Scope, found: Found) -> dict[str, list[Variable]]:
    inner = scope.child()
    inner.enter(found.assigned, found.dropped, found.cleared)
    return inner.env
