"""How often `vllm_doctor.vllm.check` and the real parsers agree, on made-up arguments.

    python tools/flag_table/agreement.py --python ENV/bin/python [--count 400] [--seed 1] [RELEASE ...]

Prints, per release and program, how many lists were tried, how many the release took, and every disagreement:
an error on what the release takes (`false alarm`, the worse), or silence on what it refuses (`missed`).
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

from typing import TYPE_CHECKING

import sources  # noqa: E402

from vllm_doctor import vllm  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vllm_doctor.vllm import OptionInfo, Program

SAMPLE = [
    "0.4.1",
    "0.4.3",
    "0.5.0",
    "0.5.1",
    "0.5.5",
    "0.6.0",
    "0.6.2",
    "0.6.5",
    "0.7.3",
    "0.8.1",
    "0.8.3",
    "0.8.5",
    "0.9.0",
    "0.9.1",
    "0.9.2",
    "0.10.0",
    "0.10.2",
    "0.11.0",
    "0.11.1",
    "0.12.0",
    "0.13.0",
    "0.14.0",
    "0.15.0",
    "0.16.0",
    "0.17.0",
    "0.18.0",
    "0.20.0",
    "0.22.0",
    "0.24.0",
    "0.26.0",
    "0.28.0",
    "0.30.0",
    "0.31.0",
    "0.32.0",
    "0.33.0",
]
VALUES = {
    "int": ["1", "0", "-1", "4096", "1_000", " 3 ", "x", "1.5", "", "auto", "1k", "32K", "None", "1e3", "+5", "-1.5"],
    "float": ["0.9", "1", ".5", "-0.5", "1e-3", "nan", "x", "90%", "", "0,9", "None", "-3"],
    "json": ['{"a": 1}', "{}", "[1]", "5", "{a: 1}", "{'a': 1}", "", "None", "x", '{"a": 1', "a=1", "image=2,video=1"],
    "json-or-str": ["x", "{}", '{"a": 1}', "{a}", "", " {} ", "{\n}", "{\na}"],
    "human-int": ["1", "32k", "32K", "1.5k", "1.5K", "2M", "x", "1kk", "-1", "auto", "8192.0", "", "10t", " 4k "],
    "kvs": ["image=2", "image=2,video=1", "image", "image=x", "", "image=1,image=2", "Image = 3"],
    "colon-pairs": ["a:1", "a:1,b:2", "a", "a:b:c"],
    "str": ["x", "", "None", "a b", "-x y", "-", "a=b", "0.5", "a.b", "{}", "$X"],
}  # fmt: skip
ADAPTERS = [
    "a=/b",
    "a",
    "a=b=c",
    '{"name": "a", "path": "b"}',
    '{"name": "a"}',
    "",
    '{"name": "a", "path": "b", "z": 1}',
    "{}",
]
SHAPES = [
    '"x"',
    "1",
    "-1",
    "0.5",
    "true",
    "null",
    "[]",
    '["x"]',
    "[1]",
    "{}",
    '"1"',
    "1k",
    "2",
    '"auto"',
    '"true"',
    "0",
]
FORMS = [
    "{}",
    "",
    "None",
    "3",
    "x",
    "[]",
    "{'level': 3}",
    '{"no_such": 1}',
    '{"a": }',
    "null",
    '{"level": 3}',
    '{"mode": 3}',
]
HABITS = (
    ["-O3"], ["-O", "3"], ["-O=3"], ["-O"], ["-Ox"], ["-O.level", "3"], ["-O.mode=3"], ["-cc.mode", "3"], ["-O.backend=eager"],
    ["-tp2"], ["-tp", "2"], ["-tp=2"], ["-t", "2"], ["-q", "awq"], ["-1"], ["-1.5"], ["--no-such-flag"], ["--no_such", "v"],
    ["-x"], ["--hf-overrides.a.b", "1"], ["--hf_overrides.a_b=1"], ["--rope-scaling.x", "y"], ["--port.x", "1"], ["--a.b"],
    ["--model", "other"], ["--model=other"], ["--model"], ["--served-model-name", "a", "b"], ["--served_model_name=a"],
    ["--mm-processor-kwargs.a+", "1,2"], ["--limit-mm-per-prompt.image", "2"], ["--compilation-config.level", "3"],
    ["--speculative-config.method", "ngram"], ["--enable-reasoning"], ["--disable-log-requests"], ["--swap-space", "4"],
    ["--task", "embed"], ["--max_model_len=100"], ["--Max-Model-Len", "5"], ["—port", "80"], ["--port", "80", "81"],
    ["--kv-transfer-config", '{"kv_connector":"NixlConnector","kv_role":"kv_both"}'], ["--device", "cuda"],
    ["--max-model", "5"], ["--enable", "x"], ["--tensor", "2"], ["--gpu-mem", "0.5"], ["--disable-log-r"], ["--max-num=5"],
)  # fmt: skip


class Maker:
    """Makes lists of arguments for one release's program: right ones, and ones bent in the ways that people
    bend them.
    """

    def __init__(self, release: str, program: Program, seed: int, config: str) -> None:
        self.release, self.program, self.config = release, program, config
        self.random = random.Random(f"{seed} {release} {program}")
        self.options = [
            option
            for option in vllm.all_options(release, program)
            if option.flag not in ("--help", "--config")
        ]
        others = {
            option.flag for other in vllm.releases()[::7] for option in vllm.all_options(other, program)
        }
        self.foreign = sorted(others - {option.flag for option in self.options})

    def lists(self, count: int) -> Iterator[list[str]]:
        """So many lists: every habit and option alone first, then mixtures."""
        for words in HABITS:
            yield self._with_model(list(words))
        for option in self.options:
            yield self._with_model(self._given(option))
        for _ in range(count):
            words: list[str] = []
            for _ in range(self.random.randint(1, 4)):
                words += self._piece()
            yield self._with_model(words)

    def _piece(self) -> list[str]:
        dice = self.random.random()
        if dice < 0.72:
            return self._given(self.random.choice(self.options))
        if dice < 0.8:
            return list(self.random.choice(HABITS))
        if dice < 0.86 and self.foreign:
            return [self.random.choice(self.foreign), *self.random.choice([[], ["1"]])]
        if dice < 0.92:
            return ["--config", self.config]
        return [self.random.choice(["stray", "", "a b", "-5", "=", "-", "--=x", "---", "--x=$Y", "a\nb"])]

    def _with_model(self, words: list[str]) -> list[str]:
        dice = self.random.random()
        if self.program == "api_server":
            return [*words, "--model", "m"] if dice < 0.5 else words
        return ["m", *words] if dice < 0.8 else [*words, "m"] if dice < 0.92 else words

    def _given(self, option: OptionInfo) -> list[str]:
        flag = self._spelled(self.random.choice(option.flags))
        if option.nargs == 0:
            return [flag if self.random.random() < 0.9 else f"{flag}=True"]
        fixed = option.nargs if isinstance(option.nargs, int) else self.random.choice([0, 1, 1, 1, 2])
        wanted = max(0, fixed + self.random.choice([0] * 12 + [-1, 1]))
        values = [self._value(option) for _ in range(wanted)]
        if len(values) == 1 and self.random.random() < 0.4:
            return [f"{flag}={values[0]}"]
        return [flag, *values]

    def _spelled(self, flag: str) -> str:
        dice = self.random.random()
        if dice < 0.6 or len(flag) < 6:
            return flag
        if dice < 0.75:
            return "--" + flag[2:].replace("-", "_")
        if dice < 0.9:
            return flag[: -self.random.randint(1, min(6, len(flag) - 4))]
        place = self.random.randint(2, len(flag) - 2)
        bent = [
            flag[:place] + flag[place + 1 :],
            flag[:place] + flag[place + 1] + flag[place] + flag[place + 2 :],
            flag[1:],
            flag.upper(),
        ]
        return self.random.choice(bent)

    def _value(self, option: OptionInfo) -> str:
        kind = option.kind.lstrip("?")
        if option.action in ("LoRAParserAction", "PromptAdapterParserAction"):
            return self.random.choice(ADAPTERS)
        if option.choices is not None and self.random.random() < 0.7:
            choice = str(self.random.choice(option.choices))
            return self.random.choice(
                [choice, choice, choice, choice.upper(), choice + "x", choice.replace("_", "-")]
            )
        if option.action == "StoreBoolean":
            return self.random.choice(["true", "False", "1", "yes", ""])
        if kind == "config":
            return self._object(option)
        group = {"human-int-or-auto": "human-int", "json|kvs": "json", "json-line-or-str": "json-or-str"}.get(
            kind, kind
        )
        return self.random.choice(VALUES.get(group, VALUES["str"]))

    def _object(self, option: OptionInfo) -> str:
        keys = sorted(vllm.json_keys(option.flag, self.release))
        if not keys or self.random.random() < 0.2:
            return self.random.choice(FORMS)
        path = self.random.choice(keys).split(".")
        value = self.random.choice(SHAPES)
        if self.random.random() < 0.1:
            path[-1] += "x"
        for name in reversed(path):
            value = f'{{"{name}": {value}}}'
        return value


def compare(python: str, release: str, program: Program, lists: list[list[str]]) -> tuple[int, list[str]]:
    """How many of the lists the release takes, and the disagreements as lines."""
    oracle = [python, str(HERE / "oracle.py"), "ask", str(sources.home()), release, program]
    asked = "".join(json.dumps(words) + "\n" for words in lists)
    said = subprocess.run(oracle, input=asked, capture_output=True, text=True, check=True).stdout.splitlines()
    answers = [json.loads(line) for line in said if line.startswith("{")]
    assert len(answers) == len(lists)
    lines = []
    for words, answer in zip(lists, answers, strict=False):
        errors = vllm.check(words, release, program)
        if answer["accepted"] and errors:
            lines.append(f"false alarm: {words} -> {errors[0].fault}: {errors[0].message}")
        elif not answer["accepted"] and not errors and not any("$" in word for word in words):
            lines.append(f"missed: {words} -> {answer['error']}")
    return sum(answer["accepted"] for answer in answers), lines


def main() -> int:
    """Run the command line of the module's docstring; 1 where anything disagrees."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("releases", nargs="*", default=SAMPLE)
    parser.add_argument("--python", required=True)
    parser.add_argument("--count", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    total = wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "config.yaml"
        config.write_text("model: some/model\nport: 8001\n")
        for release in chosen.releases:
            programs: tuple[Program, ...] = ("vllm serve", "api_server")
            for program in programs if vllm.has_serve(release) else programs[1:]:
                lists = list(Maker(release, program, chosen.seed, str(config)).lists(chosen.count))
                taken, lines = compare(chosen.python, release, program, lists)
                print(
                    f"{release} {program}: {len(lists)} lists, {taken} taken, {len(lines)} disagree",
                    flush=True,
                )
                for line in lines:
                    print("   ", line)
                total, wrong = total + len(lists), wrong + len(lines)
    print(f"{total} lists, {wrong} disagree")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
