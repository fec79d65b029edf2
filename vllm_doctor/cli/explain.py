"""`vllm-doctor explain ID`: a cause's page in the terminal, or that of an option or a variable of vLLM."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from vllm_doctor.cli.shared import drawing
from vllm_doctor.cli.terminal import look, write

if TYPE_CHECKING:
    from pathlib import Path

    from vllm_doctor.engine.catalogue import Catalogue
    from vllm_doctor.engine.rule import Rule
    from vllm_doctor.vllm.profiles import Profile


@click.command(name="explain", context_settings={"ignore_unknown_options": True})
@click.argument("ids", nargs=-1, required=True, metavar="ID...", type=click.UNPROCESSED)
@click.option("--vllm-version", metavar="V", help="Tell of a flag or variable what holds in this release.")
@click.option("--format", "form", type=click.Choice(("text", "json")), default="text", show_default=True)
@drawing
def explain(ids: tuple[str, ...], vllm_version: str | None, rules: tuple[Path, ...], **said: Any) -> int:
    """A cause, a rule, a flag or a variable of vLLM.

    Of a cause or rule: what it is, how it is seen, what helps, what does not. Of a flag (with or without dashes),
    a key of one (--flag.key) or a variable: what it means, since when and until when vLLM has it, its defaults and
    choices by release, and the causes that have to do with it. JSON is one object a word.
    """
    from vllm_doctor.engine import catalogue
    from vllm_doctor.engine.subjects import subject

    known = catalogue.load(rules)
    release = _release(vllm_version) if vllm_version else None
    for id_ in ids:
        found = subject(known, id_, release)
        if isinstance(found, tuple):
            _tell_rules(found, id_, said)
        else:
            _tell_option(found, known, release, id_, said)
    return 0


def _tell_rules(rules: tuple[Rule, ...], asked: str, said: dict[str, Any]) -> None:
    from vllm_doctor.engine.pages import page

    pages = [page(rule, said["lang"]) for rule in rules]
    if said["form"] == "json":
        from vllm_doctor.report.json import explained_json

        write(explained_json(asked, pages))
        return
    from vllm_doctor.report.pages import explain_text

    for one in pages:
        write(explain_text(one, **look(said["color"]), language=said["lang"]))


def _tell_option(profile: Profile, known: Catalogue, release: str | None, asked: str, said: dict[str, Any]) -> None:
    from vllm_doctor.engine.option_rules import changing, looking
    from vllm_doctor.engine.pages import titles

    language = said["lang"]
    helps, looks = (titles(find(known, profile.filed), language) for find in (changing, looking))
    if said["form"] == "json":
        from vllm_doctor.report.json import explained_json
        from vllm_doctor.report.option_json import option_data

        write(explained_json(asked, option=option_data(profile, helps, looks, release=release, language=language)))
        return
    from vllm_doctor.report.option_page import option_text

    write(option_text(profile, helps, looks, release=release, **look(said["color"]), language=language))


def _release(version: str) -> str:
    from vllm_doctor import vllm
    from vllm_doctor.errors import InputError

    read = vllm.base(version)
    if read is None or read not in vllm.releases():
        first, last = vllm.releases()[0], vllm.releases()[-1]
        raise InputError("this release is not in the table", version, f"It goes from {first} to {last}.")
    return read
