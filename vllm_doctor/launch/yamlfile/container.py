"""A container as YAML describes it (image, command, arguments, environment), and the launches that it makes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from vllm_doctor.launch.docker import entry_program
from vllm_doctor.launch.programs import API_SERVER, SERVE, Found, locate
from vllm_doctor.launch.types import Launch, Variable
from vllm_doctor.launch.yamlfile.dialect import Dialect, resolved
from vllm_doctor.launch.yamlfile.hosts import FixedHost, Host
from vllm_doctor.launch.yamlfile.listed import ListHost, received
from vllm_doctor.launch.yamlfile.looks import meant_for_vllm
from vllm_doctor.launch.yamlfile.newlist import NewList
from vllm_doctor.launch.yamlfile.site import YamlSite
from vllm_doctor.launch.yamlfile.texts import PREFIX, TextHost, broken_split, launches_in, script_of
from vllm_doctor.launch.yamlfile.words import YamlArg, args_of
from vllm_doctor.text import Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vllm_doctor.launch.yamlfile.environment import Environment
    from vllm_doctor.launch.yamlfile.tree import Node

_ARGUMENTS = ("VLLM_ARGS", "VLLM_ADDITIONAL_ARGS", "VLLM_EXTRA_ARGS")


@dataclass(frozen=True, slots=True)
class Container:
    """What one container runs. `entry` overrides the image's entry point, `command` follows it.

    `name` is what the file calls it. `explicit`: only a program that is written out counts (init containers).
    `built`: the image is built from a folder. `arguments` is the key for arguments where there are none yet.
    """

    text: str
    file: str
    kind: str
    documents: list[Node]
    dialect: Dialect
    env: Environment
    image: str | None = None
    name: str = ""
    entry: Node | None = None
    command: Node | None = None
    explicit: bool = False
    built: bool = False
    arguments: str = "args"
    options: dict[str, str] = field(default_factory=dict)


def container_sites(box: Container) -> list[YamlSite]:
    """The launches of a container, in the order of the text."""
    args = [*args_of(box.text, box.entry, box.dialect), *args_of(box.text, box.command, box.dialect)]
    script, whole_item = _script_of(args)
    if script:
        found = script_sites(box, script)
        return found if whole_item else [_with_effective(site, ()) for site in found]
    for node in (box.entry, box.command):
        in_text = _in_one_text(box, node, args) if node is not None else []
        if in_text:
            return in_text
    located = locate(args)
    if located and located.kind == "program":
        return _by_program(box, args, located)
    return [] if located or box.explicit else _by_image(box, args)


def script_sites(box: Container, node: Node, split: bool = False, prefix: str = "") -> list[YamlSite]:
    """The launches of a scalar that a shell runs (or, `split`, that is split into the words of a command)."""
    doubled = box.dialect.name == "compose"
    script = script_of(box.text, node, doubled=doubled, split=split, prefix=prefix)
    made: list[YamlSite] = []
    for alone, launch in launches_in(script, box.file, box.env.variables) if script else []:
        host = TextHost(script, alone)  # type: ignore[arg-type]  # there are none without a script
        image = launch.image or box.image
        options = launch.container or box.options
        launch = replace(launch, kind=box.kind, image=image, container=dict(options), words=host.words)
        shell = None if prefix or split else host
        made.append(YamlSite(launch, (host,), box.documents, box.env, shell, host.script.text))
    return made


def _script_of(args: Sequence[YamlArg]) -> tuple[Node | None, bool]:
    """The scalar that a shell of the command runs (`sh -c`); false when that is split first, and only a word of it."""
    found = locate(args)
    if not found or found.kind != "shell":
        return None, True
    at = found.at
    while at < len(args) and args[at].value[:1] in ("-", "+"):
        option = args[at].value
        at += 1
        if "c" in option and not option.startswith("--"):
            break
        at += option in ("-o", "+o")
    else:
        return None, True
    if at >= len(args) or (args[at].at < 0 and args[at].node is args[found.at - 1].node):
        return None, True
    return args[at].scalar, args[at].at >= 0


def _with_effective(site: YamlSite, effective: tuple[str, ...]) -> YamlSite:
    return replace(site, launch=replace(site.launch, argv_effective=effective))


def _in_one_text(box: Container, node: Node, args: Sequence[YamlArg]) -> list[YamlSite]:
    """Launches of a string that names its program, or of the one item of a list that holds a whole command."""
    if node.kind == "scalar":
        other = box.command if node is box.entry else box.entry
        shells = any(arg.value.rsplit("/", 1)[-1] in ("bash", "sh") for arg in args[:1])
        found = script_sites(box, node, split=not shells)
        if other is not None and node is box.entry and found:
            return []
        return [_repeated(box, site) for site in found] if node is box.command else found
    if len(node.items) != 1 or " " not in node.items[0].value.strip():
        return []
    found = script_sites(box, node.items[0], split=True)
    literal = (received(box.text, node.items[0], box.dialect),)
    effective = literal if node is box.command and box.entry is None else ()
    for host in (host for site in found for host in site.hosts):
        if isinstance(host, TextHost):
            host.own = (node,)  # mended, its words are items of the list
    return [_with_effective(site, effective) for site in found]


def _repeated(box: Container, site: YamlSite) -> YamlSite:
    """A program that is written out behind an image's entry point which is that program: it gets both."""
    if box.entry is not None or not _entry(box) or site.launch.argv_effective is not None:
        return site
    args = args_of(box.text, box.command, box.dialect)
    located = locate(args)
    if located is None or located.kind != "program":
        return site
    return _with_effective(site, tuple(arg.value for arg in args))


def _entry(box: Container) -> str | None:
    return entry_program(resolved(box.image)) if box.image else None


def _by_program(box: Container, args: Sequence[YamlArg], found: Found) -> list[YamlSite]:
    repeats = box.entry is None and _entry(box) is not None
    return [_built(box, args, found, found.program, "file", 0 if repeats else None)]


def _by_image(box: Container, args: Sequence[YamlArg]) -> list[YamlSite]:
    """The launch that an image's own entry point makes of the arguments."""
    program = _entry(box)
    if box.entry is not None or not meant_for_vllm(box.image, box.name, [arg.value for arg in args], box.built):
        return []
    if not args:
        return _by_variable(box, program)
    if args[0].value == "serve":
        return [_built(box, args, Found(kind="program", program=SERVE, at=1), SERVE, "image-entrypoint", 0)]
    made = _built(box, args, Found(kind="program", at=0), program or API_SERVER, "image-entrypoint", None)
    return [made]


def _by_variable(box: Container, program: str | None) -> list[YamlSite]:
    """Options that an image takes from a variable, or none at all."""
    for entry in box.env.entries:
        if entry.variable.name in _ARGUMENTS and entry.value is not None and entry.value is not entry.node:
            rest = replace(box, env=box.env.without(entry.variable.name))
            sites = script_sites(rest, entry.value, split=True, prefix=PREFIX)
            return [_started(site, program) for site in sites]
    if program is None or box.command is not None:
        return []
    node = next((value for key, value in box.env.owner.pairs if key.value == "image"), None) if box.env.owner else None
    at = node or box.documents[0]
    launch = Launch(program, (), box.text, Span(at.start, at.end), box.file, kind=box.kind)
    launch = replace(launch, line=box.text.count("\n", 0, at.start) + 1, env=box.env.variables, image=box.image)
    launch = replace(launch, container=dict(box.options), program_source="image-entrypoint")
    return [YamlSite(launch, (NewList(box.text, box.env.owner, box.arguments),), box.documents, box.env)]


def _started(site: YamlSite, program: str | None) -> YamlSite:
    launch = replace(site.launch, program=program or site.launch.program, program_source="image-entrypoint")
    return replace(site, launch=launch)


def _built(
    box: Container, args: Sequence[YamlArg], found: Found, program: str, source: str, literal: int | None
) -> YamlSite:
    """A launch of the words from `found.at` on; `literal`: vLLM gets all words from that one on."""
    hosts = _hosts(box, args, found.at)
    words = tuple(word for host in hosts for word in host.words)
    first = min(args, key=lambda arg: arg.place.start).place if args else Span(0, 0)
    span = Span(first.start, max(arg.place.end for arg in args)) if args else first
    really = _received(box, args, found.at if literal is None else literal)
    launch = Launch(
        program=program,
        words=words,
        text=box.text,
        span=span,
        file=box.file,
        line=box.text.count("\n", 0, span.start) + 1,
        kind=box.kind,
        env=_environment(box.env.variables, found),
        image=box.image,
        container=dict(box.options),
        program_source=source,
        argv_effective=really if really != tuple(word.value for word in words) else None,
    )
    script = next((host.script.text for host in hosts if isinstance(host, TextHost)), "")
    return YamlSite(launch, hosts, box.documents, box.env, None, script)


def _received(box: Container, args: Sequence[YamlArg], first: int) -> tuple[str, ...]:
    """What vLLM gets of the words from `first` on: items as they stand, strings as they are split."""
    out: list[str] = []
    for node in (box.entry, box.command):
        mine = [arg for arg in args[first:] if arg.node is node]
        if node is not None and node.kind == "scalar" and mine:
            split = broken_split(box.text, node, box.dialect.name == "compose")
            out += split[-len(mine) :] if split and len(split) >= len(mine) else split or [arg.value for arg in mine]
        else:
            out += [received(box.text, arg.scalar, box.dialect) for arg in mine]
    return tuple(out)


def _hosts(box: Container, args: Sequence[YamlArg], at: int) -> tuple[Host, ...]:
    """Where the words from `at` on stand: a run of items of one list, or of words of one string."""
    hosts: list[Host] = []
    nodes = [node for node in (box.entry, box.command) if node is not None]
    for node in nodes:
        mine = [index for index, arg in enumerate(args) if arg.node is node]
        if node.kind == "list":
            first = max(0, at - mine[0]) if mine else 0
            if not mine or first < len(mine) or node is nodes[-1]:
                hosts.append(ListHost(box.text, node, first, box.dialect))
        elif mine and mine[0] >= at:
            hosts.append(_prefixed(box, node, [args[index] for index in mine]))
        elif mine and mine[-1] >= at:
            hosts.append(_own_text(box, node, [args[index] for index in mine if index >= at]))
    return tuple(hosts)


def _prefixed(box: Container, node: Node, args: Sequence[YamlArg]) -> Host:
    doubled = box.dialect.name == "compose"
    script = script_of(box.text, node, doubled=doubled, split=True, prefix=PREFIX)
    found = launches_in(script, box.file) if script else []
    if script and len(found) == 1 and len(found[0][0].words) == len(args):
        return TextHost(script, found[0][0])
    return FixedHost([arg.word for arg in args])


def _own_text(box: Container, node: Node, args: Sequence[YamlArg]) -> Host:
    script = script_of(box.text, node, doubled=box.dialect.name == "compose", split=True)
    found = launches_in(script, box.file) if script else []
    if script and len(found) == 1 and len(found[0][0].words) == len(args):
        return TextHost(script, found[0][0])
    return FixedHost([arg.word for arg in args])


def _environment(variables: Sequence[Variable], found: Found) -> tuple[Variable, ...]:
    """The file's variables with what `env A=b -u C` in the command makes of them."""
    kept = {} if found.cleared else {one.name: one for one in variables if one.name not in found.dropped}
    kept.update({one.name: one for one in found.assigned})
    return tuple(kept.values())
