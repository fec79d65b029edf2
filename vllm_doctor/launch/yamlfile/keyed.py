"""Options that are keys of a map: `max-model-len: 4096`, as vLLM's config file and some charts have them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from vllm_doctor.launch.options import is_flag
from vllm_doctor.launch.requote import Raw
from vllm_doctor.launch.types import Word
from vllm_doctor.launch.yamlfile.environment import new_key, without_keys
from vllm_doctor.launch.yamlfile.writing import is_text, scalars
from vllm_doctor.text import Edit, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from vllm_doctor.launch.requote import Value
    from vllm_doctor.launch.writer import Edits
    from vllm_doctor.launch.yamlfile.tree import Node

_MOST_DEPTH = 20


@dataclass(frozen=True, slots=True)
class KeyWord:
    """A word that a key or its value makes; `node` is the scalar that spells it, where one does."""

    word: Word
    key: Node
    node: Node | None = None


class KeyHost:
    """The words of a map; `spell` gives the key for a new flag, None where the map can hold no other keys."""

    def __init__(self, text: str, node: Node, made: Sequence[KeyWord], spell: Callable[[str], str | None]) -> None:
        self.text, self.node, self.made, self.spell = text, node, tuple(made), spell
        self.own: tuple[Node, ...] = (node,)

    @property
    def words(self) -> tuple[Word, ...]:
        """The words in the order of the keys."""
        return tuple(one.word for one in self.made)

    def replace(self, index: int, skip: int, value: Value) -> Iterator[Edits]:
        """A value's scalar anew, or the key for another flag."""
        node, key = self.made[index].node, self.made[index].key
        if node is None and not skip and not isinstance(value, Raw) and (name := self.spell(value)):
            yield (Edit(Span(key.start, key.end), name),)
        if node is None or skip or isinstance(value, Raw):
            return
        typed = not node.style and not is_text(node.value)
        for written in scalars(value, node.style, self.node.flow, typed):
            yield (Edit(Span(node.start, node.end), written),)

    def insert(self, index: int, values: Sequence[Value]) -> Iterator[Edits]:
        """A switch gets no value here: the key would have to change its type."""
        yield from ()

    def append(self, values: Sequence[Value]) -> Iterator[Edits]:
        """A new key below the others: `flag: value`, or `flag: true` for a switch."""
        if not values or any(isinstance(value, Raw) for value in values) or not is_flag(values[0]):
            return
        key = self.spell(values[0])
        if key is None or len(values) > 2:
            return
        value = next(scalars(values[1], "", self.node.flow, typed=True)) if len(values) == 2 else "true"
        yield from new_key(self.text, self.node, key, value)
        if len(values) == 2:
            yield from new_key(self.text, self.node, key, next(scalars(values[1], '"', self.node.flow)))

    def delete(self, indices: Sequence[int]) -> Iterator[Edits]:
        """The keys gone whose words are all to go."""
        keys = {id(self.made[index].key): self.made[index].key for index in indices}
        left = [at for at, one in enumerate(self.made) if id(one.key) in keys and at not in indices]
        if not left:
            yield from without_keys(self.text, self.node, list(keys.values()))


def words_of_key(text: str, flag: str, key: Node, value: Node, negative: str | None = None) -> list[KeyWord]:
    """The words of one key as vLLM makes them of a config file (argparse_utils.py, load_config_file, 0.32.0).

    True is the flag alone, False is `negative` or nothing, a list is spread, a map is written as JSON.
    """
    place = Span(key.start, key.end)
    flagged = KeyWord(Word(flag, place.of(text), place), key)
    said = as_object(value)
    if isinstance(said, bool):
        switched = KeyWord(Word(negative, place.of(text), place), key) if negative else None
        return [flagged] if said else [switched] if switched else []
    if isinstance(said, list):
        return [flagged, *(_value(text, key, item, as_object(item)) for item in value.items)] if said else []
    return [flagged, _value(text, key, value, said)]


def _value(text: str, key: Node, node: Node, said: Any) -> KeyWord:
    place = Span(node.start, node.end)
    written = json.dumps(said) if isinstance(said, dict) else str(said)
    word = Word(written, place.of(text), place, node.kind == "scalar" and "{{" in place.of(text))
    return KeyWord(word, key, node if node.kind == "scalar" else None)


def as_object(node: Node, depth: int = 0) -> Any:
    """What YAML makes of a node; dates and the like stay text."""
    if depth > _MOST_DEPTH:
        return None
    if node.kind == "list":
        return [as_object(item, depth + 1) for item in node.items]
    if node.kind == "map":
        return {key: as_object(value, depth + 1) for key, (_, value) in node.entries().items()}
    if node.style or is_text(node.value):
        return node.value
    from vllm_doctor.launch.yamlfile.pyyaml import typed

    return typed(node.value)
