from pathlib import Path
from textwrap import indent

import pytest
import regex
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from vllm_doctor.engine import catalogue, trial
from vllm_doctor.engine.stub import safe_pattern
from vllm_doctor.errors import InputError
from vllm_doctor.pipeline import Options, diagnose, new_rule

FIXTURES = Path(__file__).parents[2] / "fixtures"
UNKNOWN = sorted(
    path.parent for path in (FIXTURES / "unknown").glob("*/log.txt") if path.parent.name != "only-the-echo"
)
START = "INFO 11-22 10:37:56 [api_server.py:1] vLLM API server version 0.8.3\n"
FAILED = (
    START
    + """\
Traceback (most recent call last):
  File "/x/site-packages/vllm/plugins/license.py", line 3, in ask
    raise LicenseError(
  File "/x/site-packages/acme/client.py", line 9, in get
    raise LicenseError(f"no seat for {user} at {url}")
acme.errors.LicenseError: no seat of 12 for 'bob' at https://lic.acme.example/v1, api_key=sk-aaaabbbbccccddddeeeeffff
"""
)


def passes(text: str, folder: Path) -> str:
    """Put a stub where a user would, hold it against its examples, and give its id."""
    id_ = yaml.safe_load(text)["id"]
    (folder / f"{id_.partition('/')[2]}.yaml").write_text(text, "utf-8")
    shipped = catalogue.load()
    (rule,) = catalogue.read_folder(folder, shipped.causes, own=True)
    assert list(trial.problems(rule, shipped)) == []
    return str(id_)


@pytest.mark.parametrize("folder", UNKNOWN, ids=lambda folder: folder.name)
def test_a_stub_is_a_rule_that_sees_its_own_log(folder: Path, tmp_path: Path) -> None:
    id_ = passes(new_rule(folder / "log.txt"), tmp_path)
    answer = diagnose(folder / "log.txt", options=Options(rules=(tmp_path,)))
    assert answer.root_cause
    assert answer.root_cause.id == id_
    for healthy in sorted((FIXTURES / "healthy").glob("*/log.txt"))[:3]:
        assert diagnose(healthy, options=Options(rules=(tmp_path,))).root_cause is None


def test_what_differs_from_run_to_run_stands_open_and_secrets_are_out(tmp_path: Path) -> None:
    text = new_rule(FAILED)
    assert passes(text, tmp_path) == "mine/license-ask"
    assert "sk-aaaa" not in text
    data = yaml.safe_load(text)
    (signature,) = data["signatures"]
    assert signature["exception"] == "LicenseError"
    assert signature["frames"] == ["plugins/license.py:ask"]
    other = FAILED.replace("12", "7").replace("bob", "al").replace("lic.acme", "b.acme").replace("aaaa", "zzzz")
    answer = diagnose(other, options=Options(rules=(tmp_path,)))
    assert answer.root_cause
    assert answer.root_cause.id == "mine/license-ask"
    assert data["near_misses"][0]["log"].strip() == START.strip()


def test_a_record_is_enough() -> None:
    text = new_rule(START + "ERROR 11-22 10:37:58 [license.py:4] no seat left for this server, 3 of 3 taken\n")
    data = yaml.safe_load(text)
    assert data["signatures"][0]["level"] == "ERROR"
    assert data["signatures"][0]["message"] == "no seat left for this server, [0-9.,:]{1,40} of [0-9.,:]{1,40} taken"


def test_a_name_of_ones_own() -> None:
    assert yaml.safe_load(new_rule(FAILED, "no-seat"))["id"] == "mine/no-seat"
    with pytest.raises(InputError, match="no name of a rule"):
        new_rule(FAILED, "No Seat")


@pytest.mark.parametrize(
    ("log", "words"),
    [
        (START, "no failure that is unknown"),
        (START + "KeyError: 'x'\n", "too little"),
        ((FIXTURES / "unknown" / "only-the-echo" / "log.txt").read_text("utf-8"), "follows from a failure"),
        (
            FAILED.replace("acme.errors.LicenseError: no seat", "torch.OutOfMemoryError: HIP out of memory. x"),
            "unknown",
        ),
    ],
)
def test_where_no_rule_can_be_made(log: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        new_rule(log)


@pytest.mark.parametrize(
    ("message", "wanted"),
    [
        ("no file /srv/models/x.bin, 12 bytes", r"no file \S{1,400}, [0-9.,:]{1,40} bytes"),
        ("at 0x7fff12 (a+b)", r"at [0-9a-fA-Fx-]{1,80} \(a\+b\)"),
        ("don't use 'x' or `y`", "don't use '[^']{1,400}' or `[^`]{1,400}`"),
        ("key ***", r"key \S{1,400}"),
    ],
)
def test_patterns(message: str, wanted: str) -> None:
    assert safe_pattern(message) == wanted


@given(st.text(max_size=200).map(lambda text: " ".join(text.split())))
def test_a_pattern_fits_its_own_message(message: str) -> None:
    assert regex.search(safe_pattern(message), message, timeout=2) is not None


@settings(deadline=None, max_examples=10)
@given(st.text(st.characters(blacklist_categories=("Cs",)), max_size=80))
def test_any_message_gives_yaml(message: str) -> None:
    log = FAILED.rpartition("acme.errors")[0] + "acme.errors.LicenseError: " + " ".join(message.split()) + "\n"
    try:
        data = yaml.safe_load(new_rule(log))
    except InputError:
        return
    assert data["id"].startswith("mine/"), indent(log, "  ")
