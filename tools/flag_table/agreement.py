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
from typing import TYPE_CHECKING, Any

import sources

from vllm_doctor import vllm

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vllm_doctor.vllm import OptionInfo, Program

HERE = Path(__file__).resolve().parent
SAMPLES = json.loads((HERE / "samples.json").read_text("utf-8"))


class Maker:
    """Makes lists of arguments for one release's program: right ones, and ones bent in the ways that people
    bend them.
    """

    def __init__(self, release: str, program: Program, seed: int, configs: Path) -> None:
        self.release, self.program = release, program
        brings_model = vllm.habits(release, program).get("config-model")
        self.config = str(configs / ("model.yaml" if brings_model else "port.yaml"))
        self.random = random.Random(f"{seed} {release} {program}")
        self.options = [
            option for option in vllm.all_options(release, program) if option.flag not in ("--help", "--config")
        ]
        others = {option.flag for other in vllm.releases()[::7] for option in vllm.all_options(other, program)}
        self.foreign = sorted(others - {option.flag for option in self.options})

    def lists(self, count: int) -> Iterator[list[str]]:
        """So many lists: every habit and option alone first, then mixtures."""
        for words in SAMPLES["habits"]:
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
            return list(self.random.choice(SAMPLES["habits"]))
        if dice < 0.86 and self.foreign:
            return [self.random.choice(self.foreign), *self.random.choice([[], ["1"]])]
        if dice < 0.92:
            return ["--config", self.config]
        return [self.random.choice(SAMPLES["words"])]

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
            return self.random.choice(SAMPLES["adapters"])
        if option.choices is not None and self.random.random() < 0.7:
            choice = str(self.random.choice(option.choices))
            return self.random.choice([choice, choice, choice, choice.upper(), choice + "x", choice.replace("_", "-")])
        if option.action == "StoreBoolean":
            return self.random.choice(["true", "False", "1", "yes", ""])
        if kind == "config":
            return self._object(option)
        group = {"human-int-or-auto": "human-int", "json|kvs": "json", "json-line-or-str": "json-or-str"}.get(
            kind, kind
        )
        return self.random.choice(SAMPLES["values"].get(group, SAMPLES["values"]["str"]))

    def _object(self, option: OptionInfo) -> str:
        keys = sorted(vllm.json_keys(option.flag, self.release))
        if not keys or self.random.random() < 0.2:
            return self.random.choice(SAMPLES["forms"])
        path = self.random.choice(keys).split(".")
        value = self.random.choice(SAMPLES["shapes"])
        if self.random.random() < 0.1:
            path[-1] += "x"
        for name in reversed(path):
            value = f'{{"{name}": {value}}}'
        return value


def disagreements(
    release: str, program: Program, lists: list[list[str]], answers: list[dict[str, Any]]
) -> Iterator[str]:
    """Where the reader and the release differ, as lines."""
    for words, answer in zip(lists, answers, strict=True):
        errors = vllm.check(words, release, program)
        if answer["accepted"] and errors:
            yield f"false alarm: {words} -> {errors[0].fault}: {errors[0].message}"
        elif not answer["accepted"] and not errors and not any("$" in word for word in words):
            yield f"missed: {words} -> {answer['error']}"


def questions(releases: list[str], seed: int, count: int, configs: Path) -> list[tuple[str, Program, list[list[str]]]]:
    """The lists to try, by release and program."""
    both: tuple[Program, ...] = ("vllm serve", "api_server")
    return [
        (release, program, list(Maker(release, program, seed, configs).lists(count)))
        for release in releases
        for program in (both if vllm.has_serve(release) else both[1:])
    ]


def main() -> int:
    """Run the command line of the module's docstring; 1 where anything disagrees."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("releases", nargs="*", default=SAMPLES["releases"])
    parser.add_argument("--python", required=True)
    parser.add_argument("--count", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    total = wrong = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        asked = folder / "questions.json"
        (folder / "model.yaml").write_text("model: some/model\nport: 8001\n")
        (folder / "port.yaml").write_text("port: 8001\n")
        tried = questions(chosen.releases, chosen.seed, chosen.count, folder)
        asked.write_text(json.dumps(tried))
        command = [chosen.python, str(HERE / "oracle.py"), "ask", str(sources.home()), name, str(asked)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for place, (release, program, lists) in enumerate(tried):
            answers = json.loads((folder / f"{place}.json").read_text())
            lines = list(disagreements(release, program, lists, answers))
            taken = sum(answer["accepted"] for answer in answers)
            print(f"{release} {program}: {len(lists)} lists, {taken} taken, {len(lines)} disagree")
            for line in lines:
                print("   ", line)
            total, wrong = total + len(lists), wrong + len(lines)
    print(f"{total} lists, {wrong} disagree")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
