"""Rules meet the events of a log: which signature fits where, with what captured. Ranks nothing."""

from __future__ import annotations

import re
from dataclasses import field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from vllm_doctor.contain import each, note
from vllm_doctor.engine.asked import Asked
from vllm_doctor.engine.budget import Budget
from vllm_doctor.engine.conditions import all_hold
from vllm_doctor.facts import Fact, Facts, declared
from vllm_doctor.facts.collect import of_event
from vllm_doctor.facts.phase import PHASE, Phases
from vllm_doctor.facts.types import merge, number, parse
from vllm_doctor.log.types import Event, Frame, Line, Traceback
from vllm_doctor.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from vllm_doctor.engine.rule import Rule
    from vllm_doctor.engine.rule_parts import Signature

PATTERN_SECONDS = 0.5
MAX_TEXT = 20_000
GIVEN = ("args.", "config.", "env.")


@dataclass(frozen=True)
class Match:
    """A signature that fits. `event` is None where facts alone fit; `line` then is where one of them was read.

    `facts` are the attempt's, with those of the event and the captures on top. `literal` is what the log was
    searched for, to find the line to quote.
    """

    rule: Rule
    signature: Signature
    facts: Facts
    event: Event | None = None
    line: Line | None = None
    literal: str = ""

    @property
    def first_line(self) -> int:
        """The physical line of the event, or of the fact."""
        return self.event.first_line if self.event else self.line.number if self.line else 0


@dataclass
class Matcher:
    """Matches rules on the events of one attempt; `skipped` names what its time limit left out.

    `slow` are the messages that took too long once: a log has many lines, and they are not tried on another. `asked`
    tells which of the rules to try on a text; matchers of the same rules may share it.
    """

    rules: Sequence[Rule]
    skipped: list[str] = field(default_factory=list)
    slow: set[str] = field(default_factory=set)
    budget: Budget = field(default_factory=Budget)
    asked: Asked | None = None

    def matches(self, events: Sequence[Event], facts: Facts) -> list[Match]:
        """Every rule's first signature that fits, on every event, in the order of the log; then by facts alone."""
        phases = Phases(events)
        asked = self.asked = self.asked or Asked(self.rules)
        found = [match for matches in self._of_events(events, facts, phases, asked) for match in matches]
        here = facts.having([Fact(PHASE, phases.last)] if phases.last else [])
        alone = (each(f"rule {rule.id}", _of_facts, rule, indices, here) for rule, indices in asked.of_facts)
        return [*found, *(match for matches in alone for match in matches)]

    def _of_events(self, events: Sequence[Event], facts: Facts, phases: Phases, asked: Asked) -> list[list[Match]]:
        """The matches of each event, failures first, while there is time."""
        found: list[list[Match]] = [[] for _ in events]
        order = [index for index, event in enumerate(events) if not event.quotes]
        order.sort(key=lambda index: not is_error(events[index]))
        for done, index in enumerate(order):
            if self.budget.spent():
                left = len(order) - done
                line = min(events[later].first_line for later in order[done:])
                self.skipped.append(f"the time for matching was over: {left} records from line {line} on were left out")
                break
            found[index] = list(self._of_event(events[index], facts, phases, asked))
        return found

    def _of_event(self, event: Event, facts: Facts, phases: Phases, asked: Asked) -> Iterator[Match]:
        texts = _texts(event)
        whole = "\n".join(text for _, text in texts)
        exceptions = frozenset(exception for exception, _ in texts) if isinstance(event, Traceback) else None
        own: Facts | None = None
        for rule, indices in asked.about(whole, exceptions):
            try:
                for index in indices:
                    if rule.literals[index] not in whole:
                        continue
                    signature = rule.signature(index)
                    captures = self._fits(rule, signature, event, texts)
                    if captures is None:
                        continue
                    own = own or _facts_at(event, facts, phases)
                    here = own.having(_captured(rule, captures))
                    if all_hold(signature.facts, here):
                        yield Match(rule, signature, here, event, literal=signature.literal)
                        break
            except Exception as error:
                note(f"rule {rule.id}", error)

    def _fits(
        self, rule: Rule, signature: Signature, event: Event, texts: Sequence[tuple[str, str]]
    ) -> dict[str, str] | None:
        if signature.levels and event.level not in signature.levels:
            return None
        if signature.file and event.file.rpartition("/")[2] != signature.file:
            return None
        if signature.exceptions and not any(exception in signature.exceptions for exception, _ in texts):
            return None
        if signature.frames and not any(_has_frame(event, frame) for frame in signature.frames):
            return None
        if any(_has_frame(event, frame) for frame in signature.without_frames):
            return None
        for exception, text in texts:
            if signature.exceptions and exception not in signature.exceptions:
                continue
            captures = self._search(rule, signature, text)
            if captures is not None:
                return captures
        return None

    def _search(self, rule: Rule, signature: Signature, text: str) -> dict[str, str] | None:
        if signature.literal not in text:
            return None
        if signature.message in ("", signature.literal):  # no pattern, or one of plain words
            return {}
        if not all(word in text for word in signature.words):
            return None
        try:
            if signature.message in self.slow:
                raise TimeoutError
            found = _searched(signature, text)
        except TimeoutError:
            self.slow.add(signature.message)
            self.skipped.append(f"{rule.id}: the pattern {signature.id!r} took too long and was skipped")
            return None
        return (
            None if found is None else {name: value for name, value in found.groupdict().items() if value is not None}
        )


def _of_facts(rule: Rule, indices: Sequence[int], here: Facts) -> Iterator[Match]:
    """The first signature of a rule that looks at facts alone, and fits."""
    for signature in map(rule.signature, indices):
        if signature.facts and all_hold(signature.facts, here):
            lines = [here.line(condition.fact) for condition in signature.facts]
            yield Match(rule, signature, here, None, next((line for line in lines if line), None))
            break


def _searched(signature: Signature, text: str) -> Any:
    """The pattern's first match in a text.

    `regex` has a time limit and `re` none, but importing and compiling with it costs a small log a tenth of its
    time: what is proven to end soon needs no limit.

    Raises:
        TimeoutError: it took too long.
    """
    if len(text) <= signature.bounded:
        return plain_pattern(signature.message).search(text)
    return pattern(signature.message).search(text, timeout=PATTERN_SECONDS)


@lru_cache(maxsize=512)
def plain_pattern(text: str) -> re.Pattern[str]:
    """A pattern compiled by the standard library."""
    return re.compile(text)


@lru_cache(maxsize=512)
def pattern(text: str) -> Any:
    """A pattern compiled by `regex`, since only it has a time limit."""
    import regex

    return regex.compile(text)


def _texts(event: Event) -> list[tuple[str, str]]:
    """(exception type, message) of a record or of every link of a traceback; blanks folded."""
    if isinstance(event, Traceback):
        return [(link.exception.rpartition(".")[2], fold(link.message)) for link in event.chain()]
    return [("", fold(event.message))]


def fold(text: str) -> str:
    """The text with every run of blanks and newlines made one blank, so that hard-wrapped messages fit."""
    return " ".join(text[:MAX_TEXT].split())


def _has_frame(event: Event, wanted: str) -> bool:
    return isinstance(event, Traceback) and any(
        _is_frame(frame, wanted) for link in event.chain() for frame in link.frames
    )


def _is_frame(frame: Frame, wanted: str) -> bool:
    path, colon, function = wanted.partition(":")
    if not colon and "/" not in path and not path.endswith((".py", ".pyx")):
        path, function = "", path
    if function and frame.function.rpartition(".")[2] != function:
        return False
    return not path or f"/{frame.path}".replace("\\", "/").endswith(f"/{path}")


def _facts_at(event: Event, facts: Facts, phases: Phases) -> Facts:
    step = phases.before(event.first_line)
    own = merge(of_event(event))
    return facts.having([*([Fact(PHASE, step)] if step else []), *own.values()])


def _captured(rule: Rule, captures: dict[str, str]) -> Iterable[Fact]:
    for name, text in captures.items():
        fact = rule.figures[name]
        kind = declared(fact)
        value = number(text) if fact.startswith(GIVEN) else parse(kind.type, text) if kind else None
        if value is not None:
            yield Fact(fact, value)


def is_error(event: Event) -> bool:
    """Whether an event is the end of something: an exception, or a record of level ERROR or above.

    An exception that the program logged itself below ERROR was caught: an optional import, a probe. A level without
    a source file is a wrapper's, which gives one level to all that a process prints.
    """
    if isinstance(event, Traceback):
        return not (event.file and event.level in ("DEBUG", "INFO", "WARNING"))
    return event.level in ("ERROR", "CRITICAL", "FATAL")
