"""What a diagnosis says, as data: the words that all rooms share.

Field names are the JSON keys of docs/design.md (`from_` is written `from`). Memory is in GiB (2**30 bytes),
lengths in tokens, times in seconds. `report` draws these; nothing here knows how.
"""

from __future__ import annotations

from dataclasses import field
from typing import Any, Literal, TypeAlias

from vllm_doctor.values import dataclass

Figure: TypeAlias = "int | float | str | bool"
Severity: TypeAlias = Literal["error", "warning", "note"]
Confidence: TypeAlias = Literal["certain", "likely", "possible"]
Role: TypeAlias = Literal["cause", "symptom", "note"]
Effect: TypeAlias = Literal["same", "costs", "exposes"]
Verdict: TypeAlias = Literal["failed", "warned", "healthy", "incomplete", "unknown-failure"]
CommandKind: TypeAlias = Literal["given", "rebuilt", "fragment"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """A quoted line of a source. `line` counts physical lines from 1; `text` stands on that one line.

    `kind` says what the line is to the finding: `match` (the rule saw it) or `figure` (a figure was read there).
    """

    source: str
    line: int
    text: str
    kind: Literal["match", "figure"] = "match"


@dataclass(frozen=True, slots=True)
class Change:
    """One option or environment variable that a fix changes, or what it gives to the container.

    `verb` is the JSON key: `set` and `remove` take a flag, `setenv` and `unsetenv` a variable, `give` what a container
    or pod may be given (ipc, shm, enableServiceLinks).
    """

    verb: Literal["set", "remove", "setenv", "unsetenv", "give"]
    name: str
    from_: str | None = None
    to: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """Something to run beside the command, and where: on the `server`, the `client` or the `host`."""

    run: str
    where: str = "server"


@dataclass(frozen=True, slots=True)
class Fix:
    """A way out: a command made from the user's own, or steps, or both.

    `command_kind`: `given` (the user's text, edited), `rebuilt` (from arguments that the log echoes) or
    `fragment` (only the options to change: no command is known). `safe` is true when `effect` is `same`.
    """

    changes: tuple[Change, ...] = ()
    steps: tuple[Step, ...] = ()
    command: str | None = None
    command_kind: CommandKind | None = None
    file: str | None = None
    patch: str | None = None
    effect: Effect = "same"
    allow: str | None = None
    """The name by which `--allow` lets a fix that exposes be applied."""
    why: str = ""
    checks: tuple[str, ...] = ()

    @property
    def safe(self) -> bool:
        """Whether the fix does just what was asked, so that `--fix` may apply it."""
        return self.effect == "same"


@dataclass(frozen=True, slots=True)
class Region:
    """A part of a text for an editor: lines and columns from 1, columns in characters; the end is not part of it."""

    line: int
    col: int
    end_line: int
    end_col: int


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found: a cause, a symptom of it, or a note, with its proof and its ways out."""

    id: str
    title: str
    severity: Severity = "error"
    confidence: Confidence = "certain"
    transient: bool = False
    role: Role = "cause"
    explanation: str = ""
    figures: dict[str, Figure] = field(default_factory=dict)
    evidence: tuple[Evidence, ...] = ()
    fixes: tuple[Fix, ...] = ()
    needs: str | None = None
    options: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    rule: str = ""
    """The id of the rule; `id` is the cause that it stands for."""
    place: str | None = None
    """file:line:col in a reviewed launch file."""
    region: Region | None = None
    """In a reviewed launch file: the very characters that are meant."""
    fingerprint: str = ""
    """Of a reviewed launch: what stays the same when it moves in its file, and changes with its content."""


@dataclass(frozen=True, slots=True)
class Source:
    """An input as it was read."""

    name: str
    lines: int
    bytes: int


@dataclass(frozen=True, slots=True)
class AttemptSummary:
    """One start of the server in the log, by physical lines, and how it ended."""

    first_line: int
    last_line: int
    verdict: Verdict
    root_cause: str | None = None
    repeats: int = 1
    """How many equal attempts in a row this one stands for."""


@dataclass(frozen=True, slots=True)
class Deployment:
    """What was deployed, as far as log and launch tell."""

    vllm_version: str | None = None
    vllm_versions: tuple[str, ...] = ()
    version_source: str | None = None
    model: str | None = None
    engine: str | None = None
    gpu: str | None = None
    gpu_total_gib: float | None = None
    gpu_count: int | None = None
    command: str | None = None
    command_source: str | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """What stands around a failure that no rule knows: the innermost exception and the records near it."""

    exception: str
    message: str
    frames: tuple[str, ...]
    records: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The answer for one deployment's logs."""

    sources: tuple[Source, ...]
    verdict: Verdict
    root_cause: Finding | None
    findings: tuple[Finding, ...]
    attempts: tuple[AttemptSummary, ...]
    deployment: Deployment
    context: Context | None = None
    """For `unknown-failure` and `incomplete`: what is known without a rule."""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LaunchReview:
    """One launch found in a file or command, and what was found in it.

    `argv` is what vLLM would receive after its program words; in a broken launch the one that was meant, and
    `argv_effective` is then what vLLM really receives.
    """

    program: str
    model: str | None
    argv: tuple[str, ...]
    env: dict[str, str | None]
    image: str | None
    vllm_version: str | None
    file: str
    line: int
    findings: tuple[Finding, ...] = ()
    fixed: str | None = None
    argv_effective: tuple[str, ...] | None = None
    region: Region | None = None
    """Where it stands in the file."""
    argv_with_config: tuple[str, ...] | None = None
    """The arguments with those of the `--config` file put in as the release's parser does it, where it was read."""
    version_source: str | None = None
    """What says the release: "given", "image", or the file of the launch's project that asks for it."""


@dataclass(frozen=True, slots=True)
class Review:
    """The answer of `check` for one file or command; `fixed` is the whole text with the fixes made."""

    file: str
    launches: tuple[LaunchReview, ...]
    text: str
    fixed: str | None = None
    notes: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    """Findings of the file itself, outside any launch."""
    ignored: int = 0
    """How many findings a comment or the settings silenced."""
    baselined: int = 0
    """How many findings a baseline lists, and are not told for that."""


def as_json(value: Any) -> Any:
    """A value of this module as plain JSON data, keys in the order of the fields."""
    from dataclasses import fields, is_dataclass

    if isinstance(value, Change):
        base = {value.verb: value.name}
        return (
            base
            if value.verb in ("remove", "unsetenv") and value.from_ is None
            else base | {"from": value.from_, "to": value.to}
        )
    if is_dataclass(value):
        data = {item.name: as_json(getattr(value, item.name)) for item in fields(value)}
        if isinstance(value, Finding) and value.region is None:
            del data["region"], data["fingerprint"]  # a log's finding has neither
        return data | {"safe": value.safe} if isinstance(value, Fix) else data
    if isinstance(value, (list, tuple)):
        return [as_json(item) for item in value]
    if isinstance(value, dict):
        return {str(key): as_json(item) for key, item in value.items()}
    return value
