"""A launch, looked at with its model and its GPU: the way from what was asked to a `Fit`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from vllm_doctor.engine.fitting import Fit, Offer, fit_of
from vllm_doctor.engine.repair import Workbench
from vllm_doctor.errors import InputError
from vllm_doctor.facts import Facts
from vllm_doctor.facts.of_launch import of_launch
from vllm_doctor.facts.ways import smallest_card, ways

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vllm_doctor.facts.lookup import Lookup
    from vllm_doctor.facts.sum import Sum
    from vllm_doctor.facts.ways import Way
    from vllm_doctor.launch.types import Launch


def answer_fit(launch: Launch, lookup: Lookup, releases: Sequence[str], gpus: int | None, language: str) -> Fit:
    """Whether a launch fits the GPU that the lookup names.

    Raises:
        InputError: no GPU is named, or it is not in the table.
    """
    card = lookup.card()
    if card is None:
        raise InputError("no GPU is named", "--gpu", "Give its name or its memory in GiB: --gpu A10, --gpu 24GiB.")
    there = gpus or (card.count if card.count > 1 else None)
    card = replace(card, count=1)
    facts = Facts({fact.name: fact for fact in of_launch(launch, releases)})
    model = facts.text("model.name")
    config = lookup.config(facts, trusted=True)
    if config is None:
        return Fit(model=model, gpu=card.name, gpu_total_gib=card.gib, missing=_missing(model, lookup))

    def reckon(other: Facts) -> Sum:
        return lookup.sum_of(other, config, card, releases)

    now = reckon(facts)
    found = ways(facts, now, reckon, there)
    offer = Offer(tuple(found), there=there)
    if now.memory.fits == "no":
        wider = () if there is None else ways(facts, now, reckon)
        smallest = smallest_card(now, lambda gpu: lookup.sum_of(facts, config, gpu, releases).memory.fits == "yes")
        offer = replace(offer, card=smallest, gpus=_beyond(wider, there or 0))
    return fit_of(now, offer, Workbench(launch, "given", tuple(releases), language), model)


def _beyond(wider: Sequence[Way], there: int) -> int | None:
    """The least tensor-parallel size that does, where it takes more GPUs than there are."""
    settings = next((way.found.settings for way in wider if way.prices == ("gpus",)), None)
    asked = settings.tensor_parallel * settings.pipeline_parallel if settings else 0
    return settings.tensor_parallel if settings and asked > there else None


def _missing(model: str | None, lookup: Lookup) -> str:
    """What to give so that the model's size is known."""
    if lookup.notes:
        return lookup.notes[-1]
    named = f"the config of {model} is" if model and "$" not in model else "the model's config is"
    return f"{named} not on this machine. Give its folder with --model-dir, or allow --hub"
