"""What can be looked up of a launch's model: its config, and with a GPU the memory sum."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from vllm_doctor.errors import InputError
from vllm_doctor.facts.of_model import find_config, of_model
from vllm_doctor.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from vllm_doctor.facts.sum import Sum
    from vllm_doctor.facts.types import Fact, Facts
    from vllm_doctor.model.gpus import Gpu
    from vllm_doctor.model.shape import ModelConfig


@dataclass(frozen=True)
class Lookup:
    """Looks up models in the folder given, in the local caches, and on the Hub where that is allowed.

    `gpu` is what the user called it. `notes` gathers what could not be reached.
    """

    model_dir: Path | None = None
    hub: bool = False
    gpu: str | None = None
    notes: list[str] = field(default_factory=list)
    _seen: dict[tuple[str, bool], ModelConfig | None] = field(default_factory=dict, repr=False)
    _made: dict[object, tuple[Fact, ...]] = field(default_factory=dict, repr=False)

    def config(self, facts: Facts, *, trusted: bool) -> ModelConfig | None:
        """The config of the model that a launch names; `trusted` where a user named it, so that a path is read."""
        name = facts.text("model.name") or ""
        if (name, trusted) not in self._seen:
            found = find_config(name or None, self.model_dir, trusted)
            self._seen[name, trusted] = self._from_hub(name, facts) if found is None and name and self.hub else found
        return self._seen[name, trusted]

    def of_model(self, facts: Facts) -> Iterator[Fact]:
        """What the config and the names of the files say of the model of a launch."""
        config = self.config(facts, trusted=True)
        yield from of_model(config) if config else ()

    def _from_hub(self, name: str, facts: Facts) -> ModelConfig | None:
        from vllm_doctor.model.cache import is_repo_id
        from vllm_doctor.model.hub import fetch_config

        if not is_repo_id(name):
            return None
        try:
            return fetch_config(name, facts.text("args.revision") or "main")
        except InputError as error:
            self.notes.append(str(error))
            return None

    def rope(self, facts: Facts) -> dict[str, object] | None:
        """The rope parameters of the model of a launch that the user gave; None where they are not known."""
        import json

        config = self.config(facts, trusted=True)
        return json.loads(config.rope) if config and config.rope else None

    def card(self) -> Gpu | None:
        """The GPU that the user named.

        Raises:
            InputError: it is not in the table.
        """
        from vllm_doctor.model.gpus import get_gpu

        return get_gpu(self.gpu) if self.gpu else None

    def draft(self, facts: Facts) -> ModelConfig | None:
        """The config of the model that drafts tokens, where the launch names one."""
        from vllm_doctor.facts.settings import draft_name

        name = draft_name(facts)
        return find_config(name, None, trusted=True) if name else None

    def sum_of(self, facts: Facts, config: ModelConfig, card: Gpu, releases: Sequence[str]) -> Sum:
        """The memory sum of a launch."""
        from vllm_doctor.facts.sum import memory_sum

        return memory_sum(facts, config, card, releases, self.draft(facts))

    def of_launch(self, facts: Facts, releases: Sequence[str]) -> tuple[Fact, ...]:
        """What is known of the model of a launch before it runs, and what its memory sum foretells."""
        key = (frozenset((fact.name, fact.value) for fact in facts.read.values()), tuple(releases))
        if key not in self._made:
            self._made[key] = tuple(self._of_launch(facts, releases))
        return self._made[key]

    def _of_launch(self, facts: Facts, releases: Sequence[str]) -> Iterator[Fact]:
        config = self.config(facts, trusted=True)
        if config is None:
            return
        yield from of_model(config)
        card = self.card()
        if card is None:
            return
        from vllm_doctor.facts.sum import foretold, of_sum
        from vllm_doctor.facts.ways import of_ways, smallest_card, ways

        now = self.sum_of(facts, config, card, releases)
        yield from of_sum(now)
        if foretold(now):
            found = ways(facts, now, lambda other: self.sum_of(other, config, card, releases))
            fits = smallest_card(now, lambda gpu: self.sum_of(facts, config, gpu, releases).memory.fits == "yes")
            yield from of_ways(found, fits)

    def of_log(self, facts: Facts, releases: Sequence[str], *, trusted: bool) -> Iterator[Fact]:
        """What the model's config adds to what a log says; nothing where no config is at hand."""
        config = self.config(facts, trusted=trusted)
        if config is not None:
            from vllm_doctor.facts.sum import of_log

            yield from of_log(facts, config, self.card(), releases)
