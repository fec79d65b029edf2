"""How often `vllm_doctor.vllm` and the releases' own parsers agree, on made-up lists of arguments.

    python tools/flag_table agreement --python ENV/bin/python [--write] [--count 200] [--seed 1] [--both] [RELEASE ...]

Two agree on a list when both take it or both refuse it, and, where both take it, give the same value to every option
that changed from its default. `--write` writes docs/agreement.md; else every disagreement is printed. The lists are
made anew from the seed (classes.py); each release is imported once.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sources
from classes import CLASSES, Maker
from samples import SAMPLES

from vllm_doctor import vllm

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vllm_doctor.vllm import Program

HERE = Path(__file__).resolve().parent
PAGE = HERE.parents[1] / "docs" / "agreement.md"


@dataclass(frozen=True)
class Difference:
    """One list on which the two differ: `refused here`, `taken here` or `another value`, and about what."""

    kind: str
    about: str
    words: list[str]
    detail: str


@dataclass
class Result:
    """What came out for one class of one release's program."""

    release: str
    program: Program
    name: str
    lists: int = 0
    taken: int = 0
    differences: list[Difference] = field(default_factory=list)

    @property
    def agreed(self) -> int:
        """The lists on which both agree wholly."""
        return self.lists - len(self.differences)


def programs(release: str, both: bool) -> tuple[Program, ...]:
    """The programs of a release that are asked: `vllm serve`, and the module too with `both` or where it is alone."""
    if not vllm.has_serve(release):
        return ("api_server",)
    return ("vllm serve", "api_server") if both else ("vllm serve",)


def questions(releases: list[str], count: int, seed: int, both: bool) -> Iterator[tuple[Result, dict[str, Any]]]:
    """For each class, what is asked of a release's program (judge.py)."""
    for release in releases:
        for program in programs(release, both):
            for name in CLASSES:
                lists = [
                    {"words": words, "values": dict(vllm.parsed(words, release, program))}
                    for words in Maker(release, program, name, seed).lists(count)
                ]
                yield Result(release, program, name, len(lists)), {"lists": lists}


def difference(result: Result, item: dict[str, Any], told: dict[str, Any], base: dict[str, Any]) -> Difference | None:
    """Where the reader and the release differ on a list; None where they agree."""
    words = item["words"]
    errors = vllm.check(words, result.release, result.program, suggest=False)
    if errors and told["accepted"]:
        return Difference("refused here", errors[0].fault, words, errors[0].message)
    if not told["accepted"]:
        return None if errors else Difference("taken here", _about(told["error"]), words, told["error"])
    if told["set"] is None:  # the help
        return None
    ours = {name: value for name, value in item["values"].items() if name not in base or not _same(value, base[name])}
    for name in sorted(ours.keys() | told["set"].keys()):
        here, there = ours.get(name, base.get(name)), told["set"].get(name, base.get(name))
        if not _same(here, there):
            return Difference("another value", name, words, f"{name}: {_text(here)} here, {_text(there)} there")
    return None


def _same(one: Any, two: Any) -> bool:
    return _text(one) == _text(two)


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str)


def _about(error: str) -> str:
    """What a release's error is about, without the words of the list."""
    if "errors.pydantic.dev" in error:
        return f"a JSON object's {error.rpartition('/')[2]}"
    said = error.partition("error: ")[2] or error
    option = said.partition("argument ")[2].partition(":")[0]
    kinds = ("invalid choice", "unrecognized arguments", "ambiguous option", "expected", "required", "invalid")
    kind = next((kind for kind in kinds if kind in said), said.partition(":")[0])
    return f"{option}: {kind}" if option else kind


def ask(python: str, asked: list[tuple[Result, dict[str, Any]]]) -> Iterator[tuple[Result, list[Any], dict[str, Any]]]:
    """Ask the releases' own parsers, each release's program once for all its classes.

    Raises:
        SystemExit: a release could not be asked.
    """
    together: dict[tuple[str, str], list[tuple[Result, dict[str, Any]]]] = {}
    for result, question in asked:
        together.setdefault((result.release, result.program), []).append((result, question))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file = folder / "questions.json"
        whole = [
            {"release": release, "program": program, "lists": [item for _, one in parts for item in one["lists"]]}
            for (release, program), parts in together.items()
        ]
        file.write_text(json.dumps(whole))
        command = [python, str(HERE / "oracle.py"), "ask", str(sources.home()), name, str(file)]
        if subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode:
            raise SystemExit("a release could not be asked: " + " ".join(command))
        for place, parts in enumerate(together.values()):
            answer = json.loads((folder / f"{place}.json").read_text())
            start = 0
            for result, question in parts:
                told = answer["lists"][start : start + result.lists]
                start += result.lists
                yield result, list(zip(question["lists"], told, strict=True)), answer["base"]


def measure(python: str, releases: list[str], count: int, seed: int, both: bool = False) -> list[Result]:
    """The results of every class of every release's programs."""
    results = []
    for result, pairs, base in ask(python, list(questions(releases, count, seed, both))):
        result.taken = sum(told["accepted"] for _, told in pairs)
        found = (difference(result, item, told, base) for item, told in pairs)
        result.differences = [one for one in found if one is not None]
        results.append(result)
    return results


def main(words: list[str]) -> int:
    """Run the command line of the module's docstring; 1 where anything differs and is only printed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("releases", nargs="*", default=SAMPLES["page-releases"])
    parser.add_argument("--python", required=True, help="the Python of an environment with a real vLLM")
    parser.add_argument("--count", type=int, default=200, help="lists a class, release and program")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--both", action="store_true", help="ask the api_server module beside `vllm serve`, too")
    parser.add_argument("--write", action="store_true", help="write docs/agreement.md")
    chosen = parser.parse_args(words)
    releases = list(vllm.releases()) if chosen.releases == ["all"] else chosen.releases
    results = measure(chosen.python, releases, chosen.count, chosen.seed, chosen.both)
    if chosen.write:
        from agreement_page import page

        PAGE.write_text(page(results, chosen.count, chosen.seed), "utf-8")
        print(PAGE.relative_to(Path.cwd()) if PAGE.is_relative_to(Path.cwd()) else PAGE)
        return 0
    for result in results:
        print(f"{result.release} {result.program} {result.name}: {result.agreed} of {result.lists}")
        for one in result.differences:
            print(f"    {one.kind}: {one.words} -> {one.detail}")
    return int(any(result.differences for result in results))
