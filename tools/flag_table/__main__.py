"""Build the table of vllm_doctor/vllm from the released sources; one command when a new release is out:

    python tools/flag_table --python ENV/bin/python             every release of the index
    python tools/flag_table --python ENV/bin/python 0.8.3 ...   only these (a small table, to try something)
    python tools/flag_table agreement --help                    how often the table and the releases agree

ENV is an environment with a real vLLM, such as tools/real makes. Each release's own code makes its parser
there. Answers are kept beside the sources and asked anew only with `--again`, or when this folder's code has
changed.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import history
import sources

HERE = Path(__file__).resolve().parent
DATA = HERE.parents[1] / "vllm_doctor" / "vllm" / "data"


def code_mark() -> str:
    """A mark of the code that asks; answers of other code are not used."""
    asking = (
        "oracle",
        "parsers",
        "actions",
        "kinds",
        "keys",
        "habits",
        "variables",
        "registries",
        "lenient",
        "stubs",
    )
    return hashlib.sha256(b"".join((HERE / f"{name}.py").read_bytes() for name in asking)).hexdigest()[:12]


def answers(python: str, releases: list[str], again: bool) -> list[dict[str, Any]]:
    """What each release tells, in the order given.

    Raises:
        SystemExit: a release could not be asked (its error is on standard error).
    """
    folder = sources.home().parent / "vllm-flag-table" / code_mark()
    missing = [release for release in releases if again or not (folder / f"{release}.json").exists()]
    if missing:
        subprocess.run(
            [python, str(HERE / "oracle.py"), "dump", str(sources.home()), str(folder), *missing], check=False
        )
    lost = [release for release in releases if not (folder / f"{release}.json").exists()]
    if lost:
        raise SystemExit(f"no answer from vLLM {', '.join(lost)}")
    return [json.loads((folder / f"{release}.json").read_text()) for release in releases]


def without_copies(told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The answers without those of post releases that tell nothing but what their base tells."""
    by_release = {answer["release"]: {**answer, "release": ""} for answer in told}

    def copies(release: str) -> bool:
        plain = release.partition(".post")[0]
        return plain != release and by_release.get(plain) == by_release[release]

    return [answer for answer in told if not copies(answer["release"])]


def check(told: list[dict[str, Any]]) -> None:
    """Refuse answers into which a stub leaked: the table would tell what no release says.

    Raises:
        SystemExit: with the release and the options.
    """
    for answer in told:
        for program, parser in answer["programs"].items():
            if parser["leaks"]:
                raise SystemExit(f"vLLM {answer['release']} ({program}): a stub reached {parser['leaks']}")


def tables(told: list[dict[str, Any]]) -> dict[str, Any]:
    """The data files by name."""
    return {
        "options": {
            "releases": [answer["release"] for answer in told],
            "habits": history.parser_habits(told),
            "options": history.options(told),
        },
        "keys": history.keys(told),
        "variables": history.variables(told),
        "names": history.names(told),
    }


def write(told: list[dict[str, Any]], folder: Path) -> None:
    """Write the data files, one entry a line so that a refresh reads well as a diff."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables(told).items():
        (folder / f"{name}.json").write_text(_lines(table) + "\n")


def _lines(table: dict[str, Any]) -> str:
    """Compact JSON with a line per entry of the table, and of the tables inside it."""
    parts = []
    for key, value in table.items():
        deep = isinstance(value, dict) and len(value) > 20
        text = _lines(value) if deep else json.dumps(value, separators=(",", ":"), ensure_ascii=False)
        parts.append(f"{json.dumps(key)}:{text}")
    return "{\n" + ",\n".join(parts) + "\n}"


def main() -> int:
    """Run the command line of the module's docstring."""
    if sys.argv[1:2] == ["agreement"]:
        import agreement

        return agreement.main(sys.argv[2:])
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("releases", nargs="*")
    parser.add_argument("--python", required=True, help="the Python of an environment with a real vLLM")
    parser.add_argument("--again", action="store_true", help="ask every release anew")
    parser.add_argument("--out", type=Path, default=DATA)
    chosen = parser.parse_args()
    listed = sources.files()
    wanted = chosen.releases or list(listed)
    for release in wanted:
        sources.fetch(release, listed.get(release, {}))
    told = answers(chosen.python, wanted, chosen.again)
    check(told)
    write(without_copies(told), chosen.out)
    for path in sorted(chosen.out.glob("*.json")):
        print(path.name, path.stat().st_size)
    return 0


if __name__ == "__main__":
    sys.exit(main())
