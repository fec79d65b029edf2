#!/usr/bin/env python3
"""Write the generated docs: docs/rules.md, docs/rule.schema.json, docs/cli.md, and the outputs in README.md.

`--check` writes nothing, and tells what is stale.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vllm_doctor.cli.app import COMMANDS
from vllm_doctor.engine import catalogue, pages
from vllm_doctor.engine.schema import json_schema

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
WIDTH = 100
_CONSOLE = re.compile(r"```console\n\$ (?P<command>[^\n]*(?:'\n[^']*')?[^\n]*)\n(?P<output>.*?)```\n", re.DOTALL)


def rules_page() -> str:
    """All rules by family, each with what it says, how it is seen, what helps."""
    families: dict[str, list[str]] = {}
    for rule in sorted(catalogue.load().rules.values(), key=lambda rule: rule.file):
        families.setdefault(Path(rule.file).parent.name, []).append(_rule(pages.page(rule)))
    head = "# Rules\n\nMade by tools/make_docs.py from rules/; do not edit.\n"
    return head + "".join(f"\n## {family}\n\n" + "\n".join(found) for family, found in families.items())


def _rule(page: pages.Page) -> str:
    lines = [f"### {page.id}", "", f"{_safe(page.title)} ({page.kind})", ""]
    lines += [line for text in page.explanation for line in (_safe(text), "")]
    sections = {"Seen by": page.signatures, "What helps": page.fixes, "What does not": page.avoid}
    for title, items in {**sections, "References": page.references}.items():
        lines += [f"{title}:", "", *[f"- {_safe(item)}" for item in items], ""] if items else []
    for example in page.examples[:1]:
        lines += ["```", example.rstrip("\n"), "```", ""]
    return "\n".join(lines)


def _safe(text: str) -> str:
    return " ".join(text.split()).replace("<", "&lt;").replace("|", "\\|").replace("*", "\\*").replace("_", "\\_")


def cli_page() -> str:
    """The help of every command."""
    parts = ["# The command line", "", "Made by tools/make_docs.py; do not edit.", ""]
    for words, command in _commands():
        context = click.Context(
            command, info_name=f"vllm-doctor {words}", max_content_width=WIDTH, terminal_width=WIDTH
        )
        parts += [f"## {words}", "", "```", command.get_help(context), "```", ""]
    return "\n".join(parts)


def _commands() -> Iterator[tuple[str, click.Command]]:
    for name, command in COMMANDS.items():
        yield name, command
        if isinstance(command, click.Group):
            yield from ((f"{name} {sub}", item) for sub, item in command.commands.items())


def readme() -> str:
    """README.md with what its commands print now below each of them."""
    return _CONSOLE.sub(_run, (ROOT / "README.md").read_text("utf-8"))


def _run(block: re.Match[str]) -> str:
    doctor = f'vllm-doctor() {{ "{sys.executable}" -m vllm_doctor "$@"; }}\n'
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8", "PYTHONPATH": str(ROOT)}
    for name in ("COLUMNS", "FORCE_COLOR", "NO_COLOR"):
        environment.pop(name, None)
    words = ["bash", "-c", doctor + block["command"]]
    ran = subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, encoding="utf-8", check=False)
    return f"```console\n$ {block['command']}\n{ran.stdout}{ran.stderr}```\n"


def pages_made() -> dict[Path, str]:
    """Every generated file and its text."""
    return {
        ROOT / "README.md": readme(),
        DOCS / "rules.md": rules_page(),
        DOCS / "cli.md": cli_page(),
        DOCS / "rule.schema.json": json.dumps(json_schema(), indent=1) + "\n",
    }


def main() -> int:
    """Write them, or with --check say which are stale."""
    made = pages_made()
    stale = [path for path, text in made.items() if not path.exists() or path.read_text("utf-8") != text]
    for path in stale:
        print(f"stale: {path.relative_to(ROOT)}")
        if "--check" not in sys.argv:
            path.write_text(made[path], "utf-8")
    return int(bool(stale) and "--check" in sys.argv)


if __name__ == "__main__":
    sys.exit(main())
