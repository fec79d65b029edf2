"""Python packages that are missing or do not fit, and what to ask pip for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vllm_doctor.facts.build import TORCH, TRANSFORMERS
from vllm_doctor.facts.types import Fact, Facts, declare, derived, reader
from vllm_doctor.log.types import Event, Traceback

if TYPE_CHECKING:
    from collections.abc import Iterator

MODULE = declare("python.module", "text", "the module that is not there")
FROM = declare("python.from", "text", "the module that is there and lacks a name")
NAME = declare("python.name", "text", "the name that it lacks")
ASKED = declare("python.asked", "text", "the package, with versions, that a message asks for")
FOUND = declare("python.found", "text", "what is installed instead, with its version")
PACKAGE = declare("python.package", "text", "the missing package, as pip calls it")
MISFIT = declare("python.misfit", "text", "the installed package that does not fit, as pip calls it")
WANTED = declare("python.wanted", "text", "what to install instead of it, for pip")
VERSION = declare("python.version", "text", "the version of Python, where paths show it", "first")
CLASH = declare("python.clash", "text", "which package clashes, in the words of the message", "first")
NAMED = declare("python.named_by_user", "flag", "whether the launch itself names the class that is not there")
LIBRARY = declare("python.library", "text", "the shared library that is missing", "first")
SYMBOL = declare("python.symbol", "text", "the symbol that a shared library lacks", "first")
OPERATOR = declare("python.operator", "text", "the compiled operator that is not there", "first")
EXTENSION = declare("python.extension", "text", "the compiled file that could not be loaded", "first")

_PIP = {
    "cv2": "opencv-python-headless",
    "PIL": "pillow",
    "yaml": "pyyaml",
    "sklearn": "scikit-learn",
    "open_clip": "open-clip-torch",
    "attr": "attrs",
    "dateutil": "python-dateutil",
    "google": "protobuf",
    "pkg_resources": "setuptools<81",
    "distutils": "setuptools",
}
"""Modules whose package has another name. (setuptools 81 is the last one with pkg_resources.)"""
_OWN = ("vllm",)
_BY_NAME = (
    "resolve_obj_by_qualname",  # vllm/utils: --scheduler-cls, --worker-cls
    "_load_logitsprocs_by_fqcns",  # vllm/v1/sample/logits_processor
    "init_entrypoints_middleware",  # vllm/entrypoints/serve/middleware, before in build_app: --middleware
    "build_app",
)
"""Functions that import what an option names."""


def pip_name(module: str) -> str:
    """What pip calls the package of a module: its first part, with dashes."""
    top = module.partition(".")[0]
    return _PIP.get(top, top.replace("_", "-"))


@reader()
def read_python(event: Event) -> Iterator[Fact]:
    """The version of Python, by the paths of a traceback."""
    if isinstance(event, Traceback):
        for frame in event.frames[:3]:
            if found := re.search(r"/python(3\.\d{1,2})/", frame.path):
                yield Fact(VERSION, found[1], event.lines[0])
                return


@reader()
def read_named(event: Event) -> Iterator[Fact]:
    """Whether an option's own value could not be imported: the innermost frame, but for the import itself."""
    if isinstance(event, Traceback):
        inner = (frame for frame in reversed(event.frames) if "importlib" not in frame.path)
        last = next(inner, None)
        yield Fact(NAMED, last is not None and last.function in _BY_NAME, event.lines[-1])


@derived(PACKAGE)
def package(facts: Facts) -> str | None:
    """What the message asks for, else the package of the missing module."""
    asked, module = facts.text(ASKED), facts.text(MODULE)
    if asked:
        return asked
    return pip_name(module) if module and (module == "vllm" or module.partition(".")[0] not in _OWN) else None


@derived(MISFIT)
def misfit(facts: Facts) -> str | None:
    """The package of the module that lacks a name; None for vLLM itself."""
    module = facts.text(FROM)
    return pip_name(module) if module and module.partition(".")[0] not in _OWN else None


@derived(WANTED)
def wanted(facts: Facts) -> str | None:
    """A version of the misfit that this vLLM surely runs with; None where none is known."""
    name = facts.text(MISFIT)
    if name == "transformers":
        return f"transformers{facts.text(TRANSFORMERS) or '<5'}"
    if name == "torch" and TORCH in facts:
        return f"torch=={facts.text(TORCH)}"
    return "numpy<2" if name == "numpy" else None
