"""Options that are JSON objects, whole or by dotted keys (`--compilation-config.mode 3`): their keys moved."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from vllm_doctor.vllm.config_values import keys, read
from vllm_doctor.vllm.moving.case import as_data, as_word
from vllm_doctor.vllm.moving.keys import expands, moved, told
from vllm_doctor.vllm.moving.single import option_move
from vllm_doctor.vllm.moving.types import Move, Put, Stuck, Text, Words
from vllm_doctor.vllm.successors import predecessors, successor
from vllm_doctor.vllm.table import load
from vllm_doctor.vllm.values import RefusedError
from vllm_doctor.vllm.words import dynamic

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vllm_doctor.vllm.moving.case import Case


def object_moves(case: Case) -> Iterator[tuple[Words, Move | Stuck | None]]:
    """Each option that is a JSON object, or a key of one, with what becomes of it (None: it stays)."""
    folded = {} if case.dotted() else dict(_folded(case))
    for words in case.launched.options:
        base = case.named(words.flag, case.old)
        if base in folded:
            yield words, folded[base]
        elif base is None or len(words.values) != 1 or not _is_object(words, base, case):
            continue
        elif case.of_name(base, case.new) is None:
            yield words, _without_base(words, base, case)
        elif "." in words.flag:
            yield words, _dotted(words, base, case)
        else:
            yield words, _whole(words, base, case)


def _folded(case: Case) -> Iterator[tuple[str, Move | Stuck]]:
    """Options with dotted keys, each as the one object that a release without such keys reads."""
    dotted = dict.fromkeys(case.named(one.flag, case.old) for one in case.launched.options if "." in one.flag)
    for base in dotted:
        if base is None or case.of_name(base, case.new) is None:
            continue
        uses = [one for one in case.launched.options if case.named(one.flag, case.old) == base]
        info = case.of_name(base, case.old)
        data = case.value(info.dest) if info else None
        release = case.release(case.new)
        why = (f"{release} takes {base} only as one object", f"{release} 的 {base} 只接受一个对象")
        text = None
        if isinstance(data, dict):
            now = [pair for path, value in flat(base, data) for pair in moved(base, path, value, case)]
            text = written("", unflat(now), base, case)
        if text is None:
            yield base, Stuck(uses[0].flag, why)
        else:
            yield base, Move(tuple(dict.fromkeys(one.flag for one in uses)), (Put(base, (text,)),), why)


def _is_object(words: Words, base: str, case: Case) -> bool:
    info = case.info(words.flag, case.old)
    known = base in load("keys") or (info is not None and "config" in info.kind)
    return known or ("." in words.flag and not dynamic(words.flag))


def _dotted(words: Words, base: str, case: Case) -> Move | Stuck | None:
    path = words.flag.partition(".")[2]
    text = words.values[0]
    now = moved(base, path, as_data(text), case)
    head = words.flag.partition(".")[0] if case.named(words.flag, case.new) == base else base
    if now == [(path, as_data(text))]:
        return _respelled(words, f"{head}.{path}", case)
    why = told(base, path, now, case)
    puts = tuple(Put(f"{head}.{name}", (text if value == as_data(text) else as_word(value),)) for name, value in now)
    return Move((words.flag,), puts, why, "same" if puts or path not in why[0] else _loss(why))


def _respelled(words: Words, flag: str, case: Case) -> Move | None:
    if flag == words.flag:
        return None
    release = case.release(case.new)
    return Move((words.flag,), (Put(flag, words.values),), (f"as {release} spells it", f"{release} 的写法"))


def _whole(words: Words, base: str, case: Case) -> Move | Stuck | None:
    text = words.values[0]
    data = _data(text, base, case)
    if data is None:
        return option_move(words, case)
    found: list[tuple[str, Any]] = []
    whys: list[Text] = []
    lost = False
    for path, value in flat(base, data):
        now = moved(base, path, value, case)
        found += now
        if now != [(path, value)]:
            whys.append(told(base, path, now, case))
            lost = lost or (not now and _loss(whys[-1]) == "costs")
    head = words.flag if case.named(words.flag, case.new) == base else base
    if not whys and case.accepts(words.flag, text):
        return None
    now_text = written(text, unflat(found), base, case)
    if not whys and now_text is None and found and all(path in keys(base, case.new) for path, _ in found):
        return None  # it may be refused alone, and taken with what other moves put in
    if now_text is None or (not whys and now_text == text):
        return option_move(words, case)
    if not whys:
        release = case.release(case.new)
        whys.append((f"as {release} spells it", f"{release} 的写法"))
    why = ("; ".join(one for one, _ in whys), "；".join(two for _, two in whys))
    puts = (Put(head, (now_text,)),) if found else ()
    return Move((words.flag,), puts, why, "costs" if lost else "same")


def _data(text: str, base: str, case: Case) -> dict[str, Any] | None:
    """The object of a word as the old release reads it, else as JSON, which a dict of Python is shown as."""
    if dynamic(text):
        return None
    try:
        data = read(base, text, case.old)
    except RefusedError:
        data = as_data(text)
    return data if isinstance(data, dict) else None


def _loss(why: Text) -> Any:
    return "same" if why[0].endswith("needs no word") else "costs"


def _heir(base: str, case: Case) -> str | None:
    """The object that the new release has under another name."""
    told = successor(base) if case.forward else next(iter(predecessors(base)), None)
    name = (told.new if case.forward else told.old) if told and not told.key else None
    return name if name in load("keys") and case.of_name(name, case.new) else None


def _without_base(words: Words, base: str, case: Case) -> Move | Stuck | None:
    """An object that the new release calls otherwise, or does not have: its keys as the options that they once were."""
    path, text = words.flag.partition(".")[2], words.values[0]
    heir = _heir(base, case)
    if path and heir is None:
        return option_move(words, case)
    data = unflat([(path, as_data(text))]) if path else _data(text, base, case)
    if data is None:
        return option_move(words, case)
    return _renamed(words, data, base, heir, case) if heir else _spread(words, data, base, case)


def _renamed(words: Words, data: dict[str, Any], base: str, heir: str, case: Case) -> Move | Stuck:
    """An object under its other name."""
    pairs = list(flat(base, data))
    now = [pair for path, value in pairs for pair in moved(base, path, value, case, heir)]
    lost = [path for path, value in pairs if not moved(base, path, value, case, heir)]
    why = (f"it is {heir} in {case.release(case.new)}{_gone(lost)[0]}", f"即 {heir}{_gone(lost)[1]}")
    path = words.flag.partition(".")[2]
    if path and case.dotted() and now:
        puts = tuple(Put(f"{heir}.{name}", (as_word(value),)) for name, value in now)
        return Move((words.flag,), puts, why)
    text = written("" if path else words.values[0], unflat(now), heir, case) if now else ""
    if text is None:
        release = case.release(case.new)
        return Stuck(words.flag, (f"{release} does not take its value for {heir}", f"{release} 的 {heir} 不接受它的值"))
    puts = (Put(heir, (text,)),) if text else ()
    return Move((words.flag,), puts, why, "costs" if lost or not puts else "same")


def _spread(words: Words, data: dict[str, Any], base: str, case: Case) -> Move:
    """The keys of an object as options of their own."""
    puts: list[Put] = []
    lost = []
    for name, value in flat(base, data):
        move = option_move(Words(f"{base}.{name}", (as_word(value),)), case)
        if isinstance(move, Move) and move.puts:
            puts += move.puts
        else:
            lost.append(name)
    release = case.release(case.new)
    why = (f"{release} has no {base}{_gone(lost)[0]}", f"{release} 没有 {base}{_gone(lost)[1]}")
    return Move((words.flag,), tuple(puts), why, "costs" if lost else "same")


def _gone(names: list[str]) -> Text:
    return (f"; {', '.join(names)} is not there", f"；没有 {', '.join(names)}") if names else ("", "")


def flat(base: str, data: dict[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """The keys of an object by path, as deep as the table tells them."""
    for key, value in data.items():
        path = f"{above}{key}"
        if isinstance(value, dict) and value and expands(base, path):
            yield from flat(base, value, f"{path}.")
        else:
            yield path, value


def unflat(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The object that has the values at these paths."""
    data: dict[str, Any] = {}
    for path, value in pairs:
        *above, key = path.split(".")
        place = data
        for name in above:
            place = place.setdefault(name, {})
        place[key] = value
    return data


def written(text: str, data: dict[str, Any], base: str, case: Case) -> str | None:
    """An object as the new release reads it: as JSON, with blanks where the text that it replaces had some, as a
    Python dict (0.6.5 to 0.8.5) or as `key=number`; None where it reads none of them.
    """
    compact = text.startswith("{") and ": " not in text and ", " not in text
    separators = (",", ":") if compact else (", ", ": ")
    ways = [json.dumps(data, separators=separators, ensure_ascii=case.launched.offline), repr(data)]
    if all(isinstance(value, int) for value in data.values()):
        ways.append(",".join(f"{key}={value}" for key, value in data.items()))
    return next((way for way in ways if case.accepts(base, way)), None)
