"""Facts of arguments that vLLM's parser rejects: what is wrong, what may have been meant, and the edits that say it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vllm_doctor import vllm
from vllm_doctor.facts.argument_errors import MOST_ERRORS, MOST_WORDS, program_of
from vllm_doctor.facts.corrections import Correction, corrections
from vllm_doctor.facts.rejected import rejected
from vllm_doctor.facts.types import Fact, Facts, declare, derived
from vllm_doctor.vllm.any_release import canonical
from vllm_doctor.vllm.successors import successor

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vllm_doctor.launch.types import Launch
    from vllm_doctor.log.types import Event
    from vllm_doctor.vllm import ArgumentError, History, Program

FLAG = declare("option.flag", "text", "the option's flag, as the launch spells it; or a word that belongs to no option")
VALUE = declare("option.value", "text", "the option's value as given")
ERROR = declare(
    "option.error",
    "text",
    "what the parser finds wrong: unknown-option, ambiguous-option, stray-word, missing-value, needless-value, "
    "invalid-value, invalid-choice, unknown-key, missing-model or refused",
)
ERROR_TEXT = declare("option.error_text", "text", "what is wrong with the option, in a sentence without its full stop")
CHOICES = declare("option.choices", "text", "the values or keys that the option takes")
NEAREST = declare("option.nearest", "text", "the flags that may have been meant, the likeliest first")
RENAMED_TO = declare("option.renamed_to", "text", "the flag that replaced this one")
RENAMED_SINCE = declare("option.renamed_since", "id", "the release that replaced the flag")
GONE_SINCE = declare("option.gone_since", "id", "the release since which the flag is gone, and nothing took its place")
SUCCESSOR_NOTE = declare("option.note", "text", "how the flag's successor differs from it")
KNOWN_IN = declare("option.known_in", "id", "the releases that know the flag")
FOREIGN = declare(
    "option.foreign", "text", "the server or library that has such a flag: SGLang, TGI, llama.cpp, transformers"
)
FOREIGN_TO = declare("option.foreign_to", "text", "what that flag is called in vLLM")
RELEASES = declare("option.releases", "id", "the releases whose parser rejects it")
MEANT = declare("option.meant", "text", "what the rejected options, or their values, should read")
SEVERAL = declare("option.rejected", "text", "all flags and words that the parser rejects, where they are several")
SETTING = declare("option.setting", "text", "the setting of vLLM's configuration that a check refused")
SETTING_FLAG = declare("option.setting_flag", "text", "the flag that gives that setting")

OLD_FLAGS = declare("mend.old_flags", "text", "flags to rename, one after the other")
NEW_FLAGS = declare("mend.new_flags", "text", "what they are to be called, in the same order")
WRONG_FLAGS = declare("mend.wrong_flags", "text", "flags whose values are to be changed")
RIGHT_VALUES = declare("mend.right_values", "text", "their values, in the same order")
BARE_FLAGS = declare("mend.bare_flags", "text", "flags that are to lose their value")
ADDED_FLAGS = declare("mend.added_flags", "text", "flags to add")
ADDED_VALUES = declare("mend.added_values", "text", "their values, in the same order")
NEEDLESS_FLAGS = declare("mend.needless_flags", "text", "flags to take out: nothing is lost by it")
STRAY_WORDS = declare("mend.stray_words", "text", "words to take out")
HOPELESS = declare("mend.hopeless_flags", "text", "rejected flags of which nobody can say what was meant")
WHOLE = declare("mend.whole", "flag", "whether all that is rejected can be corrected without a guess")

_MOST_CHOICES = 24
_SHORT = 400


def of_errors(
    errors: Sequence[ArgumentError], argv: Sequence[str], releases: Sequence[str], program: Program
) -> Iterator[Fact]:
    """The facts of what is rejected: `option.*` of the first, `mend.*` of all."""
    release = releases[-1] if releases else vllm.releases()[-1]
    yield from _of_first(errors[0], release)
    yield Fact(RELEASES, _span(releases))
    if len(errors) > 1:
        yield Fact(SEVERAL, ", ".join(dict.fromkeys(error.flag for error in errors)))
    few = len(errors) <= MOST_ERRORS and len(argv) <= MOST_WORDS
    ways = [corrections(error, argv, release, program) if few else () for error in errors]
    yield from _mends(errors, ways)
    if meant := [edit.to for way in ways for edit in way if edit.to]:
        yield Fact(MEANT, ", ".join(dict.fromkeys(meant)))


def of_rejected(events: Sequence[Event], launch: Launch | None, releases: Sequence[str]) -> Iterator[Fact]:
    """The same facts of what the parser rejected at the end of a log; none where it did not."""
    found = rejected(events, launch, releases)
    if found and found[1]:
        yield from of_errors(found[1], found[0], releases, program_of(launch) if launch else "vllm serve")


def _of_first(error: ArgumentError, release: str) -> Iterator[Fact]:
    yield Fact(FLAG, error.flag or "model")
    yield Fact(ERROR, error.fault)
    yield Fact(ERROR_TEXT, error.message[:_SHORT])
    if error.value is not None:
        yield Fact(VALUE, error.value[:_SHORT])
    if error.valid:
        more = ", …" if len(error.valid) > _MOST_CHOICES else ""
        yield Fact(CHOICES, ", ".join(error.valid[:_MOST_CHOICES]) + more)
    if error.fault in ("unknown-option", "ambiguous-option"):
        yield from _of_unknown(error, release)


def _of_unknown(error: ArgumentError, release: str) -> Iterator[Fact]:
    change, told, foreign = vllm.renamed(error.flag, release), successor(error.flag), vllm.elsewhere(error.flag)
    if change and change[0]:
        yield Fact(RENAMED_TO, change[0])
        yield Fact(RENAMED_SINCE, change[1])
    elif change:
        yield Fact(GONE_SINCE, change[1])
    if change and told and told.note:
        yield Fact(SUCCESSOR_NOTE, told.note)
    if error.elsewhere:
        yield Fact(KNOWN_IN, _spans(error.elsewhere))
    elif foreign and foreign.new:
        yield Fact(FOREIGN, foreign.source.partition(":")[0])
        yield Fact(FOREIGN_TO, foreign.new)
    elif error.nearest and not change:
        yield Fact(NEAREST, ", ".join(error.nearest))


def _mends(errors: Sequence[ArgumentError], ways: Sequence[Sequence[Correction]]) -> Iterator[Fact]:
    yield from of_edits([edit for way in ways for edit in way])
    yield Fact(WHOLE, all(ways))
    hopeless = [
        error.word.partition("=")[0]
        for error, way in zip(errors, ways, strict=True)
        if not way and error.fault == "unknown-option"
    ]
    left = [error for error, way in zip(errors, ways, strict=True) if not way]
    if hopeless and len(hopeless) == len(left):
        yield Fact(HOPELESS, " ".join(dict.fromkeys(hopeless)))


def of_edits(edits: Sequence[Correction]) -> Iterator[Fact]:
    """Edits as the lists of words that a rule's fix takes, each edit once."""
    edits = list(dict.fromkeys(edits))
    lists = {
        "rename": (OLD_FLAGS, NEW_FLAGS),
        "set": (WRONG_FLAGS, RIGHT_VALUES),
        "add": (ADDED_FLAGS, ADDED_VALUES),
        "bare": (BARE_FLAGS, ""),
        "remove": (NEEDLESS_FLAGS, ""),
        "drop": (STRAY_WORDS, ""),
    }
    for verb, (names, values) in lists.items():
        chosen = [edit for edit in edits if edit.verb == verb]
        yield Fact(names, " ".join(edit.word for edit in chosen))
        if values:
            yield Fact(values, " ".join(edit.to for edit in chosen))


@derived(SETTING_FLAG)
def setting_flag(facts: Facts) -> str | None:
    """The flag of a setting, where any release has one of that name."""
    name = facts.text(SETTING)
    return canonical("--" + name.lower().replace("_", "-").replace(" ", "-")) if name else None


def _span(releases: Sequence[str]) -> str:
    return releases[0] if len(releases) == 1 else f"{releases[0]} to {releases[-1]}" if releases else "any release"


def _spans(where: History) -> str:
    return ", ".join(first if first == last else f"{first} to {last}" for first, last in where.spans)
