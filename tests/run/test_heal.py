"""Which fix is taken, and why none is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from vllm_doctor.finding import Deployment, Diagnosis, Finding, Fix, Step
from vllm_doctor.run.command import Command
from vllm_doctor.run.heal import Heal, Refusal, Wishes, choose

COMMAND = Command.of(["vllm", "serve", "m", "--dtype", "fp16"])
SAME = Fix(command="vllm serve m --dtype float16", command_kind="given")
COSTS = Fix(command="vllm serve m --max-model-len 9", command_kind="given", effect="costs")
EXPOSES = Fix(
    command="vllm serve m --trust-remote-code", command_kind="given", effect="exposes", allow="trust-remote-code"
)
STEPS = Fix(steps=(Step("pip install x"),), command="vllm serve m --x", command_kind="given")
FRAGMENT = Fix(command="--dtype float16", command_kind="fragment")


def _diagnosis(*fixes: Fix, transient: bool = False) -> Diagnosis:
    root = Finding("a-cause", "A cause", fixes=fixes, transient=transient)
    return Diagnosis((), "failed", root, (root,), (), Deployment())


def _choose(*fixes: Fix, served: bool = False, transient: bool = False, **wishes: object) -> Heal | Refusal:
    wished = replace(Wishes(times=3), **wishes)  # type: ignore[arg-type]
    return choose(_diagnosis(*fixes, transient=transient), COMMAND, [COMMAND], wished, served=served)


@pytest.mark.parametrize(
    ("fixes", "wishes", "taken"),
    [
        ((SAME,), {}, SAME),
        ((COSTS, SAME), {}, SAME),
        ((COSTS, SAME), {"unsafe": True}, COSTS),
        ((EXPOSES, SAME), {"unsafe": True}, SAME),
        ((EXPOSES, SAME), {"allow": ("trust-remote-code",)}, EXPOSES),
        ((STEPS, FRAGMENT, SAME), {"unsafe": True}, SAME),
    ],
)
def test_the_first_fix_that_is_allowed(fixes: tuple[Fix, ...], wishes: dict[str, object], taken: Fix) -> None:
    chosen = _choose(*fixes, **wishes)
    assert isinstance(chosen, Heal)
    assert chosen.fix == taken
    assert chosen.command.text == taken.command
    assert chosen.pause == 0


@pytest.mark.parametrize(
    ("fixes", "wishes", "why"),
    [
        ((), {}, "no restart helps: something else must be done first"),
        ((STEPS,), {"unsafe": True}, "no restart helps: something else must be done first"),
        ((FRAGMENT,), {}, "no restart helps: something else must be done first"),
        ((COSTS,), {}, "the fix costs something, and --unsafe was not given"),
        ((EXPOSES,), {"unsafe": True}, "the fix exposes something, and --allow trust-remote-code was not given"),
        ((EXPOSES,), {"allow": ("other",)}, "the fix exposes something, and --allow trust-remote-code was not given"),
        ((SAME,), {"times": 0}, ""),
    ],
)
def test_why_none_is_taken(fixes: tuple[Fix, ...], wishes: dict[str, object], why: str) -> None:
    assert _choose(*fixes, **wishes) == Refusal(why)


def test_no_command_is_started_twice() -> None:
    fixed = COMMAND.with_launch(str(SAME.command))
    assert fixed
    tried = [COMMAND, fixed]
    refusal = choose(_diagnosis(SAME), COMMAND, tried, Wishes(5), served=False)
    assert refusal == Refusal("the command that would help was started already")
    other = choose(_diagnosis(SAME, COSTS), COMMAND, tried, Wishes(5, unsafe=True), served=False)
    assert isinstance(other, Heal)
    assert other.fix == COSTS


def test_no_more_starts_than_wished() -> None:
    refusal = choose(_diagnosis(SAME), COMMAND, [COMMAND, COMMAND], Wishes(1), served=False)
    assert refusal == Refusal("it was started as often as --heal allows")


def test_a_server_that_served_stays_as_it_is() -> None:
    assert isinstance(_choose(SAME, served=True), Refusal)


def test_what_passes_is_tried_again_after_a_pause_that_grows() -> None:
    assert _choose(transient=True) == Heal(COMMAND, None, 10.0)
    again = choose(_diagnosis(transient=True), COMMAND, [COMMAND, COMMAND], Wishes(9), served=False)
    assert again == Heal(COMMAND, None, 20.0)
    mended = _choose(SAME, transient=True, pause=1.0)
    assert isinstance(mended, Heal)
    assert (mended.fix, mended.pause) == (SAME, 1.0)


def test_time_does_not_open_what_was_closed() -> None:
    network = replace(EXPOSES, allow="network")
    refusal = Refusal("the fix exposes something, and --allow network was not given")
    assert _choose(network, transient=True, unsafe=True) == refusal
    assert isinstance(_choose(network, transient=True, allow=("network",)), Heal)
    assert _choose(COSTS, transient=True) == Heal(COMMAND, None, 10.0)


def test_a_script_cannot_be_mended() -> None:
    script = Command.of(["./start.sh"])
    refusal = choose(_diagnosis(SAME), script, [script], Wishes(3), served=False)
    assert refusal == Refusal("no vLLM launch stands in the command, so no fix can be made in it")


def test_nothing_known_is_nothing_healed() -> None:
    unknown = replace(_diagnosis(), root_cause=None)
    for diagnosis in (None, unknown):
        assert choose(diagnosis, COMMAND, [COMMAND], Wishes(3), served=False) == Refusal("its cause is not known")
