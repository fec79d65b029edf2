"""docs/agreement.md: the figures of agreement.py as a page."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING

from classes import CLASSES

from vllm_doctor.vllm import releases
from vllm_doctor.vllm.table import DATA

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from agreement import Result

HEAD = """\
# Does our table read arguments as vLLM does?

Made by a tool, not by hand:

    python tools/flag_table agreement --python ENV/bin/python --write

`ENV` is an environment with a real vLLM, as `tools/real` makes one. Each release's own code makes its parser there
(`tools/flag_table/judge.py`), from its released sources, 0.15.0 and 0.15.1 from their wheels. The lists of arguments
are made from a seed, {count} for each class, release and program (`tools/flag_table/classes.py`; this page: seed
{seed}). Without `--write` every list on which the two differ is printed; `all` in place of releases asks every one,
`--both` the api_server module beside `vllm serve` (which is asked where there is no `vllm serve` yet).

Two agree on a list when both take it or both refuse it, **and**, where both take it, give the same value of the same
type to every option that the list changed from its default. An option that is read into an object of the release's own
class is the same when the release reads our value into an equal object.
"""
ROWS = """
{lists:,} lists, {releases} releases: {mean:.2f} % agree. The worst class is
"{worst}", {worst_share:.2f} %.
"""
LEFT = """
## What differs

"Refused here" is a false alarm, "taken here" a miss, "another value" names the option. One example of each. What
depends on several keys of a JSON object together is mostly not judged. 0.8.5 picks one of two lists of choices for
`--guided-decoding-backend` by the order of a set, which differs from process to process; the table holds both.
"""
NOTHING = "\nNothing, in these lists.\n"


def page(results: Sequence[Result], count: int, seed: int) -> str:
    """The page."""
    by_class = {name: _share(one for one in results if one.name == name) for name in _classes_of(results)}
    worst = min(by_class, key=lambda name: by_class[name])
    figures = ROWS.format(
        lists=sum(one.lists for one in results),
        releases=len({one.release for one in results}),
        mean=_share(results),
        worst=worst,
        worst_share=by_class[worst],
    )
    parts = [HEAD.format(count=count, seed=seed), figures, _classes(results), _releases(results)]
    return "".join([*parts, LEFT, _left(results), _table()])


def _share(results: Iterable[Result]) -> float:
    """The share of lists on which both agree, in percent."""
    results = list(results)
    return 100 * sum(one.agreed for one in results) / max(1, sum(one.lists for one in results))


def _classes(results: Sequence[Result]) -> str:
    lines = [
        "\n## By class\n",
        "| class | lists | taken by vLLM | refused here | taken here | another value | agree | worst release |",
        "|---|---:|---:|---:|---:|---:|---:|---|",
    ]
    for name in _classes_of(results):
        mine = [one for one in results if one.name == name]
        kinds = Counter(item.kind for one in mine for item in one.differences)
        by_release = {release: _share(one for one in mine if one.release == release) for release in _names(mine)}
        worst = min(by_release, key=lambda release: by_release[release])
        counts = " | ".join(str(kinds[kind]) for kind in ("refused here", "taken here", "another value"))
        shown = "" if by_release[worst] == 100 else f"{worst}: {by_release[worst]:.1f} %"
        lists, taken = sum(one.lists for one in mine), sum(one.taken for one in mine)
        lines.append(f"| {name} | {lists:,} | {taken:,} | {counts} | {_share(mine):.2f} % | {shown} |")
    return "\n".join(lines) + "\n"


def _releases(results: Sequence[Result]) -> str:
    lines = [
        "\n## By release\n",
        "| release | lists | taken by vLLM | agree | worst class |",
        "|---|---:|---:|---:|---|",
    ]
    for release in _names(results):
        mine = [one for one in results if one.release == release]
        by_class = {name: _share(one for one in mine if one.name == name) for name in _classes_of(mine)}
        worst = min(by_class, key=lambda name: by_class[name])
        shown = "" if by_class[worst] == 100 else f"{worst}: {by_class[worst]:.1f} %"
        lists, taken = sum(one.lists for one in mine), sum(one.taken for one in mine)
        lines.append(f"| {release} | {lists:,} | {taken:,} | {_share(mine):.2f} % | {shown} |")
    return "\n".join(lines) + "\n"


def _names(results: Iterable[Result]) -> list[str]:
    return list(dict.fromkeys(one.release for one in results))


def _classes_of(results: Iterable[Result]) -> list[str]:
    there = {one.name for one in results}
    return [name for name in CLASSES if name in there]


def _left(results: Sequence[Result]) -> str:
    """Each class of difference with its number and an example, the most frequent first."""
    found: dict[tuple[str, str], list[str]] = {}
    for one in results:
        for item in one.differences:
            words = " ".join(item.words) if len(item.words) < 12 else " ".join(item.words[:12]) + " ..."
            example = " ".join(f"`{words}` in {one.release}: {item.detail}".replace("|", "\\|").split())
            found.setdefault((item.kind, item.about), []).append(example[:240])
    if not found:
        return NOTHING
    lines = ["\n| what | about | lists | example |", "|---|---|---:|---|"]
    for (kind, about), examples in sorted(found.items(), key=lambda pair: -len(pair[1])):
        shortest = min(examples, key=len)
        lines.append(f"| {kind} | {about.strip()} | {len(examples)} | {shortest} |")
    return "\n".join(lines) + "\n"


def _table() -> str:
    """The size of the table, and how long it takes to load on the machine that wrote the page."""
    sizes = {path.name: path.stat().st_size for path in sorted(DATA.glob("*.json"))}
    listed = ", ".join(f"{name} {size / 1024:.0f} KiB" for name, size in sizes.items())
    load, check = _milliseconds("load"), _milliseconds("check")
    return (
        f"\n## The table\n\n{len(releases())} releases, {releases()[0]} to {releases()[-1]}; "
        f"{sum(sizes.values()) / 1024:.0f} KiB: {listed}. Files are read when they are first asked for. On the machine "
        f"that wrote this page the options are read in {load:.1f} ms, and the first list of a release is checked in "
        f"{check:.1f} ms, both in a fresh process (the least of five).\n"
    )


_TIMED = {
    "load": "from vllm_doctor.vllm.table import load|load('options')",
    "check": "from vllm_doctor.vllm import check|check(['m', '--max-model-len', '4096'], '0.32.0')",
}


def _milliseconds(what: str) -> float:
    setup, statement = _TIMED[what].split("|")
    code = f"import time\n{setup}\nstart = time.perf_counter()\n{statement}\nprint(time.perf_counter() - start)"
    run = [sys.executable, "-c", code]
    return min(float(subprocess.run(run, capture_output=True, text=True, check=True).stdout) for _ in range(5)) * 1000
