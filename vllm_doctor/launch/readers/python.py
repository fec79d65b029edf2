"""Python: `LLM(...)` and `EngineArgs(...)`, and commands that a program starts, as lists or as strings."""

from __future__ import annotations

import ast
from itertools import islice
from typing import TYPE_CHECKING

from vllm_doctor.launch.hosted.builder import Builder
from vllm_doctor.launch.hosted.cells import Cell, CellView
from vllm_doctor.launch.hosted.python_env import PythonEnv, given_env
from vllm_doctor.launch.hosted.python_keywords import KeywordHost, arguments_of
from vllm_doctor.launch.hosted.python_list import PythonListing, escaped
from vllm_doctor.launch.hosted.python_scope import Called, Listed, Walker, called_name
from vllm_doctor.launch.hosted.python_text import PythonText, parsed
from vllm_doctor.launch.hosted.site import HostedSite, in_order, sites_in
from vllm_doctor.launch.hosted.split import sites_of_list
from vllm_doctor.launch.hosted.view import TextView
from vllm_doctor.launch.hosted.views import MOST_LAUNCHES
from vllm_doctor.launch.hosted.writer import HostedWriter
from vllm_doctor.launch.types import Launch
from vllm_doctor.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from vllm_doctor.text import Span

name = "python"
_CLASSES = frozenset({"LLM", "EngineArgs", "AsyncEngineArgs"})
_ONLY_VLLM = frozenset({"AsyncEngineArgs"})
_STARTS = frozenset(
    """
    run Popen call check_call check_output getoutput getstatusoutput system popen create_subprocess_shell split
    spawn exec_command sendline send_keys execute run_command local sudo
    """.split()
)
_BY_ARGUMENTS = frozenset({"create_subprocess_exec"})
_AFTER_PATH = frozenset({"execl", "execlp", "spawnl", "spawnlp"})
_MOST_ALIKE = 50
_SHEBANG = pattern(r"#!.{0,200}\bpython[\d.]*\b")


def claims(file: str, text: str) -> bool:
    """Whether a file is Python, by its name or its first line."""
    last = file.replace("\\", "/").rsplit("/", 1)[-1].lower()
    return last.endswith((".py", ".pyw")) or ("." not in last and bool(_SHEBANG.match(text)))


def read(text: str, file: str) -> tuple[Launch, ...]:
    """The launches of a module, in the order of the text."""
    return tuple(site.launch for site in sites(text, file))


def writer(launch: Launch) -> HostedWriter:
    """What edits a launch of a module."""
    return HostedWriter(launch, sites)


def sites(text: str, file: str) -> list[HostedSite]:
    """The launches with the places at which they may be edited."""
    if "vllm" not in text.lower():
        return []
    source = parsed(text)
    if source is None:
        return []
    walker = Walker(source)
    lists = islice(_longest(walker), MOST_LAUNCHES)
    found = [site for listed in lists for site in _of_list(source, listed, walker, file)]
    imported = _imported(source.tree)
    for call in walker.calls:
        if len(found) >= 2 * MOST_LAUNCHES:
            break
        found += [*_of_call(source, call, file), *_of_engine(source, call, imported, file)]
    return in_order(found)


def _longest(walker: Walker) -> Iterator[Listed]:
    """The lists that speak of vLLM, but for those that another one begins with."""
    groups: dict[Span, list[Listed]] = {}
    for one in walker.lists:
        if any("vllm" in cell.value.lower() or "api_server" in cell.value for cell in one.cells):
            groups.setdefault(one.cells[0].span, []).append(one)
    for group in groups.values():
        for one in group:
            count = len(one.cells)
            if not any(len(other.cells) > count and other.cells[:count] == one.cells for other in group[:_MOST_ALIKE]):
                yield one


def _of_list(source: PythonText, listed: Listed, walker: Walker, file: str) -> list[HostedSite]:
    env = list(listed.env)
    for call in walker.calls:
        first = call.node.args[0] if call.node.args else None
        if first is listed.node or (listed.name and getattr(first, "id", "") == listed.name):
            env += given_env(source, call)
    return sites_of_list(
        CellView(source.text, listed.cells, PythonListing(source.text)), file, name, PythonEnv(source, env)
    )


def _of_call(source: PythonText, call: Called, file: str) -> list[HostedSite]:
    """Commands in strings that a call starts or splits, and in its arguments."""
    called = called_name(call.node)
    settings = PythonEnv(source, [*call.env, *given_env(source, call)])
    if called in _BY_ARGUMENTS or called in _AFTER_PATH:
        cells: list[Cell] = []
        for node in call.node.args[called in _AFTER_PATH :]:
            pieces = None if isinstance(node, ast.Starred) else source.pieces(node)
            cells += [Cell(source.span(node), tuple(pieces))] if pieces else []
        view = CellView(source.text, cells, PythonListing(source.text))
        return sites_in(view, file, name, settings) if cells else []
    if called not in _STARTS:
        return []
    found: list[HostedSite] = []
    owner = [call.node.func.value] if called == "split" and isinstance(call.node.func, ast.Attribute) else []
    for node in [*owner, *call.node.args[:2], *(one.value for one in call.node.keywords if one.arg in ("args", "cmd"))]:
        known = call.dicts.get(node.id) if isinstance(node, ast.Name) else node
        if isinstance(known, (ast.Constant, ast.JoinedStr)):
            found += _of_string(source, known, settings, file)
    return found


def _of_string(source: PythonText, node: ast.expr, settings: PythonEnv, file: str) -> list[HostedSite]:
    pieces = source.pieces(node)
    if not pieces or "vllm" not in source.said(node).lower():
        return []
    out = Builder(source.text)
    out.add(pieces)
    styles = source.styles(source.span(node))
    triple = all(len(quote) == 3 for _, quote in styles)
    view = TextView(out.source(), "\n" if triple else "\\n", _escape(styles))
    return sites_in(view, file, name, settings)


def _escape(styles: set[tuple[str, str]]) -> Callable[[str], str | None]:
    """Text for literals of these prefixes and quotes; None where they would need it in different ways."""

    def written(line: str) -> str | None:
        ways = {escaped(line, *style) for style in styles}
        return next(iter(ways)) if len(ways) == 1 else None

    return written


def _imported(tree: ast.Module) -> dict[str, str]:
    """The names under which a module knows vLLM's classes, and vLLM itself (`vllm`)."""
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "vllm":
            found.update({alias.asname or alias.name: alias.name for alias in node.names})
        elif isinstance(node, ast.Import):
            named = [alias for alias in node.names if alias.name.partition(".")[0] == "vllm"]
            found.update({alias.asname or "vllm": "vllm" for alias in named})
    return found


def _of_engine(source: PythonText, call: Called, imported: dict[str, str], file: str) -> list[HostedSite]:
    """`LLM(...)` and the classes of arguments, where they are vLLM's."""
    func = call.node.func
    if isinstance(func, ast.Attribute):
        owner = source.said(func.value).partition(".")[0]
        known = func.attr in _CLASSES and imported.get(owner) == "vllm"
    else:
        title = getattr(func, "id", "")
        known = imported.get(title, title if title in _ONLY_VLLM else "") in _CLASSES
    found = arguments_of(source, call.node, call.dicts) if known else []
    if not found:
        return []
    host = KeywordHost(source, call.node, found)
    span = source.span(call.node)
    settings = PythonEnv(source, call.env)
    launch = Launch(
        program="LLM()",
        words=host.words,
        text=source.text,
        span=span,
        file=file,
        line=source.text.count("\n", 0, span.start) + 1,
        kind=name,
        env=settings.variables,
    )
    return [HostedSite(launch, host, settings)]
