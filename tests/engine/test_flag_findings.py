"""What a release's parser rejects is a finding of the one or the other id, what it takes is none."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vllm_doctor import vllm
from vllm_doctor.engine import catalogue, launches
from vllm_doctor.facts import Facts
from vllm_doctor.facts.of_launch import of_launch
from vllm_doctor.launch.build import build
from vllm_doctor.launch.parser import parse_command_line

RULES = [rule for rule in catalogue.load().of_launches if rule.id in ("unknown-flag", "invalid-flag-value")]
WORDS = [
    "--dtype", "fp16", "half", "--max-model-len", "32k", "x", "--enforce-eager", "true", "--enforce-eager=true", "-tp", "2", "-tp2",
    "--max_num_seqs", "--max-num", "--no-such", "--no-such=1", "--swap-space", "--disable-log-requests", "-O3", "loose", "--",
    "--compilation-config.mode", "--compilation-config", '{"mode": 3}', "--limit-mm-per-prompt", "--lora-modules", "a=b", "--port=8000",
]  # fmt: skip


def _ids(argv: Sequence[str], releases: Sequence[str]) -> set[str]:
    launch = parse_command_line(build("vllm serve", argv, {}))
    assert launch is not None
    facts = Facts({fact.name: fact for fact in of_launch(launch)})
    return {match.rule.id for match in launches.matches(RULES, launch, facts, releases)}


@settings(max_examples=120, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=6), st.sampled_from(["0.6.3", "0.9.2", "0.24.0", "0.33.0"]))
def test_findings_agree_with_the_parser(words: list[str], release: str) -> None:
    argv = ["org/model", *words]
    assert bool(_ids(argv, (release,))) == bool(vllm.check(argv, release))


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        (["--enable-reasoning"], set()),
        (["--dtype", "half", "-O3"], set()),
        (["--dtype", "fp16"], {"invalid-flag-value"}),
        (["--max-model-length", "8"], {"unknown-flag"}),
        (["loose"], {"unknown-flag"}),
    ],
)
def test_an_error_only_where_every_release_rejects_it(words: list[str], ids: set[str]) -> None:
    assert _ids(["org/model", *words], vllm.releases()) == ids


def test_no_release_of_the_table_no_error() -> None:
    assert _ids(["org/model", "--no-such"], ()) == set()
