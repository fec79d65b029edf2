"""What is fuzzed, and what must hold of it.

A target takes bytes and returns; a `DoctorError` is an answer too. Anything else that it raises is a find: an
exception of the program, or an `AssertionError` of a property below.
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vllm_doctor import pipeline
from vllm_doctor.engine import catalogue, schema, trial, yaml_file
from vllm_doctor.engine.rule import rule_from
from vllm_doctor.errors import DoctorError
from vllm_doctor.launch.files import read_launches
from vllm_doctor.launch.lexer import lex
from vllm_doctor.launch.log_command import from_log_command
from vllm_doctor.masking import mask
from vllm_doctor.model.config import from_dict
from vllm_doctor.model.jsonfile import parse_object
from vllm_doctor.report.bug_form import bug_form
from vllm_doctor.report.fit import fit_json, fit_text
from vllm_doctor.report.json import diagnosis_json, review_json
from vllm_doctor.report.markdown import diagnosis_markdown, review_markdown
from vllm_doctor.report.review import review_text
from vllm_doctor.report.run import termination_line
from vllm_doctor.report.sarif import reviews_sarif
from vllm_doctor.report.terminal import diagnosis_text
from vllm_doctor.vllm import history

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

ROOT = Path(__file__).resolve().parents[2]
FILE_NAMES = (
    *("start.sh", "compose.yaml", "deploy.yaml", "values.yaml", "task.yaml", "config.yaml", "workflow.yml"),
    *("Dockerfile", "vllm.service", "vllm.container", "Makefile", "justfile", "README.md", "serve.py", ".env"),
    *("start.ps1", "start.sh.j2", "Dockerfile.j2", "start", "page.rst", "job.sbatch"),
)
"""The names under which a launch file is read: one for each kind, and some that only the text decides."""
CONTROLS = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


@dataclass(frozen=True)
class Target:
    """Something that is fuzzed: its function, and the files that its inputs are grown from."""

    run: Callable[[bytes], None]
    seeds: tuple[str, ...]


def _drawn(texts: Iterable[str], data: Iterable[str]) -> None:
    """Nothing that is drawn controls a terminal, and data is JSON in ASCII."""
    for text in texts:
        assert not {unicodedata.category(char) for char in set(text) - {"\n", "\t"}} & CONTROLS
        text.encode("utf-8")
    for line in data:
        assert line.isascii()
        assert line.isprintable()
        json.loads(line)


def _no_internal(found: str) -> None:
    """An error that was contained is a find too."""
    assert '"id": "internal"' not in found, found[found.index('"id": "internal"') :][:400]


def log(data: bytes) -> None:
    """A log, from bytes to every drawing of its diagnosis."""
    answer = pipeline.diagnose(data)
    shown = diagnosis_json(answer)
    texts = [diagnosis_text(answer, width=60), diagnosis_markdown(answer), bug_form(answer)]
    _drawn([*texts, termination_line(answer, 1), diagnosis_text(answer, quiet=True)], [shown])
    _no_internal(shown)


def lexer(data: bytes) -> None:
    """Tokens joined are the text."""
    text = _text(data)
    assert "".join(token.raw for token in lex(text)) == text


def launch(data: bytes) -> None:
    """A launch file, read; spans lie in it. The first byte chooses its name."""
    name, text = _file(data)
    for found in read_launches(text.decode("utf-8", "replace"), name):
        assert 0 <= found.span.start <= found.span.end <= len(found.text)


def check(data: bytes) -> None:
    """A launch file, reviewed, mended and drawn; the first byte chooses its name."""
    name, text = _file(data)
    with _folder({name: text}) as folder:
        review = pipeline.check(folder / name, pipeline.Options(gpu="A10"), tidy=True, unsafe=True)
    shown = review_json(review)
    _drawn([review_text(review, width=60), review_markdown(review)], [shown, reviews_sarif([review])])
    _no_internal(shown)


def command(data: bytes) -> None:
    """A command that a log shows: what is made of it is one simple command."""
    made, _ = from_log_command(_text(data))
    if made is not None:
        assert {token.kind for token in lex(made.text)} <= {"word", "space"}


def rule(data: bytes) -> None:
    """A rule file: either problems with their places, or a rule that can be tried."""
    shipped = _shipped()
    document = yaml_file.parse(_text(data), "fuzz.yaml")
    if document.data is not None and not document.problems:
        schema.check(document, shipped.causes, lambda flag: history(flag) is not None)
    for problem in document.problems:
        assert problem.line >= 0
    if document.data is None or document.problems:
        return
    made = rule_from(catalogue.with_literals(document.data), document.file)
    trial.problems(made, catalogue.Catalogue({**shipped.rules, made.id: made}, shipped.causes))


def config(data: bytes) -> None:
    """A model's config.json, read, and the memory sum of a launch of it."""
    from_dict(parse_object(data, "config.json"))
    with _folder({"config.json": data}) as folder:
        options = pipeline.Options(gpu="A10", model_dir=folder, vllm_version="0.24.0")
        answer = pipeline.fit("vllm serve m --quantization fp8 --max-model-len 4096", options)
        review = pipeline.check("vllm serve m -tp 2", options)
    _drawn([fit_text(answer, width=60)], [fit_json(answer), review_json(review)])
    _no_internal(review_json(review))


def masked(data: bytes) -> None:
    """Masking twice changes nothing more."""
    text = _text(data)
    assert mask(mask(text)) == mask(text)


TARGETS: dict[str, Target] = {
    "log": Target(log, ("fixtures/*/*/log.txt", "examples/*.log")),
    "check": Target(check, ("tests/launch/data/*/*", "fixtures/*/*/launch.sh")),
    "config": Target(config, ()),
    "rule": Target(rule, ("rules/*/*.yaml",)),
    "launch": Target(launch, ("tests/launch/data/*/*", "fixtures/*/*/launch.sh")),
    "command": Target(command, ("fixtures/*/*/launch.sh",)),
    "masked": Target(masked, ("fixtures/*/*/launch.sh",)),
    "lexer": Target(lexer, ("fixtures/*/*/launch.sh",)),
}


def attempt(target: Target, data: bytes) -> None:
    """One execution; a `DoctorError` is an answer."""
    with contextlib.suppress(DoctorError):
        target.run(data)


def seeds(name: str, largest: int = 12_000) -> list[bytes]:
    """The corpus of a target, and the files that it is grown from."""
    own = [path.read_bytes() for path in sorted((ROOT / "tools" / "fuzz" / "corpus" / name).glob("*"))]
    found = []
    for place in TARGETS[name].seeds:
        for path in sorted(ROOT.glob(place)):
            if path.is_file() and path.stat().st_size <= largest:
                found.append(_named(name, path) + path.read_bytes())
    return [*own, *found]


def _named(target: str, path: Path) -> bytes:
    """The byte that makes a target read a seed as a file of its own kind, as near as can be told."""
    if target not in ("check", "launch"):
        return b""
    same = [at for at, name in enumerate(FILE_NAMES) if name == path.name or Path(name).suffix == path.suffix]
    return bytes([same[0] if same else 0])


@cache
def _shipped() -> catalogue.Catalogue:
    return catalogue.load()


def _file(data: bytes) -> tuple[str, bytes]:
    """The name that the first byte chooses, and the rest."""
    return FILE_NAMES[data[0] % len(FILE_NAMES)] if data else FILE_NAMES[0], data[1:]


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


@contextlib.contextmanager
def _folder(files: dict[str, bytes]) -> Iterator[Path]:
    """A folder with these files, in memory where there is such a place."""
    where: Any = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=where) as name:
        for file, data in files.items():
            (Path(name) / file).write_bytes(data)
        yield Path(name)
