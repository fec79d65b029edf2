"""A rule held against its own examples and near misses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor.engine import launches
from vllm_doctor.engine.analysis import Said, analyse_all
from vllm_doctor.engine.catalogue import Catalogue
from vllm_doctor.engine.conditions import shown
from vllm_doctor.engine.match import Match, Matcher
from vllm_doctor.engine.repair import Workbench, fixes_of
from vllm_doctor.facts import Fact, Facts
from vllm_doctor.facts.of_launch import of_launch
from vllm_doctor.facts.of_model import of_gpu
from vllm_doctor.facts.releases import release_of, release_set
from vllm_doctor.launch.parser import parse_command_line
from vllm_doctor.log import read_log

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vllm_doctor.engine.repair import Made
    from vllm_doctor.engine.rule import Rule
    from vllm_doctor.engine.rule_parts import Example
    from vllm_doctor.launch.types import Launch


def problems(rule: Rule, catalogue: Catalogue) -> Iterator[str]:
    """What is wrong with a rule's examples and near misses, one sentence each."""
    for number, example in enumerate(rule.examples, 1):
        where = f"example {number} ({example.signature})"
        found = list(_on_log(rule, example, catalogue) if example.log else _on_launch(rule, example))
        yield from (f"{where}: {sentence}" for sentence in found)
    for number, miss in enumerate(rule.near_misses, 1):
        if miss.log and (seen := _matches(rule, miss)):
            yield f"near miss {number}: the signature {seen[0].signature.id!r} fits it"
        if not miss.log and (fits := _fitting(rule, miss)):
            yield f"near miss {number}: the launch signature {fits[0]!r} fits it"


def _said(example: Example) -> Said:
    launch = parse_command_line(example.command) if example.command else None
    gpu = example.options.get("gpu")
    return Said(launch, example.options.get("vllm_version"), tuple(of_gpu(gpu)) if gpu else ())


def _matches(rule: Rule, example: Example) -> list[Match]:
    log = read_log([example.log.encode()], "example")
    alone = Catalogue({rule.id: rule}, {})
    found = []
    for analysis in analyse_all(log.attempts, alone, _said(example)):
        found += Matcher([rule]).matches(analysis.attempt.events, analysis.facts)
    return found


def _on_log(rule: Rule, example: Example, catalogue: Catalogue) -> Iterator[str]:
    found = _matches(rule, example)
    if not found:
        yield "no signature of the rule fits it"
        return
    match = next((match for match in found if match.signature.id == example.signature), None)
    if match is None:
        yield f"{found[0].signature.id!r} fits it, not {example.signature!r}"
        return
    for name, wanted in example.figures.items():
        fact = rule.figures.get(name, "")
        value = match.facts.get(fact)
        read = None if value is None else shown(fact, value)
        if str(read) != str(wanted):
            yield f"the figure {name} is {read}, not {wanted}"
    if example.fixed:
        yield from _fixed(rule, example, match.facts, catalogue)


def _fixed(rule: Rule, example: Example, facts: Facts, catalogue: Catalogue) -> Iterator[str]:
    said = _said(example)
    release, _ = release_of(facts, said.release, said.launch.image if said.launch else None)
    made = fixes_of(rule, facts, Workbench(said.launch, "given", release_set(release)))
    command = next((one.fix.command for one in made if one.fix.command), None)
    if command != example.fixed.strip():
        yield f"the first fixed command is {command!r}"


def _read(example: Example) -> Launch | None:
    if not example.file:
        return parse_command_line(example.command)
    from vllm_doctor.launch.files import read_launches

    return next(iter(read_launches(example.command, example.file)), None)


def _launch_of(example: Example) -> tuple[Launch | None, Facts, tuple[str, ...]]:
    launch = _read(example)
    said = _said(example)
    release, _ = release_of(Facts(), said.release, launch.image if launch else None)
    known = [Fact(name, value) for name, value in example.figures.items() if "." in name]
    read = [*said.facts, *(of_launch(launch, release_set(release)) if launch else ()), *known]
    read += [Fact("vllm.version", release)] if release else []
    return launch, Facts({fact.name: fact for fact in read}), release_set(release)


def _fitting(rule: Rule, example: Example) -> list[str]:
    launch, facts, releases = _launch_of(example)
    return [match.signature.id for match in launches.matches([rule], launch, facts, releases)] if launch else []


def _on_launch(rule: Rule, example: Example) -> Iterator[str]:
    launch, facts, releases = _launch_of(example)
    if launch is None:
        yield "there is no vLLM launch in its command"
        return
    found = launches.matches([rule], launch, facts, releases)
    match = next((match for match in found if match.signature.id == example.signature), None)
    if match is None:
        yield f"the signatures {[match.signature.id for match in found]} fit it, not {example.signature!r}"
    elif example.fixed:
        made = fixes_of(rule, match.facts, Workbench(launch, "given", releases))
        command = next((_text_of(one, example) for one in made if one.fix.command or one.fix.patch), None)
        if command != example.fixed.strip():
            yield f"the first fixed command is {command!r}"


def _text_of(made: Made, example: Example) -> str | None:
    """The fixed command, or the whole text where the example is a file."""
    return made.launch.text.strip() if example.file and made.launch else made.fix.command
