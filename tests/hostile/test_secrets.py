"""Secrets: none appears in any output, and each pattern is needed for that."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hostile.secrets import KINDS, Kind, leaks
from vllm_doctor import masking, pipeline, secret_patterns
from vllm_doctor.cli.app import run
from vllm_doctor.engine.fitting import Fit
from vllm_doctor.errors import InputError, Problem, RuleErrors
from vllm_doctor.finding import (
    Change,
    Context,
    Deployment,
    Diagnosis,
    Evidence,
    Finding,
    Fix,
    LaunchReview,
    Review,
    Source,
    Step,
    as_json,
)
from vllm_doctor.report.bug_form import bug_form
from vllm_doctor.report.fit import fit_json, fit_text
from vllm_doctor.report.github import review_github
from vllm_doctor.report.json import diagnosis_json, error_json, review_json
from vllm_doctor.report.markdown import diagnosis_markdown, review_markdown
from vllm_doctor.report.review import review_text
from vllm_doctor.report.run import event_line, heal_text, run_line, termination_line
from vllm_doctor.report.sarif import reviews_sarif
from vllm_doctor.report.terminal import diagnosis_text, error_text

TABLES = ("SHAPES", "VALUES", "BARE_VALUES", "LISTS")
PATTERNS = [(table, name) for table in TABLES for name in getattr(secret_patterns, table)]
each_kind = pytest.mark.parametrize("kind", KINDS, ids=[kind.name for kind in KINDS])


@each_kind
def test_no_part_of_it_is_left(kind: Kind) -> None:
    """Also when masked twice, and where other words stand around it."""
    for text in (kind.text, f"x {kind.text} y", masking.mask(kind.text)):
        assert leaks(masking.mask(text)) == []
    assert masking.mask(masking.mask(kind.text)) == masking.mask(kind.text)


@pytest.fixture
def without(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The tables less one pattern."""
    table, name = request.param
    monkeypatch.delitem(getattr(secret_patterns, table), name)
    secret_patterns.compiled.cache_clear()
    yield
    monkeypatch.undo()
    secret_patterns.compiled.cache_clear()


@pytest.mark.parametrize("without", PATTERNS, ids=[f"{table}.{name}" for table, name in PATTERNS], indirect=True)
@pytest.mark.usefixtures("without")
def test_each_pattern_is_needed() -> None:
    """Without it a kind of the list above leaks: the list proves it."""
    assert any(leaks(masking.mask(kind.text)) for kind in KINDS)


def test_the_quick_look_lets_no_kind_through() -> None:
    """A text without a hint is drawn as it is."""
    assert [
        kind.name
        for kind in KINDS
        if not secret_patterns.hinted(kind.text) and "\x1b" not in kind.text and kind.text.isprintable()
    ] == []


def _finding(text: str) -> Finding:
    fix = Fix(
        (Change("set", "--x", text, text), Change("setenv", "X", text, text)),
        (Step(text),),
        text,
        "given",
        "f",
        text,
        why=text,
        checks=(text,),
    )
    return Finding(
        "some-id", text, explanation=text, figures={"a": text}, evidence=(Evidence("s", 1, text),), fixes=(fix, fix),
        avoid=(text,), references=(text,), place=f"{text}:1:1",
    )  # fmt: skip


def _diagnosis(text: str, *, known: bool = True) -> Diagnosis:
    finding = _finding(text)
    return Diagnosis(
        (Source(text, 1, 1),),
        "failed" if known else "unknown-failure",
        finding if known else None,
        (finding, Finding("b", text, role="symptom", evidence=finding.evidence), Finding("c", text, role="note")),
        (),
        Deployment(text, (text,), text, text, text, text, 1.0, 1, text, text),
        None if known else Context(text, text, (text,), finding.evidence),
        (text,),
    )


def _review(text: str) -> Review:
    argv = (text, "--x", text)
    launch = LaunchReview("vllm serve", text, argv, {"X": text}, text, "0.24.0", text, 1, (_finding(text),), text, argv)
    return Review(text, (launch,), text, text, (text,), (_finding(text),))


def _fit(text: str) -> Fit:
    return Fit(
        *(1.0, 1.0, 1.0, 1.0, 1.0, 20.0, 1, "no", -1.0, 1, (text,), 1, 1.0, 1.0, text, text, text, 24.0, 1, 0.9, True),
        (_finding(text).fixes[0],), text, (text,),
    )  # fmt: skip


def _rule_errors(text: str) -> RuleErrors:
    return RuleErrors([Problem(text, 1, 1, text)])


FORMS: dict[str, Callable[[str], str]] = {
    "text": lambda text: diagnosis_text(_diagnosis(text), width=120),
    "text, unknown": lambda text: diagnosis_text(_diagnosis(text, known=False), width=120),
    "text, quiet": lambda text: diagnosis_text(_diagnosis(text), quiet=True),
    "text, zh, ascii": lambda text: diagnosis_text(_diagnosis(text), language="zh", encoding="ascii"),
    "json": lambda text: diagnosis_json(_diagnosis(text)),
    "json, unknown": lambda text: diagnosis_json(_diagnosis(text, known=False)),
    "markdown": lambda text: diagnosis_markdown(_diagnosis(text)),
    "markdown, unknown": lambda text: diagnosis_markdown(_diagnosis(text, known=False)),
    "report": lambda text: bug_form(_diagnosis(text)),
    "report, unknown": lambda text: bug_form(_diagnosis(text, known=False)),
    "termination log": lambda text: termination_line(_diagnosis(text), 1),
    "termination log, error": lambda text: termination_line(None, 1, text),
    "event": lambda text: event_line("end", {"diagnosis": as_json(_diagnosis(text)), "command": text}).decode(),
    "run": lambda text: run_line("unknown", why=text) + heal_text(_finding(text).fixes[0], masking.mask(text), 2, 1.0),
    "review": lambda text: review_text(_review(text), width=120),
    "review, quiet": lambda text: review_text(_review(text), quiet=True),
    "review json": lambda text: review_json(_review(text)),
    "review markdown": lambda text: review_markdown(_review(text)),
    "sarif": lambda text: reviews_sarif([_review(text)]),
    "github": lambda text: review_github(_review(text)),
    "fit": lambda text: fit_text(_fit(text), width=120) + fit_text(_fit(text), quiet=True),
    "fit json": lambda text: fit_json(_fit(text)),
    "error": lambda text: error_text(InputError(text, text, text)) + error_text(_rule_errors(text)),
    "error json": lambda text: error_json(InputError(text, text, text)) + error_json(_rule_errors(text)),
}


def _leaking(draw: Callable[[Kind], str], kinds: list[Kind] = KINDS) -> dict[str, list[str]]:
    """The kinds that an output shows something of."""
    drawn = {kind.name: leaks(draw(kind)) for kind in kinds}
    return {name: found for name, found in drawn.items() if found}


@pytest.mark.parametrize("form", FORMS)
def test_no_output_shows_any_kind(form: str) -> None:
    """Every field of an answer holds the secret, and every form of output is drawn."""
    assert _leaking(lambda kind: FORMS[form](kind.text)) == {}


@pytest.mark.parametrize("form", FORMS)
def test_each_output_shows_that_something_was_hidden(form: str) -> None:
    """A form that drew nothing of an answer would hide every secret."""
    assert "***" in FORMS[form]("x HF_TOKEN=plainwhisper").replace("\\", "")


LOG = """\
INFO 11-22 10:37:36 [api_server.py:1] vLLM API server version 0.11.0
INFO 11-22 10:37:36 [utils.py:1] {text}
ERROR 11-22 10:37:41 [core.py:390] {text}
ERROR 11-22 10:37:41 [core.py:390] Traceback (most recent call last):
ERROR 11-22 10:37:41 [core.py:390]   File "/x/vllm/v1/engine/core.py", line 1, in f
ERROR 11-22 10:37:41 [core.py:390]     {text}
ERROR 11-22 10:37:41 [core.py:390] OddError: {text}
"""


@pytest.mark.parametrize("form", ["text", "json", "markdown"])
def test_no_diagnosis_of_a_log_shows_any_kind(form: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """From the file to the command line's output; the failure is one that nobody knows."""

    def diagnosed(kind: Kind) -> str:
        log = tmp_path / "crash.log"
        log.write_text(LOG.replace("{text}", kind.text), "utf-8")
        run(["--format", form, str(log)])
        seen = capfd.readouterr()
        odd.extend([kind] if "OddError" in seen.out else [])
        return seen.out + seen.err

    odd: list[Kind] = []
    assert _leaking(diagnosed) == {}
    assert len(odd) > len(KINDS) - 12  # a client's words are no failure of the server


def test_no_report_nor_rule_made_of_a_log_shows_any_kind() -> None:
    """`report` and `rules new`. Only a value whose name comes on the next line of a message is not told."""

    def made(kind: Kind) -> str:
        log = LOG.replace("{text}", kind.text)
        answer = pipeline.diagnose(log)
        with contextlib.suppress(InputError):  # where it is no failure that is unknown
            return bug_form(answer) + pipeline.new_rule(log)
        return bug_form(answer)

    assert _leaking(made, [kind for kind in KINDS if kind.name != "pod, turned"]) == {}


@pytest.mark.parametrize("width", [80, 120])
def test_no_piece_of_one_that_a_terminal_wrapped_is_shown(width: int) -> None:
    """The same log cut at a terminal's width, as it is copied from one."""

    def drawn(kind: Kind) -> str:
        lines = LOG.replace("{text}", kind.text).splitlines()
        wrapped = "\n".join(line[at : at + width] for line in lines for at in range(0, len(line), width))
        answer = pipeline.diagnose(wrapped)
        return diagnosis_json(answer) + diagnosis_text(answer, width=400) + bug_form(answer)

    assert _leaking(drawn, [kind for kind in KINDS if "\n" not in kind.text]) == {}


@pytest.mark.parametrize(
    "words",
    [
        *(["check"], ["check", "--diff"], ["check", "--tidy", "--diff", "--unsafe"], ["check", "--format", "json"]),
        *(["check", "--format", "markdown"], ["check", "--format", "sarif"], ["check", "--format", "github"]),
        *(["check", "--fix"], ["fit", "--gpu", "A10"], ["fit", "--gpu", "A10", "--format", "json"]),
    ],
    ids=" ".join,
)
def test_no_answer_for_a_script_shows_any_kind(
    words: list[str], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """The secret stands in the lines around the launch, which a diff shows; --fix keeps its bytes."""
    script = tmp_path / "start.sh"

    def answered(kind: Kind) -> str:
        around = "\n".join(f"# {line}" for line in kind.text.split("\n"))
        script.write_text(f"{around}\nvllm serve org/m --max-model-length 4096 --enforce-eager\n{around}\n", "utf-8")
        run([*words, str(script)])
        if "--fix" in words:
            assert script.read_text("utf-8").startswith(around)
            assert "--max-model-len 4096" in script.read_text("utf-8")
        seen = capfd.readouterr()
        return seen.out + seen.err

    assert _leaking(answered, KINDS[::6]) == {}


def test_harmless_words_of_vllm_stay() -> None:
    """What the names resemble, in vLLM's own options and messages."""
    kept = [
        "vllm serve m --tokenizer t --max-num-batched-tokens 8192 --api-server-count 2",
        "set --api-key to a value, or leave --api-key out",
        "vllm serve m --api-key $A $B --port 1",
        "PWD=/root OLDPWD=/ PYTHONPATH=/x",
        "the pass: 3 of 4, and bypass=1",
        "huggingface-cli login",
        "pypi-mirror-of-something-long-enough and npm_config_registry=x",
        "cookie jar; key=value; monkey=banana",
        "name: vllm, value: 3",
        "DB_PASSWORD=%(password)s HF_TOKEN=<your-token> HF_TOKEN=%HF_TOKEN%",
    ]
    assert [masking.mask(text) for text in kept] == kept


def test_numbers_are_secrets_too() -> None:
    """A password of figures in JSON."""
    assert masking.mask_data({"password": 12345678, "n": 1, "use_auth_token": True}) == {
        "password": "***",
        "n": 1,
        "use_auth_token": True,
    }


def test_pieces_of_a_cut_line_are_masked_as_one() -> None:
    """Only where a secret stands in two of them."""
    assert masking.mask_pieces(["a b", "c d"]) == ["a b", "c d"]
    assert masking.mask_pieces(["x HF_TOKEN=a", "y"]) == ["x HF_TOKEN=***"] * 2
    assert masking.mask_pieces(["HF_TOKEN=a x", "y"]) == ["HF_TOKEN=*** x", "y"]
    assert not re.search("whisper", "".join(masking.mask_pieces(["--api-key plain", "whisper --port 1"])))


@pytest.mark.parametrize("size", [5_000, 60_000])
def test_a_long_secret_is_hidden_to_its_end(size: int) -> None:
    """A value may be as long as a line that is kept."""
    long = "a1" * (size // 2)
    for text in (
        f"HF_TOKEN={long}",
        f"--api-key {long}",
        f"'api_key': ['{long}'",
        f'"hf_token": "{long}"',
        f"Bearer {long}",
    ):
        assert "a1a1" not in masking.mask(text)


_LETTERS = st.sampled_from("kKey tTOoken-_:/?&=@.%0a5F3slgHfxXabz\\'\"")


@given(st.text(_LETTERS, max_size=40))
def test_the_words_of_the_hints_leave_none_out(text: str) -> None:
    """What the words pass over the pattern would have passed over, in capitals too."""
    slow = re.compile(secret_patterns._HINT.pattern, re.IGNORECASE | re.VERBOSE)
    assert secret_patterns.hinted(text) == (slow.search(text) is not None)
