"""The page about an option, a key of one, or an environment variable (`explain --FLAG`)."""

from __future__ import annotations

import json
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from vllm_doctor.report import layout
from vllm_doctor.report.option_words import option_word
from vllm_doctor.report.pen import Pen
from vllm_doctor.report.terminal import draw, title_lines
from vllm_doctor.vllm import releases

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from vllm_doctor.report.words import Language
    from vllm_doctor.vllm.profiles import Held, Profile

NOTHING: Mapping[str, str] = MappingProxyType({})
_MOST_MOVES = 8
_FEW = 6


def option_text(
    profile: Profile,
    helps: Mapping[str, str] = NOTHING,
    looks: Mapping[str, str] = NOTHING,
    *,
    release: str | None = None,
    width: int = 80,
    colour: bool = False,
    encoding: str = "utf-8",
    language: Language = "en",
) -> str:
    """The page. `helps` are the rules whose ways out change it (title by id), `looks` those that look at its value;
    `release` narrows values to one release.
    """
    pen = Pen.of(width, colour, encoding, language)
    kind = option_word(pen, f"kind.{profile.kind}")
    blocks = [title_lines(pen, "·", "strong", profile.name, kind), *_meaning(pen, profile)]
    blocks.append(_lines(pen, _rows(pen, profile, release)))
    seen = {id_: title for id_, title in looks.items() if id_ not in helps}
    blocks.append(_lines(pen, [*_titled(pen, "helps", helps), *_titled(pen, "seen", seen)]))
    if helps or seen:
        command = f"vllm-doctor explain {(*helps, *seen)[0]}"
        blocks.append(pen.prose(option_word(pen, "more", command=command)))
    return draw(blocks)


def _meaning(pen: Pen, profile: Profile) -> list[list[str]]:
    said = profile.said(pen.language)
    parts = [said] if said else []
    if profile.kind == "key":
        parts.insert(0, option_word(pen, "of.option", flag=pen.say(profile.filed)) + (":" if said else ""))
    if profile.program == "api_server":
        parts.append(option_word(pen, "of.api_server"))
    return [pen.prose(" ".join(parts))] if parts else []


def _lines(pen: Pen, rows: Sequence[tuple[str, str]]) -> list[str]:
    """Rows of a label and a text that is drawn already."""
    room = max((layout.columns(label) for label, _ in rows), default=0)
    return [line for label, text in rows for line in pen.labelled(label, text, room)]


def _rows(pen: Pen, profile: Profile, release: str | None) -> list[tuple[str, str]]:
    told = {
        "value": _ranges(pen, profile.takes, release, lambda item: _taken(pen, item), "end"),
        "releases": _spans(pen, profile, release),
        "names": option_word(pen, "list").join(pen.say(name) for name in profile.names[1:]),
        "default": _ranges(pen, profile.defaults, release, lambda item: _shown(pen, item)),
        "unset.row": pen.say(dict(profile.unset).get(pen.language, "")),
        "choices": _choices(pen, profile, release),
        "known": _list(pen, profile.known),
        "instead": _instead(pen, profile),
        "before": _before(pen, profile),
        "keys": _keys(pen, profile),
    }
    return [(option_word(pen, label), text) for label, text in told.items() if text]


def _taken(pen: Pen, item: tuple[str, bool]) -> str:
    word = option_word(pen, f"takes.{item[0]}")
    return option_word(pen, "several", value=word) if item[1] else word


def _shown(pen: Pen, value: Any) -> str:
    if value is None:
        return option_word(pen, "unset")
    if value == "":
        return option_word(pen, "empty")
    if isinstance(value, str) and value.startswith("<"):
        return option_word(pen, "own")
    return pen.say(value if isinstance(value, str) else json.dumps(value))


def _ranges(
    pen: Pen, held: Sequence[Held], release: str | None, show: Callable[[Any], str], between: str = "range.end"
) -> str:
    """The values with the releases in which they hold; just the value where it never moved, or for one release."""
    if release is not None:
        return next((show(one.value) for one in held if _between(release, one.first, one.last)), "")
    if len(held) == 1:
        return show(held[0].value)
    return option_word(pen, between).join(_range(pen, held, place, show) for place in range(len(held)))


def _range(pen: Pen, held: Sequence[Held], place: int, show: Callable[[Any], str]) -> str:
    one = held[place]
    kind = "up-to" if place == 0 else "from" if place == len(held) - 1 else "between"
    if kind == "between" and one.first == one.last:
        kind = "only"
    return option_word(pen, f"range.{kind}", value=show(one.value), first=one.first, last=one.last)


def _between(release: str, first: str, last: str) -> bool:
    every = releases()
    return every.index(first) <= every.index(release) <= every.index(last)


def _spans(pen: Pen, profile: Profile, release: str | None) -> str:
    every = releases()
    if profile.spans == ((every[0], every[-1]),):
        said = option_word(pen, "span.always", first=every[0], last=every[-1])
    else:
        parts = [
            option_word(pen, "span.newest", first=first)
            if last == every[-1]
            else option_word(pen, "span", first=first, last=last)
            for first, last in profile.spans
        ]
        said = option_word(pen, "list").join(parts)
    if profile.gone:
        said = option_word(pen, "span.gone", spans=said)
    told = [said]
    if profile.deprecated:
        told.append(option_word(pen, "deprecated", release=profile.deprecated))
    if release is not None and not profile.within(release):
        told.append(option_word(pen, "lacks", release=release))
    return option_word(pen, "end").join(told)


def _choices(pen: Pen, profile: Profile, release: str | None) -> str:
    """The choices of the newest release (or of one), and since when which were added and dropped."""
    held = [one for one in profile.choices if release is None or _between(release, one.first, one.last)]
    if held and held[-1].value is None:
        return _free(pen, held, listed=not profile.known)
    if not held:
        return ""
    told = [_list(pen, held[-1].value)]
    if release is None:
        for before, after in list(pairwise(held))[-_MOST_MOVES:]:
            told += _moved(pen, before, after)
    return option_word(pen, "end").join(told)


def _free(pen: Pen, held: Sequence[Held], *, listed: bool) -> str:
    """Choices of an option that takes any text in its newest release: the last ones that there were."""
    last = next((one for one in reversed(held) if one.value), None)
    if last is None:
        return ""
    if not listed:
        return option_word(pen, "free", first=held[-1].first)
    return option_word(pen, "freed", first=held[-1].first, last=last.last, names=_list(pen, last.value))


def _moved(pen: Pen, before: Held, after: Held) -> list[str]:
    old, new = before.value or (), after.value or ()
    added = [name for name in new if name not in old]
    removed = [name for name in old if name not in new]
    told = [option_word(pen, "added", release=after.first, names=_list(pen, added))] if added and old else []
    return told + ([option_word(pen, "removed", release=after.first, names=_list(pen, removed))] if removed else [])


def _list(pen: Pen, names: Sequence[str]) -> str:
    return option_word(pen, "list").join(_shown(pen, name) for name in names)


def _keys(pen: Pen, profile: Profile) -> str:
    """The keys of a JSON option, with the few words that one takes."""
    if not profile.keys:
        return ""
    told = [
        f"{key} ({' | '.join(choices)})" if len(choices) <= _FEW else f"{key} ({pen.sign('…')})"
        for key, choices in profile.keys
    ]
    shown = option_word(pen, "list").join(pen.say(one.removesuffix(" ()")) for one in told)
    cut = next((key for key, choices in profile.keys if len(choices) > _FEW), None)
    if cut is None:
        return shown
    command = f"vllm-doctor explain {profile.filed}.{cut}"
    return option_word(pen, "end").join([shown, option_word(pen, "all", command=pen.say(command))])


def _instead(pen: Pen, profile: Profile) -> str:
    told = profile.successor
    if told is None:
        return ""
    if told.new is None:
        said = option_word(pen, "needless", since=told.since)
    else:
        new = f"{told.new}.{told.key}" if told.key else told.new
        said = option_word(pen, "renamed", new=pen.say(new), since=told.since)
    return said + (f" ({pen.say(told.note)})" if told.note and pen.language == "en" else "")


def _before(pen: Pen, profile: Profile) -> str:
    told = [option_word(pen, "replaced", old=pen.say(one.old), since=one.since) for one in profile.predecessors]
    return option_word(pen, "list").join(told)


def _titled(pen: Pen, label: str, rules: Mapping[str, str]) -> list[tuple[str, str]]:
    """A row for each rule, its id and title; the first has the label."""
    told = [f"{pen.say(id_)}: {pen.say(title)}" for id_, title in rules.items()]
    return [(option_word(pen, label) if not number else "", text) for number, text in enumerate(told)]
