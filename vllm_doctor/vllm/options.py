"""Options by spelling and release: what they take, what they default to, where they are known."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from vllm_doctor.vllm import versions
from vllm_doctor.vllm.spelling import dashed
from vllm_doctor.vllm.successors import successor
from vllm_doctor.vllm.table import at, joined, load, within
from vllm_doctor.vllm.types import History, Nargs, OptionInfo, Program

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vllm_doctor.vllm import config_values

_PLACE = {"vllm serve": 0, "api_server": 1}
_FEW = 2
"""Releases that are read off the table one by one; who asks about more asks about most."""
_NEGATED = ("BooleanOptionalAction", "EnableDisableAction")


def program_at(number: int, program: Program) -> Program:
    """The program whose parser answers: before `vllm serve` existed (0.5.2) it is the api_server's."""
    first: int = load("options")["habits"]["vllm serve"]["abbreviations"][0][0]
    return program if program == "api_server" or number >= first else "api_server"


def has_serve(release: str) -> bool:
    """Whether a release has the command `vllm serve`; False for one that cannot be read."""
    number = versions.number(release)
    return number is not None and program_at(number, "vllm serve") == "vllm serve"


@lru_cache(maxsize=1)
def filing_names() -> dict[str, tuple[str, ...]]:
    """The filing names of the options that ever had a spelling."""
    found: dict[str, dict[str, None]] = {}
    for name, entry in load("options")["options"].items():
        for holder in (entry, entry.get("api", {})):
            for _, flags in holder.get("flags", ()):
                for flag in flags:
                    found.setdefault(flag, {})[name] = None
    return {flag: tuple(names) for flag, names in found.items()}


def _holder(entry: dict[str, Any], number: int, program: Program) -> dict[str, Any]:
    """The part of an option's entry that speaks for the program: the api_server's own where it differs."""
    api: dict[str, Any] = entry.get("api", {})
    return api if program == "api_server" and api and within(api["at"], number) else entry


@lru_cache(maxsize=160)
def flags_of(number: int, program: Program) -> dict[str, str]:
    """Every spelling that a release's parser knows, with the filing name of its option."""
    if flags_of.cache_info().currsize > _FEW:
        return {flag: name for name, flags, _ in _stretches(number, program) for flag in flags}
    place = _PLACE[program]
    found: dict[str, str] = {}
    for name, entry in load("options")["options"].items():
        if within(entry["at"][place], number):
            for flag in at(_holder(entry, number, program)["flags"], number):
                found[flag] = name
    return found


def arities_at(number: int, program: Program) -> dict[str, Nargs]:
    """What each spelling of a release takes."""
    if flags_of.cache_info().currsize > _FEW:
        return {flag: nargs for _, flags, nargs in _stretches(number, program) for flag in flags}
    table = load("options")["options"]
    known = flags_of(number, program).items()
    return {flag: at(_holder(table[name], number, program)["nargs"], number) for flag, name in known}


def _stretches(number: int, program: Program) -> Iterator[tuple[str, Sequence[str], Nargs]]:
    """The options of a release: filing name, spellings, and what they take."""
    for name, stretches in _history_of_all(program):
        for first, last, flags, nargs in stretches:
            if first <= number <= last:
                yield name, flags, nargs
                break


@lru_cache(maxsize=2)
def _history_of_all(program: Program) -> list[tuple[str, list[tuple[int, int, Sequence[str], Nargs]]]]:
    """Every option with the stretches of releases over which its spellings and what it takes stay the same.

    Worked out once, for who asks about many releases: of one alone the table itself is read in less time.
    """
    found = []
    for name, entry in load("options")["options"].items():
        api = entry.get("api", {})
        steps = {step[0] for holder in (entry, api) for field in ("flags", "nargs") for step in holder.get(field, ())}
        steps |= {edge for first, last in api.get("at", ()) for edge in (first, last + 1)}
        stretches = []
        for first, last in entry["at"][_PLACE[program]]:
            starts = [first, *sorted(step for step in steps if first < step <= last)]
            for start, after in zip(starts, [*starts[1:], last + 1], strict=True):
                holder = _holder(entry, start, program)
                stretches.append((start, after - 1, at(holder["flags"], start), at(holder["nargs"], start)))
        found.append((name, stretches))
    return found


@lru_cache(maxsize=4096)
def info(name: str, number: int, program: Program) -> OptionInfo:
    """The option that is filed under a name, as a release has it."""
    entry = load("options")["options"][name]
    holder = _holder(entry, number, program)
    fields = {
        field: at(holder.get(field), number)
        for field in (
            "flags",
            "dest",
            "action",
            "nargs",
            "kind",
            "choices",
            "default",
            "const",
            "required",
            "hidden",
            "deprecated",
        )
    }
    spans = joined(*entry["at"])
    choices = fields["choices"]
    return OptionInfo(
        flag=name,
        flags=tuple(fields["flags"]),
        negative=negative(fields["flags"], fields["action"], name),
        dest=fields["dest"],
        action=fields["action"],
        nargs=fields["nargs"],
        kind=fields["kind"],
        choices=None if choices is None else tuple(choices),
        default=fields["default"],
        const=fields["const"],
        required=bool(fields["required"]),
        hidden=bool(fields["hidden"]),
        deprecated=fields["deprecated"],
        first=versions.releases()[spans[0][0]],
        last=versions.releases()[spans[-1][1]],
    )


def negative(flags: list[str], action: str, name: str) -> tuple[str, ...]:
    """Those of an option's spellings that switch it off: `--no-...`, and since 0.33.0 the pair of `--enable-...`."""
    if action not in _NEGATED:
        return ()
    pairs = (("--enable-", "--disable-"), ("--disable-", "--enable-"))
    inverse = next((new + name[len(old) :] for old, new in pairs if name.startswith(old)), "")
    return tuple(flag for flag in flags if flag.startswith("--no-") or flag == inverse)


def find(flag: str, number: int, program: Program) -> tuple[str, ...]:
    """The filing names of the options that a spelling can mean in a release: one, several (an ambiguous
    abbreviation) or none. Dashed and underscored spellings are equal.
    """
    known = flags_of(number, program)
    written = flag.partition("=")[0]
    wanted = written if written in known else dashed(flag)
    if wanted in known:
        return (known[wanted],)
    if not wanted.startswith("--") or len(wanted) < 3:
        return ()
    return tuple(dict.fromkeys(name for spelling, name in known.items() if spelling.startswith(wanted)))


def option(flag: str, release: str, program: Program = "vllm serve") -> OptionInfo | None:
    """The option that a spelling (dashes or underscores, an alias, an unambiguous abbreviation) means in a
    release.

    A release that the table lacks is read as the newest one before it. None: the release knows no such
    option, or the abbreviation is ambiguous, or the release cannot be read.
    """
    number = versions.number(release)
    if number is None:
        return None
    program = program_at(number, program)
    names = find(flag, number, program)
    return info(names[0], number, program) if len(names) == 1 else None


def all_options(release: str, program: Program = "vllm serve") -> tuple[OptionInfo, ...]:
    """Every option of a release; none for a release that cannot be read."""
    number = versions.number(release)
    if number is None:
        return ()
    program = program_at(number, program)
    names = dict.fromkeys(flags_of(number, program).values())
    return tuple(info(name, number, program) for name in names)


def json_keys(flag: str, release: str) -> dict[str, config_values.KeyInfo]:
    """The keys of a JSON option in a release by dotted path; empty where none are known."""
    found = option(flag, release)
    number = versions.number(release)
    from vllm_doctor.vllm.config_values import keys

    return {} if found is None or number is None else keys(found.flag, number)


def normalize(flag: str, release: str, program: Program = "vllm serve") -> str | None:
    """The canonical dashed flag that a spelling means in a release ("--max_model_l" is "--max-model-len")."""
    found = option(flag, release, program)
    return None if found is None else found.flag


def default(flag: str, release: str, program: Program = "vllm serve") -> Any:
    """The default of an option in a release; None where there is none or the option is not known."""
    found = option(flag, release, program)
    return None if found is None else found.default


def choices(flag: str, release: str, program: Program = "vllm serve") -> tuple[str | int | float | None, ...] | None:
    """The values that an option is limited to in a release; None where it is not limited or not known."""
    found = option(flag, release, program)
    return None if found is None else found.choices


def history(flag: str, program: Program | None = None) -> History | None:
    """Where a spelling is known (as it is, dashes or underscores, no abbreviation); None if no release has
    it.
    """
    wanted = flag if flag in filing_names() else dashed(flag)
    table = load("options")["options"]
    spans: list[list[int]] = []
    for name in filing_names().get(wanted, ()):
        spans += _spans_of(table[name], wanted, program)
    if not spans:
        return None
    every = versions.releases()
    whole = joined(spans)
    follower = successor(wanted)
    return History(
        name=wanted,
        spans=tuple((every[first], every[last]) for first, last in whole),
        gone=whole[-1][1] < len(every) - 1,
        renamed=None if follower is None else follower.new,
    )


def _spans_of(entry: dict[str, Any], flag: str, program: Program | None) -> list[list[int]]:
    """The release numbers at which an option has a spelling."""
    places = (0, 1) if program is None else (_PLACE[program],)
    found = []
    for place in places:
        for first, last in entry["at"][place]:
            for number in range(first, last + 1):
                holder = _holder(entry, number, "api_server" if place else "vllm serve")
                if flag in at(holder["flags"], number):
                    found.append([number, number])
    return found


def arity(flag: str, release: str | None = None, program: Program = "vllm serve") -> Nargs | None:
    """What follows a flag: 0, 1, an exact number, "?", "*" or "+"; None for a flag that is not known.

    Without a release, or for one that lacks the flag, the newest release that knows the spelling answers.
    """
    name = flag.partition("=")[0]
    if "." in name and name.startswith("-"):
        return 1
    number = None if release is None else versions.number(release)
    tried = range(len(versions.releases()) - 1, -1, -1)
    if number is not None:
        known = find(flag, number, program_at(number, program))
        if known:
            return info(known[0], number, program_at(number, program)).nargs
    wanted = dashed(flag)
    for name in filing_names().get(wanted, ()):
        entry = load("options")["options"][name]
        newest = next(number for number in tried if any(within(spans, number) for spans in entry["at"]))
        nargs: Nargs = at(entry["nargs"], newest)
        return nargs
    newest = tried[0]
    names = find(flag, newest, program)
    return info(names[0], newest, program).nargs if len(names) == 1 else None
