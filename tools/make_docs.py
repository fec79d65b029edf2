#!/usr/bin/env python3
"""Write the generated docs: docs/rules.md, docs/rule.schema.json, docs/cli.md. `--check` only tells what is stale."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from vllm_doctor.cli.app import COMMANDS
from vllm_doctor.engine import catalogue, pages
from vllm_doctor.engine.schema import json_schema

DOCS = Path(__file__).parent.parent / "docs"


def rules_page() -> str:
    """All rules by family, each with what it says, how it is seen, what helps."""
    known = catalogue.load()
    families: dict[str, list[str]] = {}
    for rule in sorted(known.rules.values(), key=lambda rule: rule.file):
        families.setdefault(Path(rule.file).parent.name, []).append(_rule(pages.page(rule)))
    head = "# Rules\n\nMade by tools/make_docs.py from rules/; do not edit.\n"
    return head + "".join(f"\n## {family}\n\n" + "\n".join(found) for family, found in families.items())


def _rule(page: pages.Page) -> str:
    lines = [f"### {page.id}", "", f"{page.title} ({page.kind}).", "", *[f"{text}  " for text in page.explanation], ""]
    for title, items in (("Seen by", page.signatures), ("Ways out", page.fixes), ("Not", page.avoid), ("References", page.references)):
        lines += [f"{title}:", "", *[f"- {_safe(item)}" for item in items], ""] if items else []
    for example in page.examples[:1]:
        lines += ["```", example, "```", ""]
    return "\n".join(lines)


def _safe(text: str) -> str:
    return text.replace("<", "&lt;").replace("|", "\\|")


def cli_page() -> str:
    """The help of every command."""
    parts = ["# The command line", "", "Made by tools/make_docs.py; do not edit.", ""]
    for name, command in COMMANDS.items():
        every = {name: command}
        if isinstance(command, click.Group):
            every |= {f"{name} {sub}": item for sub, item in command.commands.items()}
        for words, item in every.items():
            context = click.Context(item, info_name=f"vllm-doctor {words}", terminal_width=100, max_content_width=100)
            parts += [f"## {words}", "", "```", item.get_help(context), "```", ""]
    return "\n".join(parts)


def pages_made() -> dict[Path, str]:
    """Every generated file and its text."""
    return {
        DOCS / "rules.md": rules_page(),
        DOCS / "cli.md": cli_page(),
        DOCS / "rule.schema.json": json.dumps(json_schema(), indent=1) + "\n",
    }


def main() -> int:
    """Write them, or with --check say which are stale."""
    stale = [path for path, text in pages_made().items() if not path.exists() or path.read_text("utf-8") != text]
    for path in stale:
        print(f"stale: docs/{path.name}")
        if "--check" not in sys.argv:
            path.write_text(pages_made()[path], "utf-8")
    return int(bool(stale) and "--check" in sys.argv)


if __name__ == "__main__":
    sys.exit(main())
