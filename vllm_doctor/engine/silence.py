"""What is found and not told: what a comment, the settings or a baseline silence. Decided when all is found.

What is silent is not mended either, and it still excludes what it would exclude if it were told.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from vllm_doctor.finding import Finding, Region
from vllm_doctor.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from vllm_doctor.engine.ignores import Ignore, Ignores
    from vllm_doctor.engine.launches import LaunchMatch
    from vllm_doctor.engine.rule_parts import Text
    from vllm_doctor.finding import Severity
    from vllm_doctor.launch.types import Launch

UNUSED, UNKNOWN = "unused-ignore", "unknown-ignore"
_TITLES: dict[str, Text] = {
    UNUSED: {"en": "An ignore that silences nothing", "zh": "没有屏蔽任何问题的 ignore"},
    UNKNOWN: {"en": "An ignore without a rule that there is", "zh": "ignore 没有给出存在的规则"},
}
_NOTHING: Text = {
    "en": "Nothing is found here that {id} would be: take it out of the comment.",
    "zh": "这里没有 {id} 这个问题：请从注释中去掉它。",
}
_NO_SUCH: Text = {"en": "There is no rule {id}.", "zh": "没有名为 {id} 的规则。"}
_NEAR: Text = {"en": "There is no rule {id}; did you mean {near}?", "zh": "没有名为 {id} 的规则；是否指 {near}？"}
_NO_ID: Text = {
    "en": "It names no rule, so it silences nothing: write ignore[rule-id].",
    "zh": "它没有给出规则，因此不起作用：请写 ignore[rule-id]。",
}


@dataclass(frozen=True)
class Policy:
    """What the user does not want to be told in a file.

    `ignored` are ids; `severity` other severities by id; `known` says whether a baseline lists so many findings of an
    id in a launch of that fingerprint.
    """

    ignored: frozenset[str] = frozenset()
    severity: dict[str, Severity] = field(default_factory=dict)
    known: Callable[[str, str, int], bool] | None = None

    def level(self, names: Collection[str], usual: Severity) -> Severity:
        """How severe a finding of these names is."""
        return next((self.severity[name] for name in names if name in self.severity), usual)


@dataclass
class Silence:
    """Decides for one text; `ignored` and `baselined` count what was silenced."""

    policy: Policy
    comments: Ignores
    ignored: int = 0
    baselined: int = 0
    _used: set[tuple[Ignore, str]] = field(default_factory=set)

    def of(self, launch: Launch, found: Sequence[LaunchMatch], fingerprint: str) -> frozenset[str]:
        """The ids of the rules that are silent in a launch."""
        silent: set[str] = set()
        for match in found:
            names = (match.rule.id, match.rule.shown)
            said = self.comments.meant(names, (launch.span, *match.spans))
            self._used |= set(said)
            if said or not self.policy.ignored.isdisjoint(names):
                silent.add(match.rule.id)
        self.ignored += sum(match.rule.id in silent for match in found)
        return frozenset(silent | self._in_baseline(found, silent, fingerprint))

    def _in_baseline(self, found: Sequence[LaunchMatch], silent: set[str], fingerprint: str) -> set[str]:
        if self.policy.known is None:
            return set()
        told = [match for match in found if match.rule.id not in silent]
        known: set[str] = set()
        for shown in dict.fromkeys(match.rule.shown for match in told):
            rules = [match.rule.id for match in told if match.rule.shown == shown]
            if self.policy.known(shown, fingerprint, len(rules)):
                known |= set(rules)
                self.baselined += len(rules)
        return known

    def of_comments(self, file: str, rules: Collection[str], language: str) -> Iterator[Finding]:
        """What is wrong with the comments themselves; `rules` are all ids that there are."""
        for one in self.comments.items:
            for id_ in one.ids or ("",):
                if (one, id_) in self._used:
                    continue
                kind = UNUSED if id_ in rules else UNKNOWN
                if kind not in self.policy.ignored:
                    yield self._note(kind, _why(kind, id_, rules, language), one, file, language)

    def _note(self, kind: str, why: str, one: Ignore, file: str, language: str) -> Finding:
        return Finding(
            kind,
            _TITLES[kind].get(language) or _TITLES[kind]["en"],
            severity=self.policy.level((kind,), "note"),
            role="note",
            explanation=why,
            rule=kind,
            place=f"{file or 'command'}:{one.line}:{one.col}",
            region=Region(one.line, one.col, one.line, one.end_col),
        )


def _why(kind: str, id_: str, rules: Collection[str], language: str) -> str:
    near = ""
    if not id_:
        text = _NO_ID
    elif kind == UNUSED:
        text = _NOTHING
    else:
        from difflib import get_close_matches

        near = "".join(get_close_matches(id_, list(rules), 1))
        text = _NEAR if near else _NO_SUCH
    return (text.get(language) or text["en"]).format(id=id_, near=near)
