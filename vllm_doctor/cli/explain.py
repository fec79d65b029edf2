"""`vllm-doctor explain ID`: a cause's page in the terminal, or that of an option or a variable of vLLM."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from vllm_doctor.cli.shared import drawing
from vllm_doctor.cli.terminal import look, write

if TYPE_CHECKING:
    from pathlib import Path

    from vllm_doctor.engine.catalogue import Catalogue
    from vllm_doctor.report.words import Language
    from vllm_doctor.vllm.profiles import Profile


@click.command(name="explain", context_settings={"ignore_unknown_options": True})
@click.argument("ids", nargs=-1, required=True, metavar="ID...", type=click.UNPROCESSED)
@click.option("--vllm-version", metavar="V", help="Tell of a flag or variable what holds in this release.")
@drawing
def explain(ids: tuple[str, ...], vllm_version: str | None, rules: tuple[Path, ...], lang: Language, color: str) -> int:
    """A cause, a rule, a flag or a variable of vLLM.

    Of a cause or rule: what it is, how it is seen, what helps, what does not. Of a flag (with or without dashes),
    a key of one (--flag.key) or a variable: what it means, since when and until when vLLM has it, its defaults and
    choices by release, and the causes that have to do with it.
    """
    from vllm_doctor.engine import catalogue, pages
    from vllm_doctor.engine.subjects import subject
    from vllm_doctor.report.pages import explain_text

    known = catalogue.load(rules)
    release = _release(vllm_version) if vllm_version else None
    for id_ in ids:
        found = subject(known, id_, release)
        if isinstance(found, tuple):
            for rule in found:
                write(explain_text(pages.page(rule, lang), **look(color), language=lang))
        else:
            write(_option_text(found, known, release, lang, color))
    return 0


def _option_text(profile: Profile, known: Catalogue, release: str | None, lang: Language, color: str) -> str:
    from vllm_doctor.engine.option_rules import changing, looking
    from vllm_doctor.report.option_page import option_text

    helps, looks = ([rule.id for rule in find(known, profile.filed)] for find in (changing, looking))
    return option_text(profile, helps, looks, release=release, **look(color), language=lang)


def _release(version: str) -> str:
    from vllm_doctor import vllm
    from vllm_doctor.errors import InputError

    read = vllm.base(version)
    if read is None or read not in vllm.releases():
        first, last = vllm.releases()[0], vllm.releases()[-1]
        raise InputError("this release is not in the table", version, f"It goes from {first} to {last}.")
    return read
